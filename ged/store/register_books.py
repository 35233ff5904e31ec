"""Registers read as books: every number in order, whoever may read its letter."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from ged.mail.item import State
from ged.mail.moves import Move
from ged.mail.register_book import RegisterEntry, RegisterQuery
from ged.store.routing_tables import step
from ged.store.tables import letter


class RegisterBooks:
    """Reads the lines of a register; who may know what of them is for the caller to say."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def entries(self, query: RegisterQuery, *, limit: int, offset: int = 0) -> tuple[list[RegisterEntry], int]:
        """Return a page of entries, and how many answer in all."""
        where = self._where(query)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(letter).where(where)) or 0
        order = [letter.c.year, letter.c.sequence]
        rows = self._connection.execute(
            sa.select(letter.c.sequence, letter.c.number, letter.c.registered_at, letter.c.state, letter.c.id)
            .where(where)
            .order_by(*([one.desc() for one in order] if query.newest_first else order))
            .limit(limit)
            .offset(offset)
        )
        return [RegisterEntry(row[0], row[1], row[2], State(row[3]), row[4]) for row in rows], total

    def reasons(self, letter_ids: list[str]) -> dict[str, str]:
        """Return why the number of each of several letters was cancelled."""
        rows = self._connection.execute(
            sa.select(step.c.letter_id, step.c.text).where(step.c.letter_id.in_(letter_ids), step.c.move == Move.CANCEL)
        )
        return {row[0]: row[1] for row in rows}

    @staticmethod
    def _where(query: RegisterQuery) -> sa.ColumnElement[bool]:
        rules = [letter.c.register_id == query.register_id, letter.c.direction == query.direction]
        if query.year is not None:
            rules.append(letter.c.year == query.year)
        if query.since is not None:
            rules.append(letter.c.registered_at >= datetime.combine(query.since, time.min, UTC))
        if query.until is not None:
            rules.append(letter.c.registered_at < datetime.combine(query.until + timedelta(days=1), time.min, UTC))
        if query.state is not None:
            rules.append(letter.c.state == query.state)
        asked = query.number.strip()
        if asked.isascii() and asked.isdigit() and len(asked) < 10:
            rules.append(letter.c.sequence == int(asked))
        elif asked:
            rules.append(letter.c.number.icontains(asked, autoescape=True))
        return sa.and_(*rules)
