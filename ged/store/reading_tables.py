"""Pages that are read, or drawn, while others of their letter are not: what a killed worker leaves to the next one."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import column, metadata

page_read = sa.Table(
    "page_read",
    metadata,
    column("letter_id", sa.Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("key", sa.Text, primary_key=True),
    column("number", sa.Integer, primary_key=True),
    column("page", JSONB),
)
