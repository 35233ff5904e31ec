"""The tables of paper: hand-overs, the sheets they go on, their discharges. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

discharge = sa.Table(
    "discharge",
    metadata,
    column("id", _Text, primary_key=True),
    column("at", _Time),
    column("way", _Text),
    column("name", _Text),
    column("login", _Text, nullable=True),
    column("recorded_by", _Text),
    column("proof", _Text, nullable=True),
    column("proof_type", _Text, server_default=""),
)

hand_over = sa.Table(
    "hand_over",
    metadata,
    column("id", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("from_entity", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("from_position", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("from_outside", _Text, server_default=""),
    column("to_entity", _Text, sa.ForeignKey("entity.id"), nullable=True, index=True),
    column("to_position", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("to_outside", _Text, server_default=""),
    column("given_at", _Time),
    column("given_by", _Text),
    column("login", _Text),
    column("return_by", sa.Date, nullable=True),
    column("received_at", _Time, nullable=True),
    column("received_by", _Text, server_default=""),
    column("way", _Text, nullable=True),
    column("withdrawn_at", _Time, nullable=True),
    column("discharge_id", _Text, sa.ForeignKey("discharge.id"), nullable=True),
    column("standing", sa.Boolean, server_default=sa.false()),
    # One keeper a letter, and one hand-over on its way at most: the database holds both rules.
    sa.Index("uq_hand_over_standing", "letter_id", unique=True, postgresql_where=sa.text("standing")),
    sa.Index(
        "uq_hand_over_awaited",
        "letter_id",
        unique=True,
        postgresql_where=sa.text("received_at IS NULL AND withdrawn_at IS NULL"),
    ),
)

transmittal_counter = sa.Table(
    "transmittal_counter",
    metadata,
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("kind", _Text, primary_key=True),
    column("year", sa.Integer, primary_key=True),
    column("last_sequence", sa.Integer),
)

transmittal = sa.Table(
    "transmittal",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("entity_id", _Text, sa.ForeignKey("entity.id")),
    column("kind", _Text),
    column("year", sa.Integer),
    column("sequence", sa.Integer),
    column("number", _Text),
    column("to_entity", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("to_position", _Text, sa.ForeignKey("position.id"), nullable=True),
    column("to_outside", _Text, server_default=""),
    column("address", _Text, server_default=""),
    column("delivery", _Text, server_default=""),
    column("mention", _Text),
    column("text", _Text),
    column("return_by", sa.Date, nullable=True),
    column("made_at", _Time),
    column("made_by", _Text),
    column("made_title", _Text),
    column("login", _Text),
    column("code", _Text, unique=True),
    column("expires_at", _Time),
    column("withdrawn_at", _Time, nullable=True),
    column("scan", _Text, nullable=True),
    column("scan_type", _Text, server_default=""),
    column("discharge_id", _Text, sa.ForeignKey("discharge.id"), nullable=True),
    sa.UniqueConstraint("entity_id", "kind", "year", "sequence", name="uq_transmittal_series"),
    sa.Index("ix_transmittal_made_at", "made_at"),
)

transmittal_line = sa.Table(
    "transmittal_line",
    metadata,
    column("transmittal_id", _Text, sa.ForeignKey("transmittal.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("hand_over_id", _Text, sa.ForeignKey("hand_over.id"), nullable=True),
    column("sending_id", _Text, sa.ForeignKey("sending.id"), nullable=True, index=True),
    column("quantity", sa.Integer),
    column("description", _Text),
    column("observation", _Text),
    sa.CheckConstraint("(hand_over_id IS NULL) <> (sending_id IS NULL)", name="ck_transmittal_line_moves_or_leaves"),
)
