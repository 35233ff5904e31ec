"""The table of files in quarantine. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

quarantined = sa.Table(
    "quarantined",
    metadata,
    column("id", sa.Text, primary_key=True),
    column("tenant_id", sa.Text, sa.ForeignKey("entity.id")),
    column("digest", sa.Text, index=True),
    column("size", sa.BigInteger),
    column("filename", sa.Text),
    column("signature", sa.Text),
    column("door", sa.Text),
    column("login", sa.Text),
    column("name", sa.Text),
    column("at", sa.TIMESTAMP(timezone=True)),
    column("removed_at", sa.TIMESTAMP(timezone=True), nullable=True),
    column("removed_by", sa.Text),
    column("reason", sa.Text),
    sa.Index("ix_quarantined_tenant_id_at", "tenant_id", "at"),
)
