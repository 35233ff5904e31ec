"""What proves an original: its leaf in the log and the digest of its signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.dispatch_tables import annex
from ged.store.dossier_tables import dossier_version
from ged.store.slip_tables import kept_file
from ged.store.tables import letter, seal


@dataclass(frozen=True, slots=True)
class SealRecord:
    """The seal of a letter: the bytes of its leaf, the leaf's index in the log, SHA-256 of the signature file."""

    leaf: bytes
    leaf_index: int
    p7s_sha256: str
    sealed_at: datetime


class Seals:
    """One seal a letter, written once."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, letter_id: str, record: SealRecord) -> bool:
        """Write the seal of a letter; give False when it already has one, which stays."""
        result = self._connection.execute(
            insert(seal)
            .values(
                letter_id=letter_id,
                leaf=record.leaf,
                leaf_index=record.leaf_index,
                p7s_sha256=record.p7s_sha256,
                sealed_at=record.sealed_at,
            )
            .on_conflict_do_nothing()
            .returning(seal.c.letter_id)
        )
        return result.one_or_none() is not None

    def of(self, letter_id: str) -> SealRecord | None:
        """Return the seal of a letter, if it has one."""
        row = self._connection.execute(
            sa.select(seal.c.leaf, seal.c.leaf_index, seal.c.p7s_sha256, seal.c.sealed_at).where(
                seal.c.letter_id == letter_id
            )
        ).one_or_none()
        return None if row is None else SealRecord(*row)

    def between(self, first: int, end: int) -> tuple[tuple[int, str], ...]:
        """Return (index in the log, SHA-256 of what it seals) of letters, annexes and pieces, in [first, end)."""
        letters = sa.select(seal.c.leaf_index, letter.c.original).join(letter, letter.c.id == seal.c.letter_id)
        annexes = sa.select(annex.c.leaf_index, annex.c.digest)
        pieces = sa.select(kept_file.c.leaf_index, kept_file.c.sha256)
        versions = sa.select(dossier_version.c.leaf_index, dossier_version.c.sha256)
        sealed = sa.union_all(
            *(
                each.where(index >= first, index < end)
                for each, index in (
                    (letters, seal.c.leaf_index),
                    (annexes, annex.c.leaf_index),
                    (pieces, kept_file.c.leaf_index),
                    (versions, dossier_version.c.leaf_index),
                )
            )
        ).order_by("leaf_index")
        return tuple((index, digest) for index, digest in self._connection.execute(sealed))
