"""Letters that people set aside until a day"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "aside",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_aside_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_aside_person_id")),
        sa.PrimaryKeyConstraint("letter_id", "person_id", name=op.f("pk_aside")),
    )
    op.create_index(op.f("ix_aside_person_id"), "aside", ["person_id"])
