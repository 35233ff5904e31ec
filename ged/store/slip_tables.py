"""The tables of sheets that come back: routing slips, files in doubt, pieces of letters. Of the same metadata."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

routing_slip = sa.Table(
    "routing_slip",
    metadata,
    column("id", _Text, primary_key=True),
    column("code", _Text, unique=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("position_id", _Text, sa.ForeignKey("position.id")),
    column("layout", JSONB),
    column("printed_at", _Time),
    column("printed_by", _Text),
    column("returned_at", _Time, nullable=True),
    column("scan", _Text, nullable=True),
    column("picture", _Text, nullable=True),
    column("reading", JSONB, nullable=True),
    column("closed_at", _Time, nullable=True),
    column("closed_by", _Text, server_default=""),
    column("step_id", sa.BigInteger, sa.ForeignKey("step.id"), nullable=True),
)

doubtful_file = sa.Table(
    "doubtful_file",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("register_id", _Text, sa.ForeignKey("entity.id"), index=True),
    column("sha256", _Text, sa.ForeignKey("original.sha256")),
    column("page_count", sa.Integer),
    column("filename", _Text),
    column("door", _Text),
    column("came_at", _Time),
    column("login", _Text),
    column("transmittals", ARRAY(_Text)),
    column("doubts", ARRAY(_Text)),
    column("fate", _Text),
)

kept_file = sa.Table(
    "kept_file",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("kind", _Text),
    column("sha256", _Text, sa.ForeignKey("original.sha256")),
    column("filename", _Text),
    column("added_at", _Time),
    column("added_by", _Text),
    column("leaf", sa.LargeBinary, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    column("p7s_sha256", _Text, nullable=True),
    column("sealed_at", _Time, nullable=True),
    sa.UniqueConstraint("letter_id", "sha256", name="uq_kept_file_letter_file"),
)
