"""What versions of pieces of dossiers say, page by page, and how far the machine is in reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import Reading
from ged.mail.page import Page, PageWords
from ged.store.database import among
from ged.store.dossier_tables import dossier_piece, dossier_version
from ged.store.tables import original
from ged.store.version_text_tables import version_page

_V, _P = dossier_version.c, version_page.c


@dataclass(frozen=True, slots=True)
class ToRead:
    """A version that the machine is to read: the last one of a piece."""

    id: str
    piece_id: str
    sha256: str
    media_type: str


class VersionTexts:
    """Keeps pages as they are read; the words that a version says are those of its last whole reading."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def to_read(self, version_id: str, *, lock: bool = False) -> ToRead | None:
        """Return a version if it waits to be read; None once it is read or given up, replaced or condemned.

        With `lock` nobody replaces or condemns it before this transaction ends.
        """
        query = _waiting(sa.select(_V.id, _V.piece_id, _V.sha256, original.c.media_type)).where(_V.id == version_id)
        if lock:
            query = query.with_for_update(read=True, of=dossier_piece)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else ToRead(*row)

    def begin(self, version_id: str) -> int:
        """Count one more attempt, and return how many there are."""
        counted = sa.update(dossier_version).where(_V.id == version_id).values(tries=_V.tries + 1)
        return int(self._connection.execute(counted.returning(_V.tries)).scalar_one())

    def keep(self, version_id: str, key: str, pages: Sequence[Page]) -> None:
        """Keep pages as they are read; `key` says of what and by what they were."""
        rows = [
            {
                "version_id": version_id, "key": key, "number": each.number,
                "words": [word.text for word in each.words],
                "rows": [word.line for word in each.words],
                "doubted": list(each.doubted),
            }
            for each in pages
        ]  # fmt: skip
        if rows:
            self._connection.execute(insert(version_page).on_conflict_do_nothing(), rows)

    def read(self, version_id: str, key: str) -> frozenset[int]:
        """Return the numbers of the pages that are read under a key."""
        query = sa.select(_P.number).where(_P.version_id == version_id, _P.key == key)
        return frozenset(self._connection.scalars(query))

    def settle(self, version_id: str, key: str, page_count: int) -> None:
        """Say that a version is read whole; pages read under another key are forgotten."""
        self._connection.execute(sa.delete(version_page).where(_P.version_id == version_id, _P.key != key))
        self._write(version_id, reading=Reading.READY, reading_error="", page_count=page_count)

    def give_up(self, version_id: str, sentence: str) -> None:
        """Leave a version to a person, with the reason, a French sentence."""
        self._write(version_id, reading=Reading.FAILED, reading_error=sentence)

    def try_again(self, version_id: str) -> None:
        """Have a version that was given up read again, from the first attempt."""
        self._write(version_id, reading=Reading.PENDING, reading_error="", tries=0)

    def count_read(self, version_ids: Sequence[str]) -> dict[str, int]:
        """Count the pages read so far of some versions; no entry for one without."""
        query = sa.select(_P.version_id, sa.func.count(_P.number.distinct())).where(among(_P.version_id, version_ids))
        return {row[0]: row[1] for row in self._connection.execute(query.group_by(_P.version_id))}

    def of_pieces(self, piece_ids: Sequence[str]) -> dict[str, list[PageWords]]:
        """Return what the last version of each of several pieces says, in order; nothing for one not read whole."""
        query = (
            sa.select(_V.piece_id, _P.number, _P.words, _P.rows, _P.doubted)
            .join(dossier_version, _V.id == _P.version_id)
            .join(dossier_piece, sa.and_(dossier_piece.c.id == _V.piece_id, dossier_piece.c.latest == _V.number))
            .where(among(_V.piece_id, piece_ids), _V.reading == Reading.READY, dossier_piece.c.condemned_at.is_(None))
            .order_by(_V.piece_id, _P.number)
        )
        found: dict[str, list[PageWords]] = {}
        for piece_id, number, words, rows, doubted in self._connection.execute(query):
            found.setdefault(piece_id, []).append(PageWords(number, tuple(words), tuple(rows), tuple(doubted)))
        return found

    def forget(self, piece_id: str) -> None:
        """Remove what every version of a piece says."""
        versions = sa.select(_V.id).where(_V.piece_id == piece_id)
        self._connection.execute(sa.delete(version_page).where(_P.version_id.in_(versions)))

    def _write(self, version_id: str, **values: object) -> None:
        self._connection.execute(sa.update(dossier_version).where(_V.id == version_id).values(**values))


def _waiting(query: sa.Select[Any]) -> sa.Select[Any]:
    return (
        query.join(dossier_piece, sa.and_(dossier_piece.c.id == _V.piece_id, dossier_piece.c.latest == _V.number))
        .join(original, original.c.sha256 == _V.sha256)
        .where(_V.reading == Reading.PENDING, dossier_piece.c.condemned_at.is_(None))
    )
