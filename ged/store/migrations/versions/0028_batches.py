"""Lots: files that wait to become letters, their pages and boards; pages read while their letter is not"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0028"
down_revision = "0027"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("sides", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("declared_letters", sa.Integer(), nullable=True),
        sa.Column("declared_pages", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("closed_at", _TIME, nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_batch_tenant_id")),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_batch_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index(op.f("ix_batch_basket"), "batch", ["register_id", "state", "opened_at"])
    op.create_table(
        "batch_file",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("came_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("looked_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_file_batch_id")),
        sa.ForeignKeyConstraint(["sha256"], ["original.sha256"], name=op.f("fk_batch_file_sha256")),
        sa.PrimaryKeyConstraint("batch_id", "rank", name=op.f("pk_batch_file")),
        sa.UniqueConstraint("batch_id", "sha256", name="uq_batch_file_bytes"),
    )
    op.create_table(
        "batch_page",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Boolean(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("small", sa.Text(), nullable=False),
        sa.Column("large", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_page_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "rank", "number", name=op.f("pk_batch_page")),
    )
    op.create_table(
        "batch_board",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("board", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_board_batch_id")),
        sa.PrimaryKeyConstraint("batch_id", "revision", name=op.f("pk_batch_board")),
    )
    op.create_table(
        "batch_letter",
        sa.Column("batch_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pages", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"], name=op.f("fk_batch_letter_batch_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_batch_letter_letter_id")),
        sa.PrimaryKeyConstraint("batch_id", "rank", name=op.f("pk_batch_letter")),
    )
    op.create_index(op.f("ix_batch_letter_letter_id"), "batch_letter", ["letter_id"])
    op.create_table(
        "batch_sheet",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("printed_at", _TIME, nullable=False),
        sa.Column("printed_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_batch_sheet_register_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_batch_sheet")),
    )
    op.create_index(op.f("ix_batch_sheet_register_id"), "batch_sheet", ["register_id"])
    op.create_table(
        "page_read",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("page", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_page_read_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", "key", "number", name=op.f("pk_page_read")),
    )
