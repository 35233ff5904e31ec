"""The tables of routing: steps, opinions, notes, who follows. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

step = sa.Table(
    "step",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("move", _Text),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("title", _Text),
    column("position_id", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("capacity", _Text, server_default="titulaire"),
    column("instrument", _Text, server_default=""),
    column("holder", _Text, server_default=""),
    column("before", JSONB),
    column("after", JSONB),
    column("mention", _Text),
    column("text", _Text),
    column("due_date", sa.Date, nullable=True),
    column("copies", ARRAY(_Text)),
    column("opened_at", _Time, nullable=True),
    column("opened_by", _Text, nullable=True),
    column("undone_at", _Time, nullable=True),
)

opinion = sa.Table(
    "opinion",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("entity_id", _Text, sa.ForeignKey("entity.id")),
    column("position_id", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("question", _Text),
    column("due_date", sa.Date, nullable=True),
    column("asked_at", _Time),
    column("asked_by", _Text),
    column("given_at", _Time, nullable=True),
    column("given_by", _Text, nullable=True),
    column("verdict", _Text, nullable=True),
    column("text", _Text, nullable=True),
    column("withdrawn_at", _Time, nullable=True),
)

note = sa.Table(
    "note",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("private", sa.Boolean),
    column("text", _Text),
)

follow = sa.Table(
    "follow",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True, index=True),
)

aside = sa.Table(
    "aside",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True, index=True),
    column("until", sa.Date),
)

acknowledgement = sa.Table(
    "acknowledgement",
    metadata,
    column("token", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), unique=True),
    column("made_at", _Time),
    column("made_by", _Text),
)
