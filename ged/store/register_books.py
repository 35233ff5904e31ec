"""Registers read as books: every number in order, whoever may read its letter."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa

from ged.mail.item import State
from ged.mail.moves import Move
from ged.mail.register_book import RegisterEntry, RegisterQuery
from ged.mail.register_check import Use
from ged.store.register_tables import block_number, number_block, second_number
from ged.store.routing_tables import step
from ged.store.tables import letter


class RegisterBooks:
    """Reads the lines of a register; who may know what of them is for the caller to say."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def entries(self, query: RegisterQuery, *, limit: int, offset: int = 0) -> tuple[list[RegisterEntry], int]:
        """Return a page of entries, and how many answer in all."""
        book = _book(query)
        where = _where(query, book)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(book).where(where)) or 0
        order = [book.c.year, book.c.sequence]
        rows = self._connection.execute(
            sa.select(
                book.c.sequence, book.c.number, book.c.registered_at, book.c.state, book.c.letter_id, book.c.reason,
                book.c.entered_at,
            )
            .where(where)
            .order_by(*([one.desc() for one in order] if query.newest_first else order))
            .limit(limit)
            .offset(offset)
        )  # fmt: skip
        return [RegisterEntry(*row) for row in rows], total

    def reasons(self, letter_ids: list[str]) -> dict[str, str]:
        """Return why the number of each of several letters was cancelled."""
        rows = self._connection.execute(
            sa.select(step.c.letter_id, step.c.text).where(step.c.letter_id.in_(letter_ids), step.c.move == Move.CANCEL)
        )
        return {row[0]: row[1] for row in rows}


def _book(query: RegisterQuery) -> sa.Subquery:
    """Return every number of a register: of letters, and of blocks that no letter has taken."""
    of_letters = (
        sa.select(
            letter.c.year,
            letter.c.sequence,
            letter.c.number,
            letter.c.registered_at,
            letter.c.state,
            letter.c.id.label("letter_id"),
            sa.literal("").label("reason"),
            block_number.c.done_at.label("entered_at"),
        )
        .outerjoin(block_number, block_number.c.letter_id == letter.c.id)
        .where(letter.c.register_id == query.register_id, letter.c.direction == query.direction)
    )
    without = (
        sa.select(
            number_block.c.year,
            block_number.c.sequence,
            block_number.c.number,
            number_block.c.reserved_at,
            sa.case((block_number.c.done_at.is_(None), Use.RESERVED), else_=State.CANCELLED),
            sa.null(),
            sa.func.coalesce(block_number.c.reason, number_block.c.reason),
            block_number.c.done_at,
        )
        .join(number_block, number_block.c.id == block_number.c.block_id)
        .where(
            block_number.c.letter_id.is_(None),
            number_block.c.register_id == query.register_id,
            number_block.c.direction == query.direction,
        )
    )
    return sa.union_all(of_letters, without).subquery()


def _where(query: RegisterQuery, book: sa.Subquery) -> sa.ColumnElement[bool]:
    rules: list[sa.ColumnElement[bool]] = [sa.true()]
    if query.year is not None:
        rules.append(book.c.year == query.year)
    if query.since is not None:
        rules.append(book.c.registered_at >= datetime.combine(query.since, time.min, UTC))
    if query.until is not None:
        rules.append(book.c.registered_at < datetime.combine(query.until + timedelta(days=1), time.min, UTC))
    if query.state:
        rules.append(book.c.state == query.state)
    asked = query.number.strip()
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        rules.append(book.c.sequence == int(asked))
    elif asked:
        given = sa.select(second_number.c.letter_id).where(second_number.c.number.icontains(asked, autoescape=True))
        rules.append(sa.or_(book.c.number.icontains(asked, autoescape=True), book.c.letter_id.in_(given)))
    return sa.and_(*rules)
