"""Establishing: the organisation of a configuration folder becomes the one that stands."""

from __future__ import annotations

import secrets

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.mail.organisation import Organisation
from ged.store.unit import Store


def establish(organisation: Organisation, *, store: Store, clock: Clock) -> None:
    """Load an organisation that was checked whole; what it no longer holds is retired, never removed.

    It can be run again after edits: ids stay, history stays, holdings that are gone end yesterday.
    """
    now = clock()
    with store.unit() as unit:
        unit.organisation.load(organisation, [secrets.token_urlsafe(12) for _ in organisation.people])
        unit.organisation.end_other_holdings(organisation.holdings, now.date())
        unit.journal.write(
            now, Act.MODEL_LOADED, SYSTEM, entities=len(organisation.entities), people=len(organisation.people)
        )
        unit.commit()
