"""Number series: a locked row each, so that a rollback leaves no hole and two writers no duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import Direction, State
from ged.mail.register import Series
from ged.store.tables import letter, register_counter


class Registers:
    """Gives the next number of a series, inside the caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, series: Series, now: datetime) -> tuple[int, datetime]:
        """Return the next sequence of a series and its registration instant, never before the previous one's.

        The row stays locked until the transaction ends: whoever waits gets the number after this
        one, or this very one if this transaction is undone.
        """
        key = {"register_id": series.register_id, "direction": series.direction, "year": series.year}
        self._connection.execute(insert(register_counter).values(**key, last_sequence=0).on_conflict_do_nothing())
        this_series = sa.and_(*(register_counter.c[name] == value for name, value in key.items()))
        last, last_at = self._connection.execute(
            sa.select(register_counter.c.last_sequence, register_counter.c.last_registered_at)
            .where(this_series)
            .with_for_update()
        ).one()
        registered_at = now if last_at is None else max(now, last_at)
        self._connection.execute(
            sa.update(register_counter)
            .where(this_series)
            .values(last_sequence=last + 1, last_registered_at=registered_at)
        )
        return last + 1, registered_at

    def series(self, register_id: str) -> list[tuple[Series, int]]:
        """Return the series of a register with the last number that each has given."""
        counter = register_counter
        rows = self._connection.execute(
            sa.select(counter.c.direction, counter.c.year, counter.c.last_sequence)
            .where(counter.c.register_id == register_id)
            .order_by(counter.c.year, counter.c.direction)
        )
        return [(Series(register_id, Direction(row[0]), row[1]), row[2]) for row in rows]

    def entries(self, series: Series) -> Iterator[tuple[int, datetime, bool]]:
        """Yield (number, registration instant, cancelled) of a series, in number order."""
        query = (
            sa.select(letter.c.sequence, letter.c.registered_at, letter.c.state)
            .where(
                letter.c.register_id == series.register_id,
                letter.c.direction == series.direction,
                letter.c.year == series.year,
            )
            .order_by(letter.c.sequence)
        )
        for row in self._connection.execute(query):
            yield row[0], row[1], row[2] == State.CANCELLED

    def holes(self, register_id: str) -> list[tuple[str, int, int]]:
        """Return (direction, year, missing count) of each series whose letters do not make 1…n; empty when all do."""
        counter = register_counter
        found = (
            sa.select(letter.c.direction, letter.c.year, sa.func.count(letter.c.sequence.distinct()).label("n"))
            .where(letter.c.register_id == register_id)
            .group_by(letter.c.direction, letter.c.year)
            .subquery()
        )
        missing = counter.c.last_sequence - sa.func.coalesce(found.c.n, 0)
        rows = self._connection.execute(
            sa.select(counter.c.direction, counter.c.year, missing)
            .join(
                found,
                (found.c.direction == counter.c.direction) & (found.c.year == counter.c.year),
                isouter=True,
            )
            .where(counter.c.register_id == register_id, missing != 0)
        )
        return [(row[0], row[1], row[2]) for row in rows]
