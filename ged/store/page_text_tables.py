"""The table of corrected texts: each version of each page, kept beside what was read. Of the metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

page_text = sa.Table(
    "page_text",
    metadata,
    column("letter_id", sa.Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("version", sa.Integer, primary_key=True),
    column("text", sa.Text),
    column("at", sa.TIMESTAMP(timezone=True)),
    column("login", sa.Text),
    column("name", sa.Text),
)
