"""What letters mean, as vectors of a model, and which letters wait for theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.database import among
from ged.store.meaning_tables import letter_meaning

_M = letter_meaning.c


class Meanings:
    """A row without a vector waits for it; each says by a digest which words it is of."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def known(self, model: str, words: Mapping[str, str]) -> dict[str, bytes]:
        """Return the vectors (float32) that letters have of exactly these words; the other letters wait from now on.

        Args:
            model: Whose vectors.
            words: The digest of what each letter says, by id; "" of one that says nothing any more, which has none.
        """
        self.drop({letter_id for letter_id, digest in words.items() if not digest})
        told = [
            {"letter_id": letter_id, "model": model, "words": digest, "vector": None}
            for letter_id, digest in sorted(words.items())
            if digest
        ]
        if not told:
            return {}
        new = insert(letter_meaning).values(told)
        self._connection.execute(
            new.on_conflict_do_update(
                index_elements=[_M.letter_id],
                set_={"model": new.excluded.model, "words": new.excluded.words, "vector": None},
                where=sa.or_(_M.model != new.excluded.model, _M.words != new.excluded.words),
            )
        )
        rows = self._connection.execute(
            sa.select(_M.letter_id, _M.vector).where(among(_M.letter_id, words), _M.vector.is_not(None))
        )
        return {row.letter_id: row.vector for row in rows}

    def waiting(self, model: str, limit: int) -> list[str]:
        """Return some letters that wait for a vector of a model."""
        query = sa.select(_M.letter_id).where(_M.vector.is_(None), _M.model == model)
        return list(self._connection.scalars(query.limit(limit)))

    def keep(self, model: str, made: Mapping[str, tuple[str, bytes]]) -> list[str]:
        """Keep vectors, each with the digest of the words it is of, and return the letters that still say them."""
        kept = []
        for letter_id, (words, vector) in sorted(made.items()):
            mine = sa.update(letter_meaning).where(
                _M.letter_id == letter_id, _M.model == model, _M.words == words, _M.vector.is_(None)
            )
            if self._connection.execute(mine.values(vector=vector)).rowcount:
                kept.append(letter_id)
        return kept

    def drop(self, letter_ids: Collection[str]) -> None:
        """Forget what letters mean that say nothing any more."""
        if letter_ids:
            self._connection.execute(sa.delete(letter_meaning).where(among(_M.letter_id, letter_ids)))

    def count_waiting(self) -> int:
        """Count the letters that wait for a vector."""
        query = sa.select(sa.func.count()).select_from(letter_meaning).where(_M.vector.is_(None))
        return int(self._connection.scalar(query) or 0)
