"""Closings of registers: who closed which year, which prints were made of it, and the log's head at that moment."""

from __future__ import annotations

import sqlalchemy as sa

from ged.mail.item import Direction
from ged.mail.register import Series
from ged.mail.register_book import RegisterClosing
from ged.store.register_tables import register_closing


class RegisterClosings:
    """Adds closings and gives them back."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, made: RegisterClosing) -> None:
        """Remember a closing."""
        series = made.series
        self._connection.execute(
            sa.insert(register_closing).values(
                register_id=series.register_id,
                direction=series.direction,
                year=series.year,
                closed_at=made.closed_at,
                login=made.login,
                name=made.name,
                prints=list(made.prints),
                head=made.head,
            )
        )

    def of(self, register_id: str) -> dict[Series, RegisterClosing]:
        """Return the closings of a register."""
        columns = register_closing.c
        rows = self._connection.execute(
            sa.select(
                columns.direction, columns.year, columns.closed_at, columns.login, columns.name, columns.prints,
                columns.head,
            ).where(columns.register_id == register_id)
        )  # fmt: skip
        found: dict[Series, RegisterClosing] = {}
        for direction, year, closed_at, login, name, prints, head in rows:
            series = Series(register_id, Direction(direction), year)
            found[series] = RegisterClosing(series, closed_at, login, name, tuple(prints), head)
        return found
