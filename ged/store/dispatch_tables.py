"""The tables of what leaves: sendings, prints for ink, annexes. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

sending = sa.Table(
    "sending",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("rank", sa.Integer),
    column("recipient", _Text),
    column("way", _Text),
    column("address", _Text),
    column("tenant_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("entity_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("copy", sa.Boolean),
    column("state", _Text),
    column("sent_at", _Time, nullable=True),
    column("sent_by", _Text),
    column("answered_at", _Time, nullable=True),
    column("answered_by", _Text),
    column("remark", _Text),
    column("message_id", _Text, nullable=True),
    column("transmittal_id", _Text, sa.ForeignKey("transmittal.id"), nullable=True, index=True),
    column("arrival_number", _Text),
    column("receipt", _Text),
)

ink_print = sa.Table(
    "ink_print",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("draft_id", _Text, sa.ForeignKey("draft.id"), index=True),
    column("digest", _Text),
    column("code", _Text, unique=True),
    column("printed_at", _Time),
    column("login", _Text),
    column("name", _Text),
)

annex = sa.Table(
    "annex",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("kind", _Text),
    column("label", _Text),
    column("digest", _Text, sa.ForeignKey("original.sha256"), index=True),
    column("media_type", _Text),
    column("size", sa.BigInteger),
    column("added_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("sending_id", _Text, sa.ForeignKey("sending.id"), nullable=True),
    column("leaf", sa.LargeBinary, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    column("sealed_at", _Time, nullable=True),
)
