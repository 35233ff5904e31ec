"""Lots as rows: a lot, its files, its pages, its boards one after the other, and the letters that came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import NotFound
from ged.mail.batch import Batch, BatchFile, BatchState, Sides
from ged.mail.batch_board import BatchPage, Board, Leaf, Left, Pile
from ged.mail.item import Direction
from ged.store.batch_sheets import BatchSheets
from ged.store.batch_tables import batch, batch_board, batch_file, batch_letter, batch_page
from ged.store.tables import letter, original

WAITING = (BatchState.PREPARING, BatchState.REGISTERING)
_BATCH = [batch.c[one.name] for one in fields(Batch)]
_JOINED = {"size": original.c.size, "media_type": original.c.media_type}
_FILE = [
    _JOINED[one.name].label(one.name) if one.name in _JOINED else batch_file.c[one.name] for one in fields(BatchFile)
]
_PAGE = [batch_page.c[one.name] for one in fields(BatchPage)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one pile: the letter that it is, or what was said of it; the number, for who may read it."""

    rank: int
    letter_id: str | None
    number: str | None
    said: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the pages of a lot's files are looked at."""

    done: int
    total: int


class Batches:
    """Keeps lots; a board is never changed, the next one follows it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.sheets = BatchSheets(connection)

    def add(self, new: Batch) -> None:
        """Open a lot."""
        self._connection.execute(sa.insert(batch).values(**{one.name: getattr(new, one.name) for one in fields(Batch)}))

    def get(self, batch_id: str, register_ids: Sequence[str] | None, *, lock: bool = False) -> Batch:
        """Return a lot of some registers, of any with None; with `lock`, nobody else changes it meanwhile.

        Raises:
            NotFound: `batch.unknown`.
        """
        query = sa.select(*_BATCH).where(batch.c.id == batch_id)
        if register_ids is not None:
            query = query.where(batch.c.register_id.in_(register_ids))
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("batch.unknown", "Ce lot n'existe pas, ou il n'est pas ouvert à votre poste.")
        return _batch(row)

    def change(self, batch_id: str, **values: Any) -> None:
        """Write what changed of a lot."""
        self._connection.execute(sa.update(batch).where(batch.c.id == batch_id).values(**values))

    def waiting(self, register_ids: Sequence[str]) -> tuple[tuple[Batch, Progress], ...]:
        """Return the lots that wait in some registers, the oldest first, each with how far it is looked at."""
        total = (
            sa.select(sa.func.coalesce(sa.func.sum(batch_file.c.page_count), 0))
            .where(batch_file.c.batch_id == batch.c.id)
            .scalar_subquery()
        )
        done = sa.select(sa.func.count()).where(batch_page.c.batch_id == batch.c.id).scalar_subquery()
        rows = self._connection.execute(
            sa.select(*_BATCH, done.label("done"), total.label("total"))
            .where(batch.c.register_id.in_(register_ids), batch.c.state.in_(WAITING))
            .order_by(batch.c.opened_at, batch.c.id)
        )
        return tuple((_batch(row), Progress(row.done, row.total)) for row in rows)

    def count_waiting(self, register_ids: Sequence[str]) -> int:
        """Count the lots that wait in some registers."""
        where = batch.c.register_id.in_(register_ids), batch.c.state.in_(WAITING)
        return self._connection.scalar(sa.select(sa.func.count()).select_from(batch).where(*where)) or 0

    def waiting_with(self, sha256: str, register_ids: Sequence[str]) -> str | None:
        """Return a lot that waits in some registers and has a file of these bytes, if there is one."""
        query = (
            sa.select(batch.c.id)
            .join(batch_file, batch_file.c.batch_id == batch.c.id)
            .where(batch_file.c.sha256 == sha256, batch.c.register_id.in_(register_ids), batch.c.state.in_(WAITING))
        )
        return self._connection.scalar(query.order_by(batch.c.opened_at).limit(1))

    def recent(self, register_ids: Sequence[str], limit: int) -> tuple[Batch, ...]:
        """Return the lots that were closed last in some registers."""
        query = (
            sa.select(*_BATCH)
            .where(batch.c.register_id.in_(register_ids), batch.c.state.not_in(WAITING))
            .order_by(batch.c.closed_at.desc(), batch.c.id)
            .limit(limit)
        )
        return tuple(_batch(row) for row in self._connection.execute(query))

    # --- files and pages ---------------------------------------------------------------------

    def add_file(self, batch_id: str, new: Mapping[str, Any]) -> tuple[BatchFile, bool]:
        """Add a file to a lot that is locked; the same bytes again are the file that is there, and False."""
        known = [one for one in self.files(batch_id) if one.sha256 == new["sha256"]]
        if known:
            return known[0], False
        rank = sa.select(sa.func.coalesce(sa.func.max(batch_file.c.rank), 0) + 1).where(
            batch_file.c.batch_id == batch_id
        )
        self._connection.execute(sa.insert(batch_file).values(batch_id=batch_id, rank=rank.scalar_subquery(), **new))
        return self.files(batch_id)[-1], True

    def files(self, batch_id: str) -> tuple[BatchFile, ...]:
        """Return the files of a lot, in the order they came."""
        query = (
            sa.select(*_FILE)
            .join(original, original.c.sha256 == batch_file.c.sha256)
            .where(batch_file.c.batch_id == batch_id)
            .order_by(batch_file.c.rank)
        )
        return tuple(BatchFile(*row) for row in self._connection.execute(query))

    def looked(self, batch_id: str, rank: int, at: datetime) -> None:
        """Write that a file's pages are all on the board."""
        self._connection.execute(
            sa.update(batch_file)
            .where(batch_file.c.batch_id == batch_id, batch_file.c.rank == rank)
            .values(looked_at=at)
        )

    def keep_pages(self, batch_id: str, pages: Sequence[BatchPage]) -> None:
        """Keep pages as they were looked at; one that is there stays as it is."""
        rows = [{"batch_id": batch_id, **asdict(page)} for page in pages]
        if rows:
            self._connection.execute(insert(batch_page).on_conflict_do_nothing(), rows)

    def pages(self, batch_id: str, rank: int | None = None) -> tuple[BatchPage, ...]:
        """Return the pages that were looked at, of one file or of all, in order."""
        query = sa.select(*_PAGE).where(batch_page.c.batch_id == batch_id)
        if rank is not None:
            query = query.where(batch_page.c.rank == rank)
        rows = self._connection.execute(query.order_by(batch_page.c.rank, batch_page.c.number))
        return tuple(BatchPage(*row) for row in rows)

    # --- boards ------------------------------------------------------------------------------

    def board(self, batch_id: str, revision: int) -> tuple[Board, int | None]:
        """Return a board that a lot had, and the revision that undoing its act goes back to; an empty one for 0."""
        query = sa.select(batch_board.c.board, batch_board.c.before)
        row = self._connection.execute(
            query.where(batch_board.c.batch_id == batch_id, batch_board.c.revision == revision)
        ).one_or_none()
        return (Board(), None) if row is None else (_board(row.board), row.before)

    def put_board(
        self, current: Batch, board: Board, *, act: str, before: int | None, at: datetime, login: str
    ) -> Batch:
        """Lay a board as the next revision of a lot that is locked, and return the lot as it then is."""
        revision = current.revision + 1
        values = {"batch_id": current.id, "revision": revision, "before": before, "act": act, "at": at, "login": login}
        self._connection.execute(sa.insert(batch_board).values(**values, board=_written(board)))
        self.change(current.id, revision=revision)
        return self.get(current.id, None)

    # --- what came of it ---------------------------------------------------------------------

    def add_letter(self, batch_id: str, rank: int, letter_id: str | None, said: str, pile: Pile) -> None:
        """Write what became of a pile, once."""
        values = {"letter_id": letter_id, "said": said, "entity_id": pile.entity_id, "kind": pile.kind}
        self._connection.execute(
            insert(batch_letter)
            .values(batch_id=batch_id, rank=rank, pages=[[leaf.key, leaf.turn] for leaf in pile.leaves], **values)
            .on_conflict_do_nothing()
        )

    def letters(self, batch_id: str) -> tuple[Outcome, ...]:
        """Return what became of the piles that were entered, in order."""
        rows = self._connection.execute(
            sa.select(batch_letter.c.rank, batch_letter.c.letter_id, letter.c.number, batch_letter.c.said)
            .outerjoin(letter, letter.c.id == batch_letter.c.letter_id)
            .where(batch_letter.c.batch_id == batch_id)
            .order_by(batch_letter.c.rank)
        )
        return tuple(Outcome(*row) for row in rows)

    def said_of(self, letter_id: str) -> tuple[str, str]:
        """Return the entity and the kind that the separator before a letter named, "" for what it did not."""
        row = self._connection.execute(
            sa.select(batch_letter.c.entity_id, batch_letter.c.kind)
            .where(batch_letter.c.letter_id == letter_id)
            .order_by(batch_letter.c.batch_id)
            .limit(1)
        ).one_or_none()
        return ("", "") if row is None else (row.entity_id, row.kind)


def _batch(row: Any) -> Batch:
    values = {one.name: getattr(row, one.name) for one in fields(Batch)}
    values |= {"direction": Direction(row.direction), "sides": Sides(row.sides), "state": BatchState(row.state)}
    return Batch(**values)


def _written(board: Board) -> dict[str, Any]:
    return {
        "piles": [[[[leaf.key, leaf.turn] for leaf in pile.leaves], pile.entity_id, pile.kind] for pile in board.piles],
        "aside": [[left.leaf.key, left.leaf.turn, left.reason] for left in board.aside],
    }


def _board(written: dict[str, Any]) -> Board:
    return Board(
        tuple(Pile(tuple(Leaf(*leaf) for leaf in leaves), *rest) for leaves, *rest in written["piles"]),
        tuple(Left(Leaf(key, turn), reason) for key, turn, reason in written["aside"]),
    )
