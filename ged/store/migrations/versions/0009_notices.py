"""Notices, reminders and escalation; how each person wants notices by e-mail"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0009"
down_revision = "0008"

_TIME = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    _notices()
    _deadlines()
    _people()


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("letter_id", sa.Text(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("read_at", _TIME, nullable=True),
        sa.Column("mailed_at", _TIME, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_notice_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("person_id", "mark", name="uq_notice_mark"),
    )
    op.create_index(op.f("ix_notice_letter_id"), "notice", ["letter_id"])
    op.create_index("ix_notice_unread", "notice", ["person_id", "at"], postgresql_where=sa.text("read_at IS NULL"))
    op.create_index("ix_notice_unmailed", "notice", ["at"], postgresql_where=sa.text("mailed_at IS NULL"))


def _deadlines() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("watched", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("to", ARRAY(sa.Text()), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reminder_rule")),
    )
    op.create_table(
        "reminder",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("opinion_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_reminder_letter_id")),
        sa.PrimaryKeyConstraint("letter_id", "opinion_id", "rule", "due_date", name=op.f("pk_reminder")),
    )
    op.create_table(
        "escalation",
        sa.Column("letter_id", sa.Text(), nullable=False),
        sa.Column("position_id", sa.Text(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letter.id"], name=op.f("fk_escalation_letter_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_escalation_position_id")),
        sa.PrimaryKeyConstraint("letter_id", "position_id", "due_date", name=op.f("pk_escalation")),
    )
    op.create_index(op.f("ix_escalation_position_id"), "escalation", ["position_id"])


def _people() -> None:
    op.create_table(
        "person_address",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_address_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_address")),
    )
    op.create_table(
        "notice_choice",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("channels", JSONB(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notice_choice")),
    )
