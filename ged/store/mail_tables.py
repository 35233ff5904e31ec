"""The tables of e-mail: what leaves, what comes in, what comes back. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import SaidText, column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

message = sa.Table(
    "message",
    metadata,
    column("id", _Text, primary_key=True),
    column("to", _Text),
    column("subject", _Text),
    column("body", _Text),
    column("purpose", _Text),
    column("made_at", _Time),
    column("login", _Text),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("enclosures", JSONB),
    column("answers", _Text),
    column("automatic", sa.Boolean),
    column("state", _Text),
    column("attempts", sa.Integer),
    column("next_try", _Time, nullable=True),
    column("sent_at", _Time, nullable=True),
    column("said", _Text),
    sa.Index("ix_message_waiting", "state", "next_try"),
)

piece = sa.Table(
    "piece",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("parent", sa.Integer, nullable=True),
    column("digest", _Text, sa.ForeignKey("original.sha256")),
    column("size", sa.BigInteger),
    column("name", _Text),
    column("media_type", _Text),
    column("page_count", sa.Integer),
    column("remark", _Text),
)

mail_arrival = sa.Table(
    "mail_arrival",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("header_id", _Text, index=True),
    column("return_path", _Text),
    column("sender", _Text),
    column("box", _Text),
    column("no_receipt", _Text, nullable=True),
    column("receipt_id", _Text, sa.ForeignKey("message.id"), nullable=True),
)

message_return = sa.Table(
    "message_return",
    metadata,
    column("message_id", _Text, sa.ForeignKey("message.id"), primary_key=True),
    column("digest", _Text, sa.ForeignKey("original.sha256"), primary_key=True),
    column("kind", _Text),
    column("at", _Time),
    column("said", _Text),
)

mail_aside = sa.Table(
    "mail_aside",
    metadata,
    column("id", _Text, primary_key=True),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("box", _Text),
    column("return_path", _Text),
    column("digest", _Text, sa.ForeignKey("original.sha256")),
    column("sender", _Text),
    column("subject", _Text),
    column("reason", _Text),
    column("at", _Time),
    column("settled_at", _Time, nullable=True),
    column("settled_by", _Text),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True),
    sa.UniqueConstraint("register_id", "digest", name="uq_mail_aside_once"),
)

mail_door = sa.Table(
    "mail_door",
    metadata,
    column("name", _Text, primary_key=True),
    column("at", _Time),
    column("said", SaidText),
)
