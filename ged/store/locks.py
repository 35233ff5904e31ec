"""Until when the store's lock is to keep the files of letters and of pieces, and until when it was told to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert


class Locks:
    """Keeps what a lock is to do; it only ever grows. One table for letters, one for pieces of dossiers."""

    def __init__(self, connection: sa.Connection, table: sa.Table) -> None:
        self._connection, self._table = connection, table
        (self._subject,) = table.primary_key

    def want(self, days: Mapping[str, date]) -> None:
        """Have things locked until a day, those that are not to be locked longer already."""
        if not days:
            return
        new = insert(self._table)
        longer = new.on_conflict_do_update(
            index_elements=[self._subject],
            set_={"until": new.excluded.until},
            where=self._table.c.until < new.excluded.until,
        )
        rows = [{self._subject.name: each, "until": day} for each, day in sorted(days.items())]
        self._connection.execute(longer, rows)

    def waiting(self, after: str, limit: int) -> dict[str, date]:
        """Return things whose lock is to be set or made longer, by id after one of them."""
        lock = self._table.c
        query = sa.select(self._subject, lock.until).where(
            self._subject > after, sa.or_(lock.kept_until.is_(None), lock.kept_until < lock.until)
        )
        return {row[0]: row[1] for row in self._connection.execute(query.order_by(self._subject).limit(limit))}

    def done(self, subject_id: str, until: date) -> None:
        """Write that the store keeps the files of a thing until a day."""
        self._connection.execute(sa.update(self._table).where(self._subject == subject_id).values(kept_until=until))

    def again(self, subject_id: str) -> None:
        """Have the files of a thing locked once more: it has a new one, which the store locked for its own term."""
        self._connection.execute(sa.update(self._table).where(self._subject == subject_id).values(kept_until=None))
