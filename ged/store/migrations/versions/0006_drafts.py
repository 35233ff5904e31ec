"""Drafts, their versions, acts and circuits; links between letters"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0006"
down_revision = "0005"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _draft()
    _history()
    _beside()


def _draft() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("recipients", ARRAY(sa.Text()), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("answers", ARRAY(sa.Text()), nullable=False),
        sa.Column("closes_answered", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("circuit", JSONB, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("waiting_positions", ARRAY(sa.Text()), nullable=False),
        sa.Column("waiting_units", ARRAY(sa.Text()), nullable=False),
        sa.Column("reader_tokens", ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_draft_tenant_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_draft_entity_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_draft_position_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_draft_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_position_id"), "draft", ["position_id"])
    op.create_index(op.f("ix_draft_letter_id"), "draft", ["letter_id"])
    op.create_index("ix_draft_reader_tokens", "draft", ["reader_tokens"], postgresql_using="gin")
    op.create_index("ix_draft_answers", "draft", ["answers"], postgresql_using="gin")
    op.create_index("ix_draft_state", "draft", ["state", "changed_at"])


def _history() -> None:
    op.create_table(
        "draft_version",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_version_draft_id")),
        sa.PrimaryKeyConstraint("draft_id", "number", name=op.f("pk_draft_version")),
    )
    op.create_table(
        "draft_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.Integer(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_step_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_step")),
    )
    op.create_index(op.f("ix_draft_step_draft_id"), "draft_step", ["draft_id"])


def _beside() -> None:
    op.create_table(
        "letter_link",
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["from_id"], ["letter.id"], name=op.f("fk_letter_link_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["letter.id"], name=op.f("fk_letter_link_to_id")),
        sa.PrimaryKeyConstraint("from_id", "to_id", "kind", name=op.f("pk_letter_link")),
    )
    op.create_index(op.f("ix_letter_link_to_id"), "letter_link", ["to_id"])
    op.create_table(
        "set_aside",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_set_aside_person_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_set_aside_draft_id")),
        sa.PrimaryKeyConstraint("person_id", "draft_id", name=op.f("pk_set_aside")),
    )
    op.create_table(
        "confirmation",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["token_hash"], ["session.token_hash"], name=op.f("fk_confirmation_token_hash"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_confirmation")),
    )
