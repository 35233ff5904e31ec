"""Until when the store's lock is to keep the files of letters, and until when it was told to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.schedule_tables import letter_lock


class LetterLocks:
    """Keeps what a lock is to do; it only ever grows."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def want(self, days: Mapping[str, date]) -> None:
        """Have letters locked until a day, those that are not to be locked longer already."""
        if not days:
            return
        new = insert(letter_lock)
        longer = new.on_conflict_do_update(
            index_elements=["letter_id"],
            set_={"until": new.excluded.until},
            where=letter_lock.c.until < new.excluded.until,
        )
        self._connection.execute(longer, [{"letter_id": each, "until": day} for each, day in sorted(days.items())])

    def waiting(self, after: str, limit: int) -> dict[str, date]:
        """Return letters whose lock is to be set or made longer, by id after one of them."""
        lock = letter_lock.c
        query = sa.select(lock.letter_id, lock.until).where(
            lock.letter_id > after, sa.or_(lock.kept_until.is_(None), lock.kept_until < lock.until)
        )
        rows = self._connection.execute(query.order_by(lock.letter_id).limit(limit))
        return {row.letter_id: row.until for row in rows}

    def done(self, letter_id: str, until: date) -> None:
        """Write that the store keeps the files of a letter until a day."""
        self._connection.execute(
            sa.update(letter_lock).where(letter_lock.c.letter_id == letter_id).values(kept_until=until)
        )
