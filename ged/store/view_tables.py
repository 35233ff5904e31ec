"""The table of saved views. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

saved_view = sa.Table(
    "saved_view",
    metadata,
    column("id", sa.Text, primary_key=True),
    column("person_id", sa.Text, sa.ForeignKey("person.id"), index=True),
    column("name", sa.Text),
    column("place", sa.Text),
    column("query", sa.Text),
    column("made_at", sa.TIMESTAMP(timezone=True)),
)
