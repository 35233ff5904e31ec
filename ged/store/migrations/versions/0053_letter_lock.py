"""Until when the store's lock is to keep the files of a letter, and until when it does"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "letter_lock",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("letter_id", name="pk_letter_lock"),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name="fk_letter_lock_letter_id"),
    )
