"""The journal, written in the transaction of the act it records."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.journal import Act, JournalEntry
from ged.store.tables import journal

ONE_SITTING = timedelta(hours=2)
"""So long, the images of one thing are one reading of it."""
_COLUMNS = [journal.c[name] for name in ("id", "at", "act", "login", "name", "letter_id", "details")]


class Journal:
    """Adds lines; nothing here changes or removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def write(self, at: datetime, act: Act, actor: Actor, letter_id: str | None = None, **details: object) -> None:
        """Add one line; `details` are JSON values, never a secret nor the content of a letter."""
        self._add(at, act, actor, {"letter_id": letter_id, "details": details})

    def write_about(self, at: datetime, act: Act, actor: Actor, thing_id: str, **details: object) -> None:
        """Add one line about something that is no letter, by its id."""
        self._add(at, act, actor, {"about": thing_id, "details": details})

    def write_once(
        self, at: datetime, act: Act, actor: Actor, thing_id: str, letter_id: str | None = None, **details: object
    ) -> None:
        """Add a line unless one of the same act, person and thing is younger than two hours: a page has many images."""
        thing = journal.c.letter_id == letter_id if letter_id is not None else journal.c.about == thing_id
        lately = sa.exists().where(
            journal.c.login == actor.login, journal.c.act == act, journal.c.at >= at - ONE_SITTING, thing
        )
        if not self._connection.scalar(sa.select(lately)):
            named = {"letter_id": letter_id} if letter_id is not None else {"about": thing_id}
            self._add(at, act, actor, {**named, "details": details})

    def _add(self, at: datetime, act: Act, actor: Actor, values: dict[str, object]) -> None:
        self._connection.execute(
            sa.insert(journal).values(at=at, act=act, login=actor.login, name=actor.name, **values)
        )

    def of(self, letter_id: str) -> tuple[JournalEntry, ...]:
        """Return what happened to a letter, first to last."""
        rows = self._connection.execute(
            sa.select(*_COLUMNS).where(journal.c.letter_id == letter_id).order_by(journal.c.id)
        )
        return tuple(_entry(row) for row in rows)

    def about(self, thing_id: str) -> tuple[JournalEntry, ...]:
        """Return what happened to something that is no letter, first to last."""
        rows = self._connection.execute(sa.select(*_COLUMNS).where(journal.c.about == thing_id).order_by(journal.c.id))
        return tuple(_entry(row) for row in rows)

    def recent(self, act: Act, login: str, limit: int = 20) -> tuple[JournalEntry, ...]:
        """Return the last lines of one act by one login, newest first."""
        rows = self._connection.execute(
            sa.select(*_COLUMNS)
            .where(journal.c.act == act, journal.c.login == login)
            .order_by(journal.c.id.desc())
            .limit(limit)
        )
        return tuple(_entry(row) for row in rows)

    def count_since(self, act: Act, login: str, since: datetime) -> int:
        """Count the lines of one act by one login since an instant."""
        query = sa.select(sa.func.count()).where(journal.c.act == act, journal.c.login == login, journal.c.at >= since)
        return self._connection.scalar(query) or 0


def _entry(row: sa.Row[Any]) -> JournalEntry:
    values: list[Any] = list(row)
    return JournalEntry(values[0], values[1], Act(values[2]), *values[3:])
