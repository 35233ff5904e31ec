"""Sealed envelopes: their covers, to whom they were handed, and the cover's seal once the content has its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.envelope import Cover, Envelope, Nature
from ged.store.envelope_tables import sealed_envelope
from ged.store.tables import letter, seal

_COLUMNS = [
    sealed_envelope.c[name]
    for name in (
        "letter_id", "nature", "position_id", "sender", "reference", "opens_at", "cover_sha256",
        "handed_at", "handed_to", "kept_at", "released_at", "released_by",
    )
]  # fmt: skip


class Envelopes:
    """Adds envelopes and marks what becomes of them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, letter_id: str, cover: Cover, cover_sha256: str) -> None:
        """Remember that a letter is a closed envelope."""
        self._connection.execute(
            sa.insert(sealed_envelope).values(
                letter_id=letter_id,
                nature=cover.nature,
                position_id=cover.position_id,
                sender=cover.sender,
                reference=cover.reference,
                opens_at=cover.opens_at,
                cover_sha256=cover_sha256,
            )
        )

    def of(self, letter_id: str) -> Envelope | None:
        """Return the envelope of a letter; None for one that came open."""
        query = sa.select(*_COLUMNS).where(sealed_envelope.c.letter_id == letter_id)
        row = self._connection.execute(query).one_or_none()
        return _envelope(row) if row else None

    def get(self, letter_id: str) -> Envelope:
        """Return the envelope of a letter.

        Raises:
            NotFound: `envelope.unknown`.
        """
        found = self.of(letter_id)
        if found is None:
            raise NotFound("envelope.unknown", "Ce pli fermé n'existe pas, ou n'est pas ouvert à votre poste.")
        return found

    def in_registers(
        self, register_ids: Sequence[str], *, limit: int, offset: int = 0
    ) -> tuple[list[tuple[Envelope, str, datetime]], int]:
        """Return some envelopes with number and instant, those to hand over first; and how many there are in all."""
        joined = sealed_envelope.join(letter, letter.c.id == sealed_envelope.c.letter_id)
        where = letter.c.register_id.in_(register_ids)
        total = self._connection.scalar(sa.select(sa.func.count()).select_from(joined).where(where)) or 0
        order = sealed_envelope.c.handed_at.is_not(None), letter.c.registered_at.desc(), letter.c.id
        rows = self._connection.execute(
            sa.select(*_COLUMNS, letter.c.number, letter.c.registered_at)
            .select_from(joined)
            .where(where)
            .order_by(*order)
            .limit(limit)
            .offset(offset)
        )
        return [(_envelope(row), row.number, row.registered_at) for row in rows], total

    def mark(self, letter_id: str, **values: object) -> None:
        """Write what became of an envelope."""
        self._connection.execute(
            sa.update(sealed_envelope).where(sealed_envelope.c.letter_id == letter_id).values(**values)
        )

    def set_cover_seal_aside(self, letter_id: str) -> None:
        """Keep the cover's seal with the envelope, so that the content gets the letter's."""
        found = self._connection.execute(
            sa.select(seal.c.leaf, seal.c.leaf_index, seal.c.p7s_sha256, seal.c.sealed_at).where(
                seal.c.letter_id == letter_id
            )
        ).one()
        self.mark(
            letter_id,
            cover_leaf=found.leaf,
            cover_leaf_index=found.leaf_index,
            cover_p7s_sha256=found.p7s_sha256,
            cover_sealed_at=found.sealed_at,
        )
        self._connection.execute(sa.delete(seal).where(seal.c.letter_id == letter_id))


def _envelope(row: Any) -> Envelope:
    cover = Cover(Nature(row.nature), row.position_id, row.sender, row.reference, row.opens_at)
    return Envelope(
        row.letter_id,
        cover,
        row.cover_sha256,
        row.handed_at,
        row.handed_to,
        row.kept_at,
        row.released_at,
        row.released_by,
    )
