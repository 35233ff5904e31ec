"""The tables of schedules in versions, of events that start terms, and of the sweep; of the metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

schedule_version = sa.Table(
    "schedule_version",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("number", sa.Integer),
    column("state", _Text),
    column("note", _Text),
    column("author", _Text),
    column("author_login", _Text),
    column("written_at", _Time),
    column("submitted_at", _Time, nullable=True),
    column("approved_by", _Text),
    column("approved_at", _Time, nullable=True),
    column("in_force_on", sa.Date, nullable=True),
    column("refusal", _Text),
    column("revision", sa.Integer),
    sa.UniqueConstraint("tenant_id", "number"),
    sa.Index("uq_schedule_version_open", "tenant_id", unique=True, postgresql_where=sa.text("state <> 'approuvee'")),
)

schedule_rule = sa.Table(
    "schedule_rule",
    metadata,
    column("version_id", _Text, sa.ForeignKey("schedule_version.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("code", _Text),
    column("label", _Text),
    column("count", sa.Integer),
    column("span", _Text),
    column("start", _Text),
    column("event", _Text),
    column("disposition", _Text),
    column("sampling", _Text),
    column("basis", _Text),
)

plan_line = sa.Table(
    "plan_line",
    metadata,
    column("version_id", _Text, sa.ForeignKey("schedule_version.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("code", _Text),
    column("title", _Text),
    column("parent", _Text),
    column("rule", _Text),
    column("scope", _Text),
    column("since", sa.Date, nullable=True),
    column("until", sa.Date, nullable=True),
    column("kinds", ARRAY(_Text)),
)

retention_event = sa.Table(
    "retention_event",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("dossier_id", _Text, sa.ForeignKey("dossier.id"), nullable=True, index=True),
    column("name", _Text),
    column("on", sa.Date),
    column("recorded_by", _Text),
    column("recorded_at", _Time),
    column("withdrawn_by", _Text, nullable=True),
    column("withdrawn_at", _Time, nullable=True),
    sa.CheckConstraint("(letter_id IS NULL) <> (dossier_id IS NULL)", name="ck_retention_event_about"),
)

sweep = sa.Table(
    "sweep",
    metadata,
    column("day", sa.Date, primary_key=True),
    column("rules", _Text),
    column("began_at", _Time),
    column("after", _Text),
    column("looked", sa.Integer),
)

letter_lock = sa.Table(
    "letter_lock",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("until", sa.Date),
    column("kept_until", sa.Date, nullable=True),
)

piece_lock = sa.Table(
    "piece_lock",
    metadata,
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), primary_key=True),
    column("until", sa.Date),
    column("kept_until", sa.Date, nullable=True),
)

due_next = sa.Table(
    "due_next",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("disposition", _Text),
    column("kept_until", sa.Date),
    column("reasons", ARRAY(_Text)),
    column("rule", _Text, nullable=True),
    column("version", sa.Integer, nullable=True),
    column("selected", sa.Boolean, nullable=True),
)
