"""What letters mean, as vectors of a model, for installations that have one"""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"


def upgrade() -> None:
    op.create_table(
        "letter_meaning",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name="pk_letter_meaning"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_letter_meaning_letter_id"),
    )
    op.create_index(
        "ix_letter_meaning_waiting", "letter_meaning", ["letter_id"], postgresql_where=sa.text("vector IS NULL")
    )
