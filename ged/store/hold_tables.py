"""The tables of legal holds, and of the letters and pieces of dossiers that each has caught. Metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

hold = sa.Table(
    "hold",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id"), index=True),
    column("scope", _Text),
    column("target", _Text),
    column("query", JSONB(none_as_null=True), nullable=True),
    column("label", _Text),
    column("reason", _Text),
    column("owner_id", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("review_on", sa.Date, nullable=True),
    column("placed_by", _Text),
    column("placed_at", _Time),
    column("lifted_by", _Text, nullable=True),
    column("lifted_at", _Time, nullable=True),
    column("lift_reason", _Text, server_default=""),
)

hold_letter = sa.Table(
    "hold_letter",
    metadata,
    column("hold_id", _Text, sa.ForeignKey("hold.id"), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("since", _Time),
)

hold_piece = sa.Table(
    "hold_piece",
    metadata,
    column("hold_id", _Text, sa.ForeignKey("hold.id"), primary_key=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), primary_key=True, index=True),
    column("since", _Time),
)

hold_search = sa.Table(
    "hold_search",
    metadata,
    column("hold_id", _Text, sa.ForeignKey("hold.id"), primary_key=True),
    column("begun_at", _Time),
    column("pieces", sa.Boolean, server_default=sa.false()),
    column("after", _Text, server_default=""),
    column("looked", sa.Integer, server_default="0"),
    column("total", sa.Integer, server_default="0"),
    column("caught", sa.Integer, server_default="0"),
)
"""The searches of holds that go on: which letter, or which piece, was looked at last; no row once all was."""
