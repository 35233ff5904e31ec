"""The tables of notices: what was told to whom, what was said of a deadline, how each wants it by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

notice = sa.Table(
    "notice",
    metadata,
    column("id", _Text, primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id")),
    column("kind", _Text),
    column("at", _Time),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("mark", _Text),
    column("by", _Text),
    column("day", sa.Date, nullable=True),
    column("rank", sa.Integer),
    column("link", _Text),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), nullable=True),
    column("read_at", _Time, nullable=True),
    column("mailed_at", _Time, nullable=True),
    sa.UniqueConstraint("person_id", "mark", name="uq_notice_mark"),
    sa.Index("ix_notice_unread", "person_id", "at", postgresql_where=sa.text("read_at IS NULL")),
    sa.Index("ix_notice_unmailed", "at", postgresql_where=sa.text("mailed_at IS NULL")),
)

reminder_rule = sa.Table(
    "reminder_rule",
    metadata,
    column("code", _Text, primary_key=True),
    column("watched", _Text),
    column("days", sa.Integer),
    column("to", ARRAY(_Text)),
    column("sort", _Text),
)

reminder = sa.Table(
    "reminder",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("opinion_id", _Text, primary_key=True),
    column("rule", _Text, primary_key=True),
    column("due_date", sa.Date, primary_key=True),
    column("at", _Time),
)

escalation = sa.Table(
    "escalation",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("position_id", _Text, sa.ForeignKey("position.id"), primary_key=True, index=True),
    column("due_date", sa.Date, primary_key=True),
    column("at", _Time),
)

person_address = sa.Table(
    "person_address",
    metadata,
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True),
    column("address", _Text),
)

notice_choice = sa.Table(
    "notice_choice",
    metadata,
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True),
    column("channels", JSONB),
    column("hour", sa.Integer),
)
