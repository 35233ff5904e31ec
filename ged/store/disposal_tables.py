"""The tables of disposals: the lists, their lines, what became of each file, due pieces. Metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

_ONE = "num_nonnulls(letter_id, piece_id) = 1"
_TAKEN = sa.text("state IN ('propose', 'condamne', 'detruit')")

disposal = sa.Table(
    "disposal",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("number", _Text),
    column("state", _Text),
    column("prepared_login", _Text),
    column("prepared_name", _Text),
    column("prepared_at", _Time),
    column("visa_login", _Text, nullable=True),
    column("visa_name", _Text, nullable=True),
    column("visa_at", _Time, nullable=True),
    column("approver_id", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("approved_login", _Text, nullable=True),
    column("approved_name", _Text, nullable=True),
    column("approved_at", _Time, nullable=True),
    column("started_at", _Time, nullable=True),
    column("finished_at", _Time, nullable=True),
    column("said", _Text, server_default=""),
    column("certificate", _Text, nullable=True),
    column("leaf", sa.LargeBinary, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    column("p7s_sha256", _Text, nullable=True),
    column("sealed_at", _Time, nullable=True),
    sa.UniqueConstraint("tenant_id", "number"),
)

disposal_line = sa.Table(
    "disposal_line",
    metadata,
    column("disposal_id", _Text, sa.ForeignKey("disposal.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True, autoincrement=False),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), nullable=True, index=True),
    column("number", _Text),
    column("digest", _Text),
    column("rule", _Text),
    column("kept_until", sa.Date),
    column("reasons", ARRAY(_Text)),
    column("state", _Text),
    column("said", _Text, server_default=""),
    column("by", _Text, server_default=""),
    column("condemned_at", _Time, nullable=True),
    column("destroyed_at", _Time, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    sa.UniqueConstraint("disposal_id", "letter_id", name="uq_disposal_line_letter_id"),
    sa.UniqueConstraint("disposal_id", "piece_id", name="uq_disposal_line_piece_id"),
    sa.CheckConstraint(_ONE, name="ck_disposal_line_one"),
    sa.Index("uq_disposal_line_once", "letter_id", unique=True, postgresql_where=_TAKEN),
    sa.Index("uq_disposal_line_piece_once", "piece_id", unique=True, postgresql_where=_TAKEN),
)

disposal_object = sa.Table(
    "disposal_object",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), nullable=True),
    column("digest", _Text, index=True),
    column("state", _Text),
    column("said", _Text, server_default=""),
    column("at", _Time),
    sa.UniqueConstraint("letter_id", "digest"),
    sa.UniqueConstraint("piece_id", "digest"),
    sa.CheckConstraint(_ONE, name="ck_disposal_object_one"),
)

due_piece = sa.Table(
    "due_piece",
    metadata,
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), primary_key=True),
    column("disposition", _Text),
    column("kept_until", sa.Date),
    column("listed_at", _Time),
    column("reasons", ARRAY(_Text), server_default="{}"),
    column("selected", sa.Boolean, nullable=True),
)
