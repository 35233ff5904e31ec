"""The tables of what the index refused and of the checks of the index. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

index_refusal = sa.Table(
    "index_refusal",
    metadata,
    column("entry", sa.Text, primary_key=True),
    column("reason", sa.Text),
    column("tries", sa.Integer),
    column("since", sa.TIMESTAMP(timezone=True)),
    column("next_try", sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Index("ix_index_refusal_next_try", "next_try"),
)

index_check = sa.Table(
    "index_check",
    metadata,
    column("id", sa.Text, primary_key=True),
    column("started_at", sa.TIMESTAMP(timezone=True)),
    column("finished_at", sa.TIMESTAMP(timezone=True), index=True),
    column("letters", sa.BigInteger),
    column("missing", sa.BigInteger),
    column("stale", sa.BigInteger),
    column("ahead", sa.BigInteger),
    column("orphans", sa.BigInteger),
    column("repaired", sa.Boolean),
)
