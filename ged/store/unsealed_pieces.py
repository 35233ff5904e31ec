"""Pieces that wait for their seal, whatever they are of: annexes and kept files of letters, versions in dossiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from ged.mail.item import Confidentiality
from ged.ports import Stored
from ged.store.dispatch_tables import annex
from ged.store.dossier_tables import dossier_piece, dossier_version
from ged.store.seals import SealRecord
from ged.store.slip_tables import kept_file
from ged.store.tables import letter, original


class PieceSort(StrEnum):
    """What a piece is, as its leaf says it."""

    ANNEX = "annex"
    KEPT = "piece"
    VERSION = "piece_dossier"


_TABLES = {PieceSort.ANNEX: annex, PieceSort.KEPT: kept_file, PieceSort.VERSION: dossier_version}


@dataclass(frozen=True, slots=True)
class UnsealedPiece:
    """One piece without a seal.

    Attributes:
        owner: The letter that it is of, or the dossier.
        level: Of its letter; pieces of dossiers are internal.
        piece: Of a version, the piece that it is of, and its number among its versions; "" and 0 for the others.
    """

    sort: PieceSort
    id: str
    owner: str
    stored: Stored
    added_at: datetime
    level: Confidentiality
    piece: str
    number: int


class UnsealedPieces:
    """Gives pieces that wait for their seal, and writes each seal once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, piece_id: str) -> UnsealedPiece | None:
        """Return a piece that waits for its seal; None for one that is sealed, or is not there."""
        row = self._connection.execute(_every(lambda table: table.c.id == piece_id)).one_or_none()
        return _value(row) if row else None

    def waiting(self, limit: int, *, besides: str) -> tuple[UnsealedPiece, ...]:
        """Return the pieces that wait, but for one, the oldest first."""
        query = _every(lambda table: table.c.id != besides).order_by("added_at", "id").limit(limit)
        return tuple(_value(row) for row in self._connection.execute(query))

    def seal(self, piece: UnsealedPiece, record: SealRecord) -> bool:
        """Write the seal of a piece; give False when it already has one, which stays."""
        table = _TABLES[piece.sort]
        values = {name: getattr(record, name) for name in SealRecord.__slots__ if name in table.c}
        free = (table.c.id == piece.id, table.c.leaf_index.is_(None))
        return bool(self._connection.execute(sa.update(table).where(*free).values(**values)).rowcount)


def _every(of: Callable[[sa.Table], sa.ColumnElement[bool]]) -> sa.Select[Any]:
    def one(sort: PieceSort, digest: sa.Column[str], *more: sa.ColumnElement[Any]) -> sa.Select[Any]:
        table = _TABLES[sort]
        columns = (sa.literal(str(sort)).label("sort"), table.c.id, table.c.added_at, original.c.sha256)
        chosen = sa.select(*columns, original.c.size, original.c.version, *more).select_from(table)
        chosen = chosen.join(original, original.c.sha256 == digest)
        return chosen.where(table.c.leaf_index.is_(None), of(table))

    no_piece = (sa.literal("").label("piece"), sa.literal(0).label("number"))
    of_letter = (letter.c.id.label("owner"), letter.c.confidentiality.label("level"), *no_piece)
    of_dossier = (
        dossier_piece.c.dossier_id.label("owner"),
        sa.literal(str(Confidentiality.INTERNAL)).label("level"),
        dossier_piece.c.id.label("piece"),
        dossier_version.c.number,
    )
    every = sa.union_all(
        one(PieceSort.ANNEX, annex.c.digest, *of_letter).join(letter, letter.c.id == annex.c.letter_id),
        one(PieceSort.KEPT, kept_file.c.sha256, *of_letter).join(letter, letter.c.id == kept_file.c.letter_id),
        one(PieceSort.VERSION, dossier_version.c.sha256, *of_dossier).join(
            dossier_piece, dossier_piece.c.id == dossier_version.c.piece_id
        ),
    ).subquery()
    return sa.select(every)


def _value(row: sa.Row[Any]) -> UnsealedPiece:
    return UnsealedPiece(
        PieceSort(row.sort),
        row.id,
        row.owner,
        Stored(row.sha256, row.size, row.version or "", existed=True),
        row.added_at,
        Confidentiality(row.level),
        row.piece,
        row.number,
    )
