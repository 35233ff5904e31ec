"""The table of models that people's decisions taught. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text

learned_model = sa.Table(
    "learned_model",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("field", _Text),
    column("digest", _Text),
    column("trained_at", sa.TIMESTAMP(timezone=True)),
    column("letters", sa.Integer),
    column("labels", sa.Integer),
    column("since", sa.Date),
    column("until", sa.Date),
    column("held_back", sa.Integer),
    column("right", sa.Integer),
    column("right_before", sa.Integer),
    column("won", sa.Integer),
    column("lost", sa.Integer),
    column("calibration", sa.Float),
    column("replaces", _Text, sa.ForeignKey("learned_model.id"), nullable=True),
    column("state", _Text),
    column("said_by", _Text),
    sa.Index("ix_learned_model_tenant", "tenant_id", "field", "trained_at"),
    sa.Index(
        "uq_learned_model_serving",
        "tenant_id",
        "field",
        unique=True,
        postgresql_where=sa.text("state = 'en_service'"),
    ),
)
