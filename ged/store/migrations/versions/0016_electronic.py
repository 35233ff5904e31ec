"""E-mail that comes in: pieces, how a letter came, what came back, what was set aside"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _letters()
    _messages()
    op.create_table(
        "mail_door",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_door")),
    )


def _letters() -> None:
    op.create_table(
        "piece",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_piece_letter_id")),
        sa.ForeignKeyConstraint(["digest"], ["original.sha256"], name=op.f("fk_piece_digest")),
        sa.PrimaryKeyConstraint("letter_id", "rank", name=op.f("pk_piece")),
    )
    op.create_table(
        "mail_arrival",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("header_id", sa.Text(), nullable=False),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("no_receipt", sa.Text(), nullable=True),
        sa.Column("receipt_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mail_arrival_letter_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["message.id"], name=op.f("fk_mail_arrival_receipt_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_mail_arrival")),
    )
    op.create_index(op.f("ix_mail_arrival_header_id"), "mail_arrival", ["header_id"])


def _messages() -> None:
    op.create_table(
        "message_return",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_return_message_id")),
        sa.ForeignKeyConstraint(["digest"], ["original.sha256"], name=op.f("fk_message_return_digest")),
        sa.PrimaryKeyConstraint("message_id", "digest", name=op.f("pk_message_return")),
    )
    op.create_table(
        "mail_aside",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=False),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME, nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_mail_aside_register_id")),
        sa.ForeignKeyConstraint(["digest"], ["original.sha256"], name=op.f("fk_mail_aside_digest")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_mail_aside_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_aside")),
        sa.UniqueConstraint("register_id", "digest", name="uq_mail_aside_once"),
    )
