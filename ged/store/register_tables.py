"""The tables of registers beside their counters: the prints that are kept. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

register_print = sa.Table(
    "register_print",
    metadata,
    column("id", _Text, primary_key=True),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("direction", _Text),
    column("since", sa.Date),
    column("until", sa.Date),
    column("first_number", _Text),
    column("last_number", _Text),
    column("line_count", sa.Integer),
    column("level", _Text),
    column("printed_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("sha256", _Text, index=True),
    column("size", sa.BigInteger),
    column("reader_tokens", ARRAY(_Text)),
)
