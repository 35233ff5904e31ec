"""How far the nightly sweep has come, and the list that it is making"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    text, time = sa.Text(), sa.TIMESTAMP(timezone=True)
    op.create_table(
        "sweep",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rules", text, nullable=False),
        sa.Column("began_at", time, nullable=False),
        sa.Column("after", text, nullable=False),
        sa.Column("looked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_sweep"),
    )
    op.create_table(
        "due_next",
        sa.Column("letter_id", text, nullable=False),
        sa.Column("disposition", text, nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=False),
        sa.Column("reasons", ARRAY(text), nullable=False),
        sa.Column("rule", text, nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("selected", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name="pk_due_next"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_due_next_letter_id"),
    )
