"""The tables of dossiers, of the letters and pieces in them, and of their models. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.store.tables import SaidText, column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

dossier = sa.Table(
    "dossier",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("code", _Text),
    column("title", _Text),
    column("search_text", _Text),
    column("owner_id", _Text, sa.ForeignKey("entity.id")),
    column("units", ARRAY(_Text)),
    column("parts", ARRAY(_Text), server_default="{}"),
    column("closed_on", sa.Date, nullable=True),
    column("file_code", _Text, nullable=True),
    column("revision", sa.Integer),
    column("created_at", _Time),
    column("created_by", _Text),
    sa.UniqueConstraint("tenant_id", "code"),
)

dossier_letter = sa.Table(
    "dossier_letter",
    metadata,
    column("dossier_id", _Text, sa.ForeignKey("dossier.id"), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("at", _Time),
    column("by", _Text),
)

dossier_piece = sa.Table(
    "dossier_piece",
    metadata,
    column("id", _Text, primary_key=True),
    column("dossier_id", _Text, sa.ForeignKey("dossier.id"), index=True),
    column("part", _Text),
    column("title", _Text),
    column("search_text", _Text),
    column("kind", _Text),
    column("metadata", JSONB),
    column("latest", sa.Integer),
    column("reserved_by", _Text),
    column("reserved_name", _Text),
    column("reserved_at", _Time, nullable=True),
    column("withdrawn", _Text),
    column("revision", sa.Integer),
    column("condemned_at", _Time, nullable=True),
    column("entry_revision", sa.BigInteger, server_default="1"),
    column("transferred_at", _Time, nullable=True),
)

dossier_version = sa.Table(
    "dossier_version",
    metadata,
    column("id", _Text, primary_key=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id")),
    column("number", sa.Integer),
    column("sha256", _Text, sa.ForeignKey("original.sha256"), index=True),
    column("filename", _Text),
    column("remark", _Text),
    column("added_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("leaf", sa.LargeBinary, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    column("p7s_sha256", _Text, nullable=True),
    column("sealed_at", _Time, nullable=True),
    column("reading", _Text, server_default="en_lecture"),
    column("reading_error", SaidText, server_default=""),
    column("page_count", sa.Integer, server_default="0"),
    column("tries", sa.Integer, server_default="0"),
    sa.UniqueConstraint("piece_id", "number"),
)

piece_kind = sa.Table(
    "piece_kind",
    metadata,
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("rank", sa.Integer),
)

piece_field = sa.Table(
    "piece_field",
    metadata,
    column("kind", _Text, sa.ForeignKey("piece_kind.code"), primary_key=True),
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("type", _Text),
    column("required", sa.Boolean),
    column("choices", ARRAY(_Text)),
    column("rank", sa.Integer),
)

dossier_template = sa.Table(
    "dossier_template",
    metadata,
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("parts", ARRAY(_Text)),
    column("rank", sa.Integer),
)
