"""The tables of audits that were asked for and of samples that were drawn. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

audit_run = sa.Table(
    "audit_run",
    metadata,
    column("id", _Text, primary_key=True),
    column("depth", _Text),
    column("state", _Text),
    column("seed", _Text),
    column("sample", sa.Integer),
    column("retained", _Text),
    column("asked_at", _Time, index=True),
    column("login", _Text),
    column("name", _Text),
    column("started_at", _Time, nullable=True),
    column("finished_at", _Time, nullable=True),
    column("outcome", _Text, server_default=""),
    column("faults", sa.Integer, server_default="0"),
    column("remarks", sa.Integer, server_default="0"),
    column("progress", JSONB, server_default="[]"),
    column("stopped", JSONB, server_default="[]"),
    column("report_sha256", _Text, nullable=True),
    column("pdf_sha256", _Text, nullable=True),
    sa.Index(
        "uq_audit_run_under_way",
        sa.literal_column("(true)"),
        unique=True,
        postgresql_where=sa.text("state NOT IN ('fini', 'inacheve')"),
    ),
)

audit_draw = sa.Table(
    "audit_draw",
    metadata,
    column("id", _Text, primary_key=True),
    column("seed", _Text),
    column("stratum", JSONB),
    column("count", sa.Integer),
    column("population", sa.Integer),
    column("drawn_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("log_size", sa.BigInteger),
    column("log_root", _Text),
    column("lines", JSONB),
)
