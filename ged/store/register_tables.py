"""The tables of registers beside their counters: kept prints, closings, reserved numbers, second numbers."""

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
    column("leaf_index", sa.BigInteger, nullable=True),
)

register_closing = sa.Table(
    "register_closing",
    metadata,
    column("register_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("direction", _Text, primary_key=True),
    column("year", sa.Integer, primary_key=True),
    column("closed_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("prints", ARRAY(_Text)),
    column("head", _Text),
)

number_block = sa.Table(
    "number_block",
    metadata,
    column("id", _Text, primary_key=True),
    column("register_id", _Text, sa.ForeignKey("entity.id")),
    column("direction", _Text),
    column("year", sa.Integer),
    column("first", sa.Integer),
    column("last", sa.Integer),
    column("reserved_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("reason", _Text),
    column("closed_at", _Time, nullable=True),
    sa.Index("ix_number_block_series", "register_id", "direction", "year"),
)

block_number = sa.Table(
    "block_number",
    metadata,
    column("block_id", _Text, sa.ForeignKey("number_block.id"), primary_key=True),
    column("sequence", sa.Integer, primary_key=True),
    column("number", _Text),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, unique=True),
    column("done_at", _Time, nullable=True),
    column("done_by", _Text, nullable=True),
    column("reason", _Text, nullable=True),
)
"""`done_at` is when the number was entered, or cancelled for a `reason`; null while it waits."""

second_number_pattern = sa.Table(
    "second_number_pattern",
    metadata,
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("pattern", _Text),
)

second_number_counter = sa.Table(
    "second_number_counter",
    metadata,
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("year", sa.Integer, primary_key=True),
    column("last_sequence", sa.Integer),
)

second_number = sa.Table(
    "second_number",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("year", sa.Integer),
    column("sequence", sa.Integer),
    column("number", _Text),
    column("given_at", _Time),
    column("name", _Text),
    sa.UniqueConstraint("entity_id", "year", "sequence", name="uq_second_number_series"),
)
