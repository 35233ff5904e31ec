"""The tables of drafts: what is being written, its versions and acts; links between letters. Of the same metadata."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

draft = sa.Table(
    "draft",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("entity_id", _Text, sa.ForeignKey("entity.id")),
    column("position_id", _Text, sa.ForeignKey("position.id"), index=True),
    column("login", _Text),
    column("name", _Text),
    column("direction", _Text),
    column("state", _Text),
    column("confidentiality", _Text),
    column("priority", _Text),
    column("subject", _Text),
    column("recipients", ARRAY(_Text)),
    column("kind", _Text),
    column("answers", ARRAY(_Text)),
    column("closes_answered", sa.Boolean),
    column("version", sa.Integer),
    column("digest", _Text),
    column("revision", sa.Integer),
    column("circuit", JSONB),
    column("created_at", _Time),
    column("changed_at", _Time),
    column("due_date", sa.Date, nullable=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    # What lists filter on, computed from the value at each write.
    column("waiting_positions", ARRAY(_Text)),
    column("waiting_units", ARRAY(_Text)),
    column("reader_tokens", ARRAY(_Text)),
    sa.Index("ix_draft_reader_tokens", "reader_tokens", postgresql_using="gin"),
    sa.Index("ix_draft_answers", "answers", postgresql_using="gin"),
    sa.Index("ix_draft_state", "state", "changed_at"),
)

draft_version = sa.Table(
    "draft_version",
    metadata,
    column("draft_id", _Text, sa.ForeignKey("draft.id"), primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("title", _Text),
    column("comment", _Text),
    column("content", JSONB),
    column("digest", _Text),
)

draft_step = sa.Table(
    "draft_step",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("draft_id", _Text, sa.ForeignKey("draft.id"), index=True),
    column("act", _Text),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("title", _Text),
    column("capacity", _Text),
    column("instrument", _Text),
    column("version", sa.Integer),
    column("stage", sa.Integer, nullable=True),
    column("said", _Text, nullable=True),
    column("text", _Text),
    column("opened_at", _Time, nullable=True),
    column("opened_by", _Text, nullable=True),
)

letter_link = sa.Table(
    "letter_link",
    metadata,
    column("from_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("to_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("kind", _Text, primary_key=True),
    column("at", _Time),
    column("login", _Text),
    column("name", _Text),
)

set_aside = sa.Table(
    "set_aside",
    metadata,
    column("person_id", _Text, sa.ForeignKey("person.id"), primary_key=True),
    column("draft_id", _Text, sa.ForeignKey("draft.id"), primary_key=True),
    column("at", _Time),
)

confirmation = sa.Table(
    "confirmation",
    metadata,
    column("token_hash", _Text, sa.ForeignKey("session.token_hash", ondelete="CASCADE"), primary_key=True),
    column("until", _Time),
)

circuit_template = sa.Table(
    "circuit_template",
    metadata,
    column("code", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("stages", _Text),
    column("rank", sa.Integer),
    column("retired", sa.Boolean, server_default=sa.false()),
)
