"""The part of a listing that asks who a letter names, and what somebody filtered by, as SQL conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from ged.mail.folding import fold, folded_words
from ged.mail.listing import Listing
from ged.mail.sieve import Sieve
from ged.mail.transfer import ItemState
from ged.store.correspondent_tables import correspondent, letter_party
from ged.store.dossier_tables import dossier, dossier_letter
from ged.store.hold_tables import hold_letter
from ged.store.tables import due, letter
from ged.store.transfer_tables import transfer_item

ACCENTED = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ"
UNACCENTED = "".join(map(fold, ACCENTED))
"""What SQL folds as `fold` does, letter by letter."""


def filing_rules(listing: Listing) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions of a listing that go beyond a letter's state and holder."""
    if listing.correspondent is not None:
        named = sa.select(letter_party.c.letter_id).join(
            correspondent, correspondent.c.id == letter_party.c.correspondent_id
        )
        yield letter.c.id.in_(named.where(correspondent.c.survivor_id == listing.correspondent))
    if listing.dossier is not None:
        inside = sa.select(dossier_letter.c.letter_id).where(dossier_letter.c.dossier_id == listing.dossier)
        yield letter.c.id.in_(inside)
    if listing.transferred:
        taken = sa.select(transfer_item.c.letter_id).where(transfer_item.c.state == ItemState.ACCEPTED)
        yield letter.c.id.in_(taken)
    if listing.held:
        yield letter.c.held
    if listing.held_by is not None:
        yield letter.c.id.in_(sa.select(hold_letter.c.letter_id).where(hold_letter.c.hold_id == listing.held_by))
    if listing.fallen_due:
        yield sa.and_(letter.c.id.in_(sa.select(due.c.letter_id)), ~letter.c.held)
    if listing.ruled is not None:
        wanted, excluded = listing.ruled
        yield sa.and_(governed(*wanted), ~governed(*excluded))
    if listing.sieve is not None:
        yield from _sieved(listing.sieve)


def governed(kinds: Sequence[str], codes: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return what keeps letters of some kinds, filed under some codes, or in a dossier that is."""
    inside = (
        sa.select(dossier_letter.c.letter_id)
        .join(dossier, dossier.c.id == dossier_letter.c.dossier_id)
        .where(dossier.c.file_code.in_(codes))
    )
    of_kind, of_code = (
        sa.func.coalesce(letter.c[name], "").in_(some) for name, some in (("kind", kinds), ("file_code", codes))
    )
    return sa.or_(of_kind, of_code, letter.c.id.in_(inside))


def _sieved(sieve: Sieve) -> Iterator[sa.ColumnElement[bool]]:
    if sieve.service:
        yield letter.c.service_id == sieve.service
    if sieve.kind:
        yield letter.c.kind == sieve.kind
    if sieve.priority is not None:
        yield letter.c.priority == sieve.priority
    if sieve.due_since is not None:
        yield letter.c.due_date >= sieve.due_since
    if sieve.due_until is not None:
        yield letter.c.due_date <= sieve.due_until
    folded = sa.func.translate(sa.func.lower(letter.c.sender), ACCENTED, UNACCENTED)
    for word in folded_words(sieve.sender):
        yield folded.contains(word, autoescape=True)
