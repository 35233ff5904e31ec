"""Runs of scanners"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.create_table(
        "scan_run",
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "login", "scanner", "direction", "state", "said")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("resolution_dpi", "pages")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("colour", "feeder", "duplex")),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_run")),
    )
    op.create_index(op.f("ix_scan_run_login"), "scan_run", ["login"])
