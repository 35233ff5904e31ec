"""The tables of disposals: the lists, their lines, what became of each file. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

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
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("rank", sa.Integer),
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
    sa.Index(
        "uq_disposal_line_once",
        "letter_id",
        unique=True,
        postgresql_where=sa.text("state IN ('propose', 'condamne', 'detruit')"),
    ),
)

disposal_object = sa.Table(
    "disposal_object",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("digest", _Text, primary_key=True, index=True),
    column("state", _Text),
    column("said", _Text, server_default=""),
    column("at", _Time),
)
