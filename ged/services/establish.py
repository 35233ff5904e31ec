"""Establishing: the organisation of a configuration folder becomes the one that stands."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.calendar import Holiday, WorkingCalendar
from ged.mail.delegation import Delegation
from ged.mail.entity_names import renamed
from ged.mail.journal import Act
from ged.mail.moves import OPEN
from ged.mail.organisation import Organisation
from ged.mail.schedule import Schedule, ScheduleVersion, VersionState
from ged.store.unit import Store, Unit


def establish(organisation: Organisation, *, store: Store, clock: Clock) -> None:
    """Load an organisation that was checked whole; what it no longer holds is retired, never removed.

    It can be run again after edits: ids stay, history stays, holdings that are gone end yesterday.
    """
    now = clock()
    with store.unit() as unit:
        _say_what_changes(unit, organisation, now)
        new_ids = [secrets.token_urlsafe(12) for _ in organisation.people]
        unit.organisation.load(organisation, new_ids, now.date())
        for tenant_id, schedule in organisation.schedules.items():
            _first_version(unit, tenant_id, schedule, now)
        unit.circuits.load(organisation.circuits)
        unit.second_numbers.load(organisation.second_patterns)
        unit.stations.load(organisation.stations)
        unit.dossier_pieces.load(organisation.dossiers)
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


def _say_what_changes(unit: Unit, loaded: Organisation, now: datetime) -> None:
    """Write in the journal which holidays come and go, and what became of entities and posts."""
    known, given = set(unit.organisation.holidays()), set(loaded.holidays)
    if known and known != given:
        came, went = _named(given - known), _named(known - given)
        unit.journal.write(now, Act.HOLIDAYS_CHANGED, SYSTEM, added=came, removed=went)
    standing_now = {each.id: each for each in unit.organisation.entities()}
    for each in renamed(standing_now.values(), loaded.entities, now.date()):
        after = next(one for one in loaded.entities if one.id == each.entity_id)
        before = {"parent": each.parent_id, "acronym": each.acronym, "name": each.name_fr}
        became = {"parent": after.parent_id, "acronym": after.acronym, "name": after.name_fr}
        unit.journal.write(now, Act.ENTITY_CHANGED, SYSTEM, entity=each.entity_id, before=before, after=became)
    given_posts = {each.id: each for each in loaded.positions}
    for post in unit.organisation.positions():
        if given_posts.get(post.id, post) != post:
            before, became = asdict(post), asdict(given_posts[post.id])
            unit.journal.write(now, Act.POSITION_CHANGED, SYSTEM, position=post.id, before=before, after=became)
    for gone in sorted(standing_now.keys() - {each.id for each in loaded.entities}):
        unit.journal.write(now, Act.ENTITY_CLOSED, SYSTEM, entity=gone)


def _first_version(unit: Unit, tenant_id: str, schedule: Schedule, now: datetime) -> None:
    """Put the folder's plan and rules in force where nothing is; what people approved since, no folder changes."""
    number = unit.schedules.next_number(tenant_id)
    if number > 1:
        return
    first = ScheduleVersion(
        id=secrets.token_urlsafe(16),
        tenant_id=tenant_id,
        number=number,
        state=VersionState.APPROVED,
        note="Première version, lue du dossier de configuration.",
        author=SYSTEM.name,
        author_login=SYSTEM.login,
        written_at=now,
        submitted_at=None,
        approved_by=SYSTEM.name,
        approved_at=now,
        in_force_on=now.date(),
        refusal="",
        revision=1,
    )
    unit.schedules.add(first, schedule)


def _named(holidays: set[Holiday]) -> list[str]:
    return sorted(f"{one.country} {one.day} {one.name}" for one in holidays)


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
