"""Audits that were asked for and samples that were drawn are kept"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "audit_run",
        sa.Column("id", text, nullable=False),
        sa.Column("depth", text, nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("seed", text, nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("retained", text, nullable=False),
        sa.Column("asked_at", time, nullable=False),
        sa.Column("login", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("started_at", time, nullable=True),
        sa.Column("finished_at", time, nullable=True),
        sa.Column("outcome", text, server_default="", nullable=False),
        sa.Column("faults", sa.Integer(), server_default="0", nullable=False),
        sa.Column("remarks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("progress", JSONB(), server_default="[]", nullable=False),
        sa.Column("report_sha256", text, nullable=True),
        sa.Column("pdf_sha256", text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_run"),
    )
    op.create_index("ix_audit_run_asked_at", "audit_run", ["asked_at"])
    op.create_index(
        "uq_audit_run_under_way", "audit_run", [sa.text("(true)")], unique=True, postgresql_where="state <> 'fini'"
    )
    op.create_table(
        "audit_draw",
        sa.Column("id", text, nullable=False),
        sa.Column("seed", text, nullable=False),
        sa.Column("stratum", JSONB(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_at", time, nullable=False),
        sa.Column("login", text, nullable=False),
        sa.Column("name", text, nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.Column("log_root", text, nullable=False),
        sa.Column("lines", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_draw"),
    )
