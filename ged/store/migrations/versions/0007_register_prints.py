"""Prints of registers that are kept, with their digest"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "register_print",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("first_number", sa.Text(), nullable=False),
        sa.Column("last_number", sa.Text(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("printed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("reader_tokens", ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_register_print_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_print")),
    )
    op.create_index(op.f("ix_register_print_sha256"), "register_print", ["sha256"])
