"""The tables of paper: who handed which original to whom. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

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
