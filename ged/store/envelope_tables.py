"""The table of sealed envelopes, of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

sealed_envelope = sa.Table(
    "sealed_envelope",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("nature", _Text),
    column("position_id", _Text, sa.ForeignKey("position.id"), index=True),
    column("sender", _Text),
    column("reference", _Text),
    column("opens_at", _Time, nullable=True),
    column("cover_sha256", _Text, sa.ForeignKey("original.sha256")),
    column("handed_at", _Time, nullable=True),
    column("handed_to", _Text, server_default=""),
    column("kept_at", _Time, nullable=True),
    column("released_at", _Time, nullable=True),
    column("released_by", _Text, server_default=""),
    column("cover_leaf", sa.LargeBinary, nullable=True),
    column("cover_leaf_index", sa.BigInteger, nullable=True),
    column("cover_p7s_sha256", _Text, nullable=True),
    column("cover_sealed_at", _Time, nullable=True),
)
