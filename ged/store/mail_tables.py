"""The tables of e-mail: what leaves. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import column, metadata

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
