"""What leaves: prints for ink, sendings, the sheets that they leave on, annexes of letters"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _slips()
    _sendings()
    _ink_prints()
    _annexes()


def _slips() -> None:
    op.create_table(
        "slip",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("register_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("received_at", _TIME, nullable=True),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["register_id"], ["entity.id"], name=op.f("fk_slip_register_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slip")),
        sa.UniqueConstraint("code", name=op.f("uq_slip_code")),
        sa.UniqueConstraint("register_id", "number", name="uq_slip_number"),
    )


def _sendings() -> None:
    op.create_table(
        "sending",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=True),
        sa.Column("entity_id", sa.Text(), nullable=True),
        sa.Column("copy", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", _TIME, nullable=True),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("answered_at", _TIME, nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("slip_id", sa.Text(), nullable=True),
        sa.Column("arrival_number", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_sending_letter_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_sending_tenant_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_sending_entity_id")),
        sa.ForeignKeyConstraint(["slip_id"], ["slip.id"], name=op.f("fk_sending_slip_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending")),
    )
    op.create_index(op.f("ix_sending_letter_id"), "sending", ["letter_id"])
    op.create_index(op.f("ix_sending_slip_id"), "sending", ["slip_id"])


def _ink_prints() -> None:
    op.create_table(
        "ink_print",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("printed_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_ink_print_letter_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_ink_print_draft_id")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_ink_print")),
        sa.UniqueConstraint("code", name=op.f("uq_ink_print_code")),
    )
    op.create_index(op.f("ix_ink_print_draft_id"), "ink_print", ["draft_id"])


def _annexes() -> None:
    op.create_table(
        "annex",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("added_at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sending_id", sa.Text(), nullable=True),
        sa.Column("leaf", sa.LargeBinary(), nullable=True),
        sa.Column("leaf_index", sa.BigInteger(), nullable=True),
        sa.Column("sealed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_annex_letter_id")),
        sa.ForeignKeyConstraint(["digest"], ["original.sha256"], name=op.f("fk_annex_digest")),
        sa.ForeignKeyConstraint(["sending_id"], ["sending.id"], name=op.f("fk_annex_sending_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annex")),
    )
    op.create_index(op.f("ix_annex_letter_id"), "annex", ["letter_id"])
    op.create_index(op.f("ix_annex_digest"), "annex", ["digest"])
