"""The tables of the vault's keys, of the same metadata as `tables`: never in the store that they open."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

object_key = sa.Table(
    "object_key",
    metadata,
    column("lookup", sa.LargeBinary, primary_key=True),
    column("tenant_id", sa.Text, primary_key=True),
    column("name", sa.Text, index=True),
    column("kek_id", sa.Text, index=True),
    column("wrapped", sa.LargeBinary),
)

shredding = sa.Table(
    "shredding",
    metadata,
    column("name", sa.Text, primary_key=True),
    column("remains", sa.Boolean, server_default=sa.false()),
    column("lookup", sa.LargeBinary, nullable=True, index=True),
)

vault_mark = sa.Table("vault_mark", metadata, column("mark", sa.LargeBinary, primary_key=True))
