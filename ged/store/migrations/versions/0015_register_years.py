"""Years of registers opened and closed; numbers set apart for paper"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0015"
down_revision = "0014"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("register_counter", sa.Column("first_sequence", sa.Integer(), server_default="1", nullable=False))
    op.add_column("register_counter", sa.Column("opened_at", _TIME, nullable=True))
    op.add_column("register_counter", sa.Column("opened_by", sa.Text(), server_default="", nullable=False))
    op.add_column("register_counter", sa.Column("closed_at", _TIME, nullable=True))
    op.add_column("register_print", sa.Column("leaf_index", sa.BigInteger(), nullable=True))
    op.create_table(
        "register_closing",
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prints", ARRAY(sa.Text()), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_register_closing_register_id")),
        sa.PrimaryKeyConstraint("register_id", "direction", "year", name=op.f("pk_register_closing")),
    )
    op.create_table(
        "number_block",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("reserved_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_number_block_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_block")),
    )
    op.create_index("ix_number_block_series", "number_block", ["register_id", "direction", "year"])
    op.create_table(
        "block_number",
        sa.Column("block_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("done_at", _TIME, nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["block_id"], ["number_block.id"], name=op.f("fk_block_number_block_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_block_number_letter_id")),
        sa.PrimaryKeyConstraint("block_id", "sequence", name=op.f("pk_block_number")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_block_number_letter_id")),
    )
