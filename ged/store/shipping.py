"""The journal as its shipper and its checker read it: whole lines, in order of id, and who is writing some now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, insert

from ged.mail.journal import JournalRow
from ged.store.shipping_tables import journal_mark
from ged.store.tables import journal

_COLUMNS = [journal.c[name] for name in ("id", "at", "act", "login", "name", "letter_id", "about", "details")]
_WRITERS = sa.text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted "
    "AND relation = 'journal'::regclass "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_LAG_WINDOW = 10_000
"""How far before the last mark a line without one is looked for, when the lag is told: older ones are the checker's."""


class Shipping:
    """Reads the journal, and marks what was inscribed."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def highest(self) -> int:
        """Return the id of the last line that can be seen; 0 for an empty journal."""
        return self._connection.scalar(sa.select(sa.func.max(journal.c.id))) or 0

    def writers(self) -> frozenset[str]:
        """Return the transactions that may have added lines and have not ended.

        A line's id is drawn after its transaction locked the table, and the lock falls after what it wrote can be
        seen. Source: PostgreSQL 18, 13.3.1; CommitTransaction in src/backend/access/transam/xact.c.
        """
        return frozenset(self._connection.scalars(_WRITERS))

    def after(self, floor: int, beyond: Collection[int], limit: int) -> tuple[JournalRow, ...]:
        """Return the first lines after an id, without those of `beyond`."""
        query = sa.select(*_COLUMNS).where(journal.c.id > floor)
        if beyond:
            query = query.where(journal.c.id != sa.all_(_ids(beyond)))
        return tuple(_row(row) for row in self._connection.execute(query.order_by(journal.c.id).limit(limit)))

    def by_ids(self, ids: Collection[int]) -> dict[int, JournalRow]:
        """Return lines by id; those that are not there are left out."""
        query = sa.select(*_COLUMNS).where(journal.c.id == sa.any_(_ids(ids)))
        return {row.id: _row(row) for row in self._connection.execute(query)}

    def ids_after(self, floor: int, limit: int) -> Sequence[int]:
        """Return the first ids after one."""
        query = sa.select(journal.c.id).where(journal.c.id > floor).order_by(journal.c.id).limit(limit)
        return self._connection.scalars(query).all()

    def mark(self, places: Iterable[tuple[int, int]], at: datetime) -> None:
        """Say where lines, by id, stand in the log; one marked already keeps its first instant."""
        rows = [{"journal_id": line, "position": position, "logged_at": at} for line, position in places]
        added = insert(journal_mark).values(rows)
        self._connection.execute(added.on_conflict_do_nothing())

    def marks(self, ids: Collection[int]) -> dict[int, int]:
        """Return where lines stand in the log, by id, as marked."""
        query = sa.select(journal_mark.c.journal_id, journal_mark.c.position)
        rows = self._connection.execute(query.where(journal_mark.c.journal_id == sa.any_(_ids(ids))))
        return {row.journal_id: row.position for row in rows}

    def lag(self) -> tuple[int, datetime | None]:
        """Return how many lines wait to be inscribed, and the instant of the oldest of them."""
        last = sa.select(sa.func.coalesce(sa.func.max(journal_mark.c.journal_id), 0)).scalar_subquery()
        marked = sa.exists().where(journal_mark.c.journal_id == journal.c.id)
        query = sa.select(sa.func.count(), sa.func.min(journal.c.at)).where(
            journal.c.id > last - _LAG_WINDOW, sa.not_(marked)
        )
        waiting, oldest = self._connection.execute(query).one()
        return waiting, oldest


def _ids(ids: Collection[int]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.literal(list(ids), ARRAY(sa.BigInteger)), ARRAY(sa.BigInteger))


def _row(row: sa.Row[Any]) -> JournalRow:
    values: list[Any] = list(row)
    return JournalRow(*values)
