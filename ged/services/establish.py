"""Establishing: the organisation of a configuration folder becomes the one that stands."""

from __future__ import annotations

import secrets
from datetime import datetime

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.calendar import WorkingCalendar
from ged.mail.delegation import Delegation
from ged.mail.journal import Act
from ged.mail.moves import OPEN
from ged.mail.organisation import Organisation
from ged.store.unit import Store, Unit


def establish(organisation: Organisation, *, store: Store, clock: Clock) -> None:
    """Load an organisation that was checked whole; what it no longer holds is retired, never removed.

    It can be run again after edits: ids stay, history stays, holdings that are gone end yesterday.
    """
    now = clock()
    with store.unit() as unit:
        unit.organisation.load(organisation, [secrets.token_urlsafe(12) for _ in organisation.people])
        unit.circuits.load(organisation.circuits)
        unit.second_numbers.load(organisation.second_patterns)
        unit.lists.load(organisation.terms, organisation.letterheads, organisation.templates, organisation.files)
        unit.reminders.load(organisation.reminders, organisation.addresses)
        unit.organisation.end_other_holdings(organisation.holdings, now.date())
        granted = [Delegation(secrets.token_urlsafe(16), each, "", SYSTEM.name, now) for each in organisation.grants]
        unit.delegations.load(granted, now.date(), now)
        unit.absences.load([(secrets.token_urlsafe(16), each) for each in organisation.leaves], now.date(), now)
        unit.journal.write(
            now, Act.MODEL_LOADED, SYSTEM, entities=len(organisation.entities), people=len(organisation.people)
        )
        _follow_holidays(unit, now)
        unit.commit()


def standing(*, store: Store, clock: Clock) -> Organisation:
    """Return the organisation in use, whole."""
    with store.unit() as unit:
        return unit.model.whole(clock().date())


def _follow_holidays(unit: Unit, now: datetime) -> None:
    """Compute again the deadlines that were computed, for letters still open: holidays were perhaps announced since."""
    calendars: dict[str, WorkingCalendar] = {}
    for letter in unit.letters.with_computed_deadline(OPEN):
        if letter.tenant_id not in calendars:
            calendars[letter.tenant_id] = unit.organisation.calendar(letter.tenant_id)
        due = calendars[letter.tenant_id].after(letter.registered_at.date(), letter.delay_days or 0)
        if due != letter.due_date:
            unit.letters.change(letter, due_date=due)
            unit.journal.write(now, Act.DUE_RECOMPUTED, SYSTEM, letter.id, before=str(letter.due_date), after=str(due))
            unit.outbox.add(letter.id, now)
