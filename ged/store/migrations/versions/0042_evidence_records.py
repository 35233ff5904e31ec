"""Tokens renewed before their authority's certificate ends keep their evidence records"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    time = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "evidence_record",
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("ends", time, nullable=False),
        sa.Column("renewed_at", time, nullable=False),
        sa.ForeignKeyConstraint(["log", "size"], ["anchor.log", "anchor.size"], name="fk_evidence_record_anchor"),
        sa.PrimaryKeyConstraint("log", "size", name="pk_evidence_record"),
    )
