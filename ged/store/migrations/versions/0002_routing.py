"""Routing: who has a letter, its steps, opinions, notes; working days and delays"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0002"
down_revision = "0001"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _lists()
    _letter()
    _routing()


def _lists() -> None:
    op.create_table(
        "mention",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label_fr", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("must_act", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_mention")),
    )
    op.create_table(
        "holiday",
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("country", "day", name=op.f("pk_holiday")),
    )
    op.create_table(
        "tenant_calendar",
        sa.Column("tenant_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("week", ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["entity.id"], name=op.f("fk_tenant_calendar_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_tenant_calendar")),
    )
    op.create_table(
        "delay",
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("priority", name=op.f("pk_delay")),
    )


def _letter() -> None:
    op.add_column("letter", sa.Column("position_id", sa.Text(), nullable=True))
    op.add_column("letter", sa.Column("concerned", ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("letter", sa.Column("delay_days", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("suspended_on", sa.Date(), nullable=True))
    op.add_column("letter", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_foreign_key(op.f("fk_letter_position_id"), "letter", "position", ["position_id"], ["id"])
    op.create_index(op.f("ix_letter_position_id"), "letter", ["position_id"])
    op.create_index(op.f("ix_letter_service_id"), "letter", ["service_id"])


def _routing() -> None:
    op.create_table(
        "step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("move", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("before", JSONB(), nullable=False),
        sa.Column("after", JSONB(), nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("copies", ARRAY(sa.Text()), nullable=False),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=True),
        sa.Column("undone_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_step_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step")),
    )
    op.create_index(op.f("ix_step_letter_id"), "step", ["letter_id"])
    op.create_table(
        "opinion",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("given_at", _TIME, nullable=True),
        sa.Column("given_by", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_opinion_letter_id")),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_opinion_entity_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_opinion_position_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opinion")),
    )
    op.create_index(op.f("ix_opinion_letter_id"), "opinion", ["letter_id"])
    op.create_table(
        "note",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_note_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index(op.f("ix_note_letter_id"), "note", ["letter_id"])
    op.create_table(
        "follow",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_follow_letter_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_follow_person_id")),
        sa.PrimaryKeyConstraint("letter_id", "person_id", name=op.f("pk_follow")),
    )
    op.create_index(op.f("ix_follow_person_id"), "follow", ["person_id"])
    op.create_table(
        "acknowledgement",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("made_at", _TIME, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_acknowledgement_letter_id")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_acknowledgement")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_acknowledgement_letter_id")),
    )
