"""The outbox: which letters the index must look at again, said in the transaction that changed them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ged.store.database import among, text_array
from ged.store.holds import Holds
from ged.store.tables import letter, outbox


class Outbox:
    """Rows go in with a change and leave once the index has it; a row seen twice is harmless."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, letter_id: str, at: datetime) -> None:
        """Say that a letter changed; a hold that is on it from now on catches it at once."""
        Holds(self._connection).catch([letter_id], at)
        self._connection.execute(sa.insert(outbox).values(letter_id=letter_id, at=at))

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, str]]:
        """Return (row, letter) of the oldest changes that the index does not have, after a row."""
        query = sa.select(outbox.c.id, outbox.c.letter_id).where(outbox.c.id > after).order_by(outbox.c.id)
        return [(row[0], row[1]) for row in self._connection.execute(query.limit(limit))]

    def done(self, rows: list[int]) -> None:
        """Remove rows whose letters the index has."""
        self._connection.execute(sa.delete(outbox).where(among(outbox.c.id, rows)))

    def waiting(self, tokens: frozenset[str], before: datetime) -> int:
        """Count the letters, of those that these tokens open, that have waited since before an instant."""
        query = sa.select(sa.func.count(outbox.c.letter_id.distinct())).join(letter, letter.c.id == outbox.c.letter_id)
        opened = letter.c.reader_tokens.overlap(text_array(tokens))
        return self._connection.scalar(query.where(outbox.c.at < before, opened)) or 0

    def lag(self) -> tuple[int, datetime | None]:
        """Return how many changes wait, and since when the oldest does."""
        row = self._connection.execute(sa.select(sa.func.count(), sa.func.min(outbox.c.at))).one()
        return row[0], row[1]
