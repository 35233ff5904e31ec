"""The tables of lots: files, pages, every board that they had, what became of them. Of the same metadata."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import SaidText, column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

batch = sa.Table(
    "batch",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("direction", _Text),
    column("label", _Text),
    column("door", _Text),
    column("sides", _Text),
    column("state", _Text),
    column("opened_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("received_on", sa.Date, nullable=True),
    column("declared_letters", sa.Integer, nullable=True),
    column("declared_pages", sa.Integer, nullable=True),
    column("revision", sa.Integer),
    column("fault", SaidText),
    column("closed_at", _Time, nullable=True),
    column("closed_by", _Text),
    sa.Index("ix_batch_basket", "register_id", "state", "opened_at"),
)

batch_file = sa.Table(
    "batch_file",
    metadata,
    column("batch_id", _Text, sa.ForeignKey("batch.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("sha256", _Text, sa.ForeignKey("original.sha256")),
    column("filename", _Text),
    column("page_count", sa.Integer),
    column("came_at", _Time),
    column("login", _Text),
    column("looked_at", _Time, nullable=True),
    sa.UniqueConstraint("batch_id", "sha256", name="uq_batch_file_bytes"),
)

batch_page = sa.Table(
    "batch_page",
    metadata,
    column("batch_id", _Text, sa.ForeignKey("batch.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("blank", sa.Boolean),
    column("sheet", _Text),
    column("code", _Text),
    column("width_px", sa.Integer),
    column("height_px", sa.Integer),
    column("small", _Text),
    column("large", _Text),
)

batch_board = sa.Table(
    "batch_board",
    metadata,
    column("batch_id", _Text, sa.ForeignKey("batch.id"), primary_key=True),
    column("revision", sa.Integer, primary_key=True),
    column("before", sa.Integer, nullable=True),
    column("act", _Text),
    column("at", _Time),
    column("login", _Text),
    column("board", JSONB),
)

batch_letter = sa.Table(
    "batch_letter",
    metadata,
    column("batch_id", _Text, sa.ForeignKey("batch.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("said", _Text),
    column("entity_id", _Text),
    column("kind", _Text),
    column("pages", JSONB),
)

batch_sheet = sa.Table(
    "batch_sheet",
    metadata,
    column("code", _Text, primary_key=True),
    column("sort", _Text),
    column("register_id", _Text, sa.ForeignKey("entity.id"), index=True),
    column("entity_id", _Text),
    column("kind", _Text),
    column("label", _Text),
    column("letters", sa.Integer, nullable=True),
    column("pages", sa.Integer, nullable=True),
    column("printed_at", _Time),
    column("printed_by", _Text),
)
