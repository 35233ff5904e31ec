"""KeptFiles kept with letters, and what proves them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import NotFound
from ged.mail.kept import KeptFile, KeptKind
from ged.store.seals import SealRecord
from ged.store.slip_tables import kept_file
from ged.store.tables import original

_JOINED = {"size": original.c.size, "media_type": original.c.media_type}
_COLUMNS = [_JOINED[name].label(name) if name in _JOINED else kept_file.c[name] for name in KeptFile.__slots__]


class KeptFiles:
    """Adds a piece once, and seals it once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: KeptFile) -> bool:
        """Keep a file with a letter; give False when that letter has it already."""
        values = {name: getattr(new, name) for name in KeptFile.__slots__ if name not in _JOINED}
        added = insert(kept_file).values(**values).on_conflict_do_nothing().returning(kept_file.c.id)
        return self._connection.execute(added).one_or_none() is not None

    def of(self, letter_id: str) -> tuple[KeptFile, ...]:
        """Return the pieces of a letter, first to last."""
        query = _select().where(kept_file.c.letter_id == letter_id).order_by(kept_file.c.added_at, kept_file.c.id)
        return tuple(_kept_file(row) for row in self._connection.execute(query))

    def by_digest(self, sha256: str) -> tuple[KeptFile, ...]:
        """Return the pieces that have these bytes, oldest first, of whatever letters: the caller asks who may see."""
        query = _select().where(kept_file.c.sha256 == sha256).order_by(kept_file.c.added_at, kept_file.c.id)
        return tuple(_kept_file(row) for row in self._connection.execute(query))

    def get(self, kept_id: str) -> KeptFile:
        """Return a piece.

        Raises:
            NotFound: `kept.unknown`.
        """
        row = self._connection.execute(_select().where(kept_file.c.id == kept_id)).one_or_none()
        if row is None:
            raise NotFound("kept.unknown", "Cette pièce n'existe pas, ou elle n'est pas ouverte à votre poste.")
        return _kept_file(row)

    def seal_of(self, kept_id: str) -> SealRecord | None:
        """Return the seal of a piece, if it has one."""
        columns = [kept_file.c[name] for name in SealRecord.__slots__]
        query = sa.select(*columns).where(kept_file.c.id == kept_id, kept_file.c.sealed_at.is_not(None))
        row = self._connection.execute(query).one_or_none()
        return None if row is None else SealRecord(*row)


def _select() -> sa.Select[Any]:
    return sa.select(*_COLUMNS).join(original, original.c.sha256 == kept_file.c.sha256)


def _kept_file(row: sa.Row[Any]) -> KeptFile:
    values = {name: getattr(row, name) for name in KeptFile.__slots__}
    return KeptFile(**(values | {"kind": KeptKind(row.kind)}))
