"""Letters are known again by their words: a sketch of each, and the pairs that people are asked about"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table(
        "text_sketch",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("marks", ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_text_sketch_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_text_sketch")),
    )
    op.create_index("ix_text_sketch_marks", "text_sketch", ["marks"], postgresql_using="gin")
    op.create_table(
        "near_duplicate",
        sa.Column("first_id", sa.Text(), nullable=False),
        sa.Column("second_id", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("first_words", ARRAY(sa.Text()), nullable=False),
        sa.Column("second_words", ARRAY(sa.Text()), nullable=False),
        sa.Column("agree", ARRAY(sa.Text()), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("said_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("login", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_near_duplicate_once")),
        sa.ForeignKeyConstraint(["first_id"], ["letter.id"], name=op.f("fk_near_duplicate_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["letter.id"], name=op.f("fk_near_duplicate_second_id")),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_near_duplicate")),
    )
    op.create_index(op.f("ix_near_duplicate_second_id"), "near_duplicate", ["second_id"])
