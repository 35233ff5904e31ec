"""Number series: a locked row each, so that a rollback leaves no hole and two writers no duplicate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import Direction, State
from ged.mail.register import RegisterYear, Series, closed
from ged.mail.register_check import Number, Use
from ged.store.register_tables import block_number, number_block
from ged.store.tables import letter, register_counter

_COLUMNS = [
    register_counter.c[name]
    for name in (
        "register_id", "direction", "year", "first_sequence", "last_sequence",
        "last_registered_at", "opened_at", "opened_by", "closed_at",
    )
]  # fmt: skip


class Registers:
    """Gives the next number of a series, inside the caller's transaction; opens and closes series."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def take(self, series: Series, now: datetime, count: int = 1) -> tuple[int, datetime]:
        """Return the next sequence of a series and its registration instant, never before the previous one's.

        The row stays locked until the transaction ends: whoever waits gets the number after this one, or this very
        one if this transaction is undone. With `count`, that many numbers are taken, and the first is returned. A
        series that has no row yet is opened.

        Raises:
            Refused: `register.closed`.
        """
        self.open(series, now)
        year = self.lock(series)
        assert year is not None  # noqa: S101 - opened just above
        if year.closed_at is not None:
            raise closed(series, year.closed_at)
        registered_at = now if year.last_at is None else max(now, year.last_at)
        self._connection.execute(
            sa.update(register_counter)
            .where(_is(series))
            .values(last_sequence=year.last + count, last_registered_at=registered_at)
        )
        return year.last + 1, registered_at

    def open(self, series: Series, now: datetime, *, first: int = 1, by: str = "") -> bool:
        """Open a series at its first number; give whether it was not open yet."""
        row = {"register_id": series.register_id, "direction": series.direction, "year": series.year}
        opened = self._connection.scalar(
            insert(register_counter)
            .values(**row, first_sequence=first, last_sequence=first - 1, opened_at=now, opened_by=by)
            .on_conflict_do_nothing()
            .returning(register_counter.c.year)
        )
        return opened is not None

    def lock(self, series: Series, *, shared: bool = False) -> RegisterYear | None:
        """Return a series, held until this transaction ends: no number is taken meanwhile, and it is not closed."""
        query = sa.select(*_COLUMNS).where(_is(series)).with_for_update(read=shared)
        row = self._connection.execute(query).one_or_none()
        return _year(row) if row else None

    def close(self, series: Series, at: datetime) -> None:
        """Close a series that this transaction has locked."""
        self._connection.execute(sa.update(register_counter).where(_is(series)).values(closed_at=at))

    def years(self, register_id: str) -> list[RegisterYear]:
        """Return the series of a register, the last year first."""
        query = sa.select(*_COLUMNS).where(register_counter.c.register_id == register_id)
        order = register_counter.c.year.desc(), register_counter.c.direction
        return [_year(row) for row in self._connection.execute(query.order_by(*order))]

    def numbers(self, series: Series) -> Iterator[Number]:
        """Yield the numbers of a series, in order."""
        of_letters = (
            sa.select(
                letter.c.sequence,
                letter.c.registered_at.label("at"),
                sa.case((letter.c.state == State.CANCELLED, Use.CANCELLED), else_=Use.LETTER).label("use"),
                number_block.c.id.label("block"),
                number_block.c.reserved_at,
            )
            .outerjoin(block_number, block_number.c.letter_id == letter.c.id)
            .outerjoin(number_block, number_block.c.id == block_number.c.block_id)
            .where(
                letter.c.register_id == series.register_id,
                letter.c.direction == series.direction,
                letter.c.year == series.year,
            )
        )
        without = (
            sa.select(
                block_number.c.sequence,
                number_block.c.reserved_at.label("at"),
                sa.case((block_number.c.done_at.is_(None), Use.RESERVED), else_=Use.CANCELLED).label("use"),
                number_block.c.id.label("block"),
                number_block.c.reserved_at,
            )
            .join(number_block, number_block.c.id == block_number.c.block_id)
            .where(
                block_number.c.letter_id.is_(None),
                number_block.c.register_id == series.register_id,
                number_block.c.direction == series.direction,
                number_block.c.year == series.year,
            )
        )
        for row in self._connection.execute(sa.union_all(of_letters, without).order_by("sequence")):
            yield Number(row[0], row[1], Use(row[2]), row[3], row[4])

    def holes(self, register_id: str) -> list[tuple[str, int, int]]:
        """Return (direction, year, missing count) of each series whose numbers do not make a row; empty when all do."""
        counter = register_counter
        taken = sa.select(letter.c.register_id, letter.c.direction, letter.c.year, letter.c.sequence)
        apart = (
            sa.select(
                number_block.c.register_id, number_block.c.direction, number_block.c.year, block_number.c.sequence
            )
            .join(number_block, number_block.c.id == block_number.c.block_id)
            .where(block_number.c.letter_id.is_(None))
        )
        every = sa.union_all(taken, apart).subquery()
        found = (
            sa.select(every.c.direction, every.c.year, sa.func.count(every.c.sequence.distinct()).label("n"))
            .where(every.c.register_id == register_id)
            .group_by(every.c.direction, every.c.year)
            .subquery()
        )
        missing = counter.c.last_sequence - counter.c.first_sequence + 1 - sa.func.coalesce(found.c.n, 0)
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


def _is(series: Series) -> sa.ColumnElement[bool]:
    key = {"register_id": series.register_id, "direction": series.direction, "year": series.year}
    return sa.and_(*(register_counter.c[name] == value for name, value in key.items()))


def _year(row: sa.Row[Any]) -> RegisterYear:
    series = Series(row.register_id, Direction(row.direction), row.year)
    return RegisterYear(series, *tuple(row)[3:])
