"""The tables of kept searches that alert, and of recent searches. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

search_alert = sa.Table(
    "search_alert",
    metadata,
    column("view_id", sa.Text, sa.ForeignKey("saved_view.id", ondelete="CASCADE"), primary_key=True),
    column("since", sa.TIMESTAMP(timezone=True)),
)

alert_due = sa.Table(
    "alert_due",
    metadata,
    column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    column("entry", sa.Text),
)

recent_search = sa.Table(
    "recent_search",
    metadata,
    column("person_id", sa.Text, sa.ForeignKey("person.id"), primary_key=True),
    column("text", sa.Text, primary_key=True),
    column("at", sa.TIMESTAMP(timezone=True)),
)
