"""Absences: declared, ended by an early return."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.absence import Absence
from ged.mail.access import SYSTEM, Actor
from ged.mail.organisation import Leave
from ged.store.acting_tables import absence
from ged.store.tables import person


class Absences:
    """Reads and writes who is away."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def declare(self, new: Absence, *, from_folder: bool = False) -> None:
        """Add one that was checked."""
        self._connection.execute(
            sa.insert(absence).values(
                id=new.id,
                person_id=sa.select(person.c.id).where(person.c.login == new.leave.login).scalar_subquery(),
                since=new.leave.since,
                until=new.leave.until,
                declared_by=new.declared_by,
                declared_at=new.declared_at,
                from_folder=from_folder,
            )
        )

    def end(self, absence_id: str, actor: Actor, at: datetime) -> None:
        """End one: the person is back, or will not leave."""
        self._connection.execute(
            sa.update(absence)
            .where(absence.c.id == absence_id, absence.c.ended_at.is_(None))
            .values(ended_at=at, ended_by=actor.name)
        )

    def get(self, absence_id: str) -> Absence:
        """Return one.

        Raises:
            NotFound: `absence.unknown`.
        """
        row = self._connection.execute(_select().where(absence.c.id == absence_id)).one_or_none()
        if row is None:
            raise NotFound("absence.unknown", "Cette absence n'existe pas, ou ne vous regarde pas.")
        return _value(row)

    def of(self, logins: Sequence[str], today: date) -> tuple[Absence, ...]:
        """Return the absences of some people that last or will come, the nearest first."""
        query = _select().where(person.c.login.in_(logins), *_lasts(today))
        return tuple(_value(row) for row in self._connection.execute(query.order_by(absence.c.since, person.c.name)))

    def standing(self, today: date) -> tuple[Leave, ...]:
        """Return those of everybody that last or will come."""
        query = _select().where(person.c.active, *_lasts(today)).order_by(person.c.login, absence.c.since)
        return tuple(_value(row).leave for row in self._connection.execute(query))

    def load(self, given: Sequence[tuple[str, Leave]], today: date, at: datetime) -> None:
        """Write those of a folder; one that left it ends, one ended or declared on screen stays as it is."""
        kept = []
        for new_id, leave in given:
            known = self._connection.execute(
                sa.select(absence.c.id, absence.c.ended_at)
                .join(person, person.c.id == absence.c.person_id)
                .where(
                    person.c.login == leave.login,
                    absence.c.since == leave.since,
                    sa.or_(absence.c.ended_by.is_(None), absence.c.ended_by != SYSTEM.name),
                )
                .limit(1)
            ).one_or_none()
            if known is None:
                self.declare(Absence(new_id, leave, "", SYSTEM.name, at), from_folder=True)
            elif known.ended_at is None:
                self._connection.execute(sa.update(absence).where(absence.c.id == known.id).values(until=leave.until))
            kept.append(new_id if known is None else str(known.id))
        self._connection.execute(
            sa.update(absence)
            .where(absence.c.from_folder, absence.c.id.not_in(kept), *_lasts(today))
            .values(ended_at=at, ended_by=SYSTEM.name)
        )


def _lasts(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    return absence.c.ended_at.is_(None), absence.c.until >= today


def _select() -> sa.Select[Any]:
    return sa.select(absence, person.c.login, person.c.name).join(person, person.c.id == absence.c.person_id)


def _value(row: sa.Row[Any]) -> Absence:
    leave = Leave(row.login, row.since, row.until)
    return Absence(row.id, leave, row.name, row.declared_by, row.declared_at, row.ended_at)
