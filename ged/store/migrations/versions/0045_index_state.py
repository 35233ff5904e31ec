"""What the index refused is set aside, and checks of the index are kept"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    time = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "index_refusal",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", time, nullable=False),
        sa.Column("next_try", time, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_index_refusal_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", name="pk_index_refusal"),
    )
    op.create_index("ix_index_refusal_next_try", "index_refusal", ["next_try"])
    op.create_table(
        "index_check",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("started_at", time, nullable=False),
        sa.Column("finished_at", time, nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("missing", sa.BigInteger(), nullable=False),
        sa.Column("stale", sa.BigInteger(), nullable=False),
        sa.Column("ahead", sa.BigInteger(), nullable=False),
        sa.Column("orphans", sa.BigInteger(), nullable=False),
        sa.Column("repaired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_index_check"),
    )
    op.create_index("ix_index_check_finished_at", "index_check", ["finished_at"])
