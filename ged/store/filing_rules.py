"""The part of a listing that asks who a letter names, where it is filed and what it is about, as SQL conditions."""

from __future__ import annotations

import sqlalchemy as sa

from ged.mail.listing import Listing
from ged.store.correspondent_tables import correspondent, letter_party
from ged.store.tables import letter


def filing_rules(listing: Listing) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a listing that go beyond a letter's state and holder."""
    rules: list[sa.ColumnElement[bool]] = []
    if listing.correspondent is not None:
        named = sa.select(letter_party.c.letter_id).join(
            correspondent, correspondent.c.id == letter_party.c.correspondent_id
        )
        rules.append(letter.c.id.in_(named.where(correspondent.c.survivor_id == listing.correspondent)))
    return rules
