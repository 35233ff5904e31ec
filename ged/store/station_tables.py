"""The tables of scanning stations, and of how each stands. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import SaidText, column, metadata

station = sa.Table(
    "station",
    metadata,
    column("code", sa.Text, primary_key=True),
    column("label", sa.Text),
    column("folder", sa.Text),
    column("position_id", sa.Text, sa.ForeignKey("position.id")),
    column("direction", sa.Text),
    column("delivery", sa.Text),
    column("kind", sa.Text),
)

station_state = sa.Table(
    "station_state",
    metadata,
    column("code", sa.Text, primary_key=True),
    column("at", sa.TIMESTAMP(timezone=True)),
    column("waiting", sa.Integer),
    column("rejected", sa.Integer),
    column("said", SaidText),
)
