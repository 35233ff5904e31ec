"""Heads of the logs are kept with what vouches for them from outside"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    time = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "anchor",
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", time, nullable=False),
        sa.Column("cosignatures", ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("token_authority", sa.Text(), server_default="", nullable=False),
        sa.Column("token_at", time, nullable=True),
        sa.Column("token_ends", time, nullable=True),
        sa.Column("demonstration", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("proofs_kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", time, nullable=True),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name="pk_anchor"),
    )
    op.create_table(
        "timestamp_authority",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("answered_at", time, nullable=True),
        sa.Column("failed_at", time, nullable=True),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_timestamp_authority"),
    )
