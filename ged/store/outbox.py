"""The outbox: which letters and pieces the index must look at again, said in the transaction that changed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ged.mail.indexing import entry_of_piece
from ged.store.database import among, text_array
from ged.store.dossier_tables import dossier_piece
from ged.store.holds import Holds
from ged.store.tables import letter, outbox

ENTRY = sa.func.coalesce(outbox.c.letter_id, sa.literal(entry_of_piece("")) + outbox.c.piece_id)
"""The entry of the index that a row of the outbox names."""


class Outbox:
    """Rows go in with a change and leave once the index has it; a row seen twice is harmless."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, letter_id: str, at: datetime) -> None:
        """Say that a letter changed; a hold that is on it from now on catches it at once."""
        Holds(self._connection).catch([letter_id], at)
        self._connection.execute(sa.insert(outbox).values(letter_id=letter_id, at=at))

    def add_pieces(self, piece_ids: Sequence[str], at: datetime) -> None:
        """Say that pieces of dossiers changed; a hold that is on one from now on catches it at once."""
        self._add(dossier_piece.c.id == sa.any_(text_array(piece_ids)), at)

    def add_pieces_of(self, dossier_id: str, at: datetime) -> None:
        """Say that a dossier changed, and with it what is found of its pieces, and by whom."""
        self._add(dossier_piece.c.dossier_id == dossier_id, at)

    def _add(self, which: sa.ColumnElement[bool], at: datetime) -> None:
        """Give entries their next revision: whichever write comes last to the index, the newest stays.

        Rows are taken in one order, for two that take many not to wait for one another.
        """
        taken = sa.select(dossier_piece.c.id).where(which).order_by(dossier_piece.c.id).with_for_update()
        ids = self._connection.scalars(taken).all()
        if ids:
            theirs = sa.update(dossier_piece).where(dossier_piece.c.id == sa.any_(text_array(ids)))
            self._connection.execute(theirs.values(entry_revision=dossier_piece.c.entry_revision + 1))
            self._connection.execute(sa.insert(outbox), [{"piece_id": one, "at": at} for one in ids])
            Holds(self._connection).catch_pieces(ids, at)

    def pending(self, limit: int, after: int = 0) -> list[tuple[int, str]]:
        """Return (row, entry of the index) of the oldest changes that it does not have, after a row."""
        query = sa.select(outbox.c.id, ENTRY).where(outbox.c.id > after).order_by(outbox.c.id)
        return [(row[0], row[1]) for row in self._connection.execute(query.limit(limit))]

    def done(self, rows: list[int]) -> None:
        """Remove rows whose entries the index has."""
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
