"""Annexes of letters."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.mail.annex import Annex, AnnexKind
from ged.store.dispatch_tables import annex

_COLUMNS = [annex.c[one.name] for one in fields(Annex)]


class Annexes:
    """Adds annexes, and writes their seals; nothing removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Annex) -> None:
        """Add an annex."""
        self._connection.execute(sa.insert(annex).values(**asdict(new)))

    def of(self, letter_id: str) -> tuple[Annex, ...]:
        """Return the annexes of a letter, first to last."""
        query = sa.select(*_COLUMNS).where(annex.c.letter_id == letter_id).order_by(annex.c.added_at, annex.c.id)
        return tuple(_annex(row) for row in self._connection.execute(query))

    def by_digest(self, sha256: str) -> tuple[Annex, ...]:
        """Return the annexes that have these bytes, oldest first, of whatever letters: the caller asks who may see."""
        query = sa.select(*_COLUMNS).where(annex.c.digest == sha256).order_by(annex.c.added_at, annex.c.id)
        return tuple(_annex(row) for row in self._connection.execute(query))


def _annex(row: sa.Row[Any]) -> Annex:
    values = {one.name: getattr(row, one.name) for one in fields(Annex)}
    return Annex(**(values | {"kind": AnnexKind(row.kind)}))
