"""Numbers set apart for paper: each block, and what became of each of its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.item import Direction
from ged.mail.register import Block, Series
from ged.mail.register_book import BlockNumber
from ged.store.register_tables import block_number, number_block
from ged.store.tables import letter

_COLUMNS = [
    number_block.c[name]
    for name in (
        "id", "register_id", "direction", "year", "first", "last",
        "reserved_at", "login", "name", "reason", "closed_at",
    )
]  # fmt: skip


class NumberBlocks:
    """Adds blocks, marks their numbers, closes them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, block: Block, numbers: Iterable[str]) -> None:
        """Set the numbers of a block apart; `numbers` are as printed, in order."""
        series = block.series
        self._connection.execute(
            sa.insert(number_block).values(
                id=block.id,
                register_id=series.register_id,
                direction=series.direction,
                year=series.year,
                first=block.first,
                last=block.last,
                reserved_at=block.reserved_at,
                login=block.login,
                name=block.name,
                reason=block.reason,
            )
        )
        rows = [
            {"block_id": block.id, "sequence": sequence, "number": number}
            for sequence, number in enumerate(numbers, block.first)
        ]
        self._connection.execute(sa.insert(block_number), rows)

    def get(self, block_id: str, register_ids: Sequence[str], *, lock: bool = False) -> Block:
        """Return a block of some registers; with `lock`, its numbers are nobody else's until this transaction ends.

        Raises:
            NotFound: `register.no_block`.
        """
        query = sa.select(*_COLUMNS).where(number_block.c.id == block_id, number_block.c.register_id.in_(register_ids))
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("register.no_block", "Ce bloc de numéros n'existe pas, ou n'est pas ouvert à votre poste.")
        return _block(row)

    def page(
        self, register_ids: Sequence[str], *, limit: int, offset: int = 0, open_only: bool = False
    ) -> tuple[list[tuple[Block, int]], int]:
        """Return some blocks with how many of their numbers wait, open ones first; and how many blocks there are."""
        kept = number_block.c.register_id.in_(register_ids)
        where = sa.and_(kept, number_block.c.closed_at.is_(None)) if open_only else sa.and_(kept)
        waiting = (
            sa.select(sa.func.count())
            .where(block_number.c.block_id == number_block.c.id, block_number.c.done_at.is_(None))
            .scalar_subquery()
        )
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(number_block).where(where)) or 0
        order = number_block.c.closed_at.is_not(None), number_block.c.reserved_at.desc(), number_block.c.id
        rows = self._connection.execute(
            sa.select(*_COLUMNS, waiting).where(where).order_by(*order).limit(limit).offset(offset)
        )
        return [(_block(row[:-1]), row[-1]) for row in rows], total

    def open_in(self, series: Series) -> int:
        """Count the blocks of a series that are open."""
        where = sa.and_(
            number_block.c.register_id == series.register_id,
            number_block.c.direction == series.direction,
            number_block.c.year == series.year,
            number_block.c.closed_at.is_(None),
        )
        return self._connection.scalar(sa.select(sa.func.count()).select_from(number_block).where(where)) or 0

    def numbers(self, block_id: str) -> tuple[BlockNumber, ...]:
        """Return the numbers of a block, in order."""
        rows = self._connection.execute(
            sa.select(
                block_number.c.sequence,
                block_number.c.number,
                block_number.c.letter_id,
                letter.c.registered_at,
                block_number.c.done_at,
                block_number.c.done_by,
                block_number.c.reason,
            )
            .outerjoin(letter, letter.c.id == block_number.c.letter_id)
            .where(block_number.c.block_id == block_id)
            .order_by(block_number.c.sequence)
        )
        return tuple(BlockNumber(*row) for row in rows)

    def enter(self, block_id: str, sequence: int, letter_id: str, at: datetime, by: str) -> None:
        """Mark that a number was entered as a letter."""
        self._mark(block_id, [sequence], letter_id=letter_id, done_at=at, done_by=by)

    def cancel(self, block_id: str, sequences: Sequence[int], at: datetime, by: str, reason: str) -> None:
        """Mark that some numbers were never used, and why."""
        self._mark(block_id, sequences, done_at=at, done_by=by, reason=reason)

    def close_if_done(self, block_id: str, at: datetime) -> None:
        """Close a block none of whose numbers waits."""
        waits = sa.exists().where(block_number.c.block_id == block_id, block_number.c.done_at.is_(None))
        self._connection.execute(
            sa.update(number_block).where(number_block.c.id == block_id, ~waits).values(closed_at=at)
        )

    def _mark(self, block_id: str, sequences: Sequence[int], **values: object) -> None:
        self._connection.execute(
            sa.update(block_number)
            .where(block_number.c.block_id == block_id, block_number.c.sequence.in_(sequences))
            .values(**values)
        )


def _block(row: Sequence[Any]) -> Block:
    block_id, register_id, direction, year, *rest = row
    return Block(block_id, Series(register_id, Direction(direction), year), *rest)
