"""Being away: one says it oneself, or the head above does; coming back early ends it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.errors import Conflict, Forbidden
from ged.mail.absence import Absence, check_leave, may_declare
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.organisation import Leave, Person, Position
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class AbsenceView:
    """The absences, now or to come, of oneself and of those one leads; `people` are they."""

    absences: tuple[Absence, ...]
    people: tuple[Person, ...]


def view(*, store: Store, actor: Actor, clock: Clock) -> AbsenceView:
    """Return the absences that the actor may declare and end."""
    today = clock().date()
    with store.unit() as unit:
        held = _held(unit, actor.post.tenant_id, today)
        people = tuple(
            person
            for person in unit.people.sitting(actor.post.tenant_id, today)
            if may_declare(actor, person.login, held.get(person.login, ()))
        )
        return AbsenceView(unit.absences.of([person.login for person in people], today), people)


def declare(new: Leave, *, store: Store, actor: Actor, clock: Clock) -> Absence:
    """Say that somebody is away.

    Raises:
        Forbidden: `absence.not_yours`.
        Refused: `absence.dates`, `absence.overlap`.
    """
    now = clock()
    with store.unit() as unit:
        person = _let_pass(unit, new.login, actor, now.date())
        check_leave(new, unit.absences.of([new.login], now.date()), person.name, now.date())
        made = Absence(secrets.token_urlsafe(16), new, person.name, actor.name, now)
        unit.absences.declare(made)
        unit.journal.write(
            now, Act.ABSENCE_DECLARED, actor, person=new.login, since=str(new.since), until=str(new.until)
        )
        unit.commit()
    return made


def end(absence_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Say that somebody is back, or will not leave.

    Raises:
        NotFound: `absence.unknown`.
        Forbidden: `absence.not_yours`.
        Conflict: `absence.over`.
    """
    now = clock()
    with store.unit() as unit:
        found = unit.absences.get(absence_id)
        _let_pass(unit, found.leave.login, actor, now.date())
        if found.ended_at is not None or found.leave.until < now.date():
            raise Conflict("absence.over", "Cette absence est déjà finie. Rien n'a été changé.")
        unit.absences.end(found.id, actor, now)
        unit.journal.write(now, Act.ABSENCE_ENDED, actor, person=found.leave.login)
        unit.commit()


def _let_pass(unit: Unit, login: str, actor: Actor, today: date) -> Person:
    people = {person.login: person for person in unit.people.sitting(actor.post.tenant_id, today)}
    held = _held(unit, actor.post.tenant_id, today).get(login, ())
    if login not in people or not may_declare(actor, login, held):
        raise Forbidden(
            "absence.not_yours",
            "Vous déclarez votre absence, ou celle de qui est sous votre responsabilité.",
            who=login,
        )
    return people[login]


def _held(unit: Unit, tenant_id: str, today: date) -> dict[str, tuple[Position, ...]]:
    """Return the posts of a tenant that each person holds on a day."""
    positions = {seat.position.id: seat.position for seat in unit.organisation.seats(tenant_id, today)}
    found: dict[str, tuple[Position, ...]] = {}
    for each in unit.organisation.holdings(today):
        if each.since <= today and each.position_id in positions:
            found[each.login] = (*found.get(each.login, ()), positions[each.position_id])
    return found
