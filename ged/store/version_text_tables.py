"""The table of what versions of pieces say: pages read under a key, kept one by one. Of the metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

version_page = sa.Table(
    "version_page",
    metadata,
    column("version_id", sa.Text, sa.ForeignKey("dossier_version.id"), primary_key=True),
    column("key", sa.Text, primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("words", ARRAY(sa.Text)),
    column("rows", ARRAY(sa.Integer)),
    column("doubted", ARRAY(sa.Text)),
)
