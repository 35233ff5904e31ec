"""The tables of correspondents and of the names on letters. Of the same metadata as `tables`.

Words and marks belong to a correspondent that stands, and hold those of whoever was merged into it too. They compare
byte by byte (collation C), so that one index answers both equality and beginnings.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Bytes = sa.Text(collation="C")
_Time = sa.TIMESTAMP(timezone=True)

correspondent = sa.Table(
    "correspondent",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("sort", _Text),
    column("name", _Text),
    column("civility", _Text),
    column("organisation", _Text),
    column("function", _Text),
    column("addresses", ARRAY(_Text)),
    column("emails", ARRAY(_Text)),
    column("phones", ARRAY(_Text)),
    column("name_key", _Bytes),
    column("label_key", _Bytes),
    column("merged_into", _Text, sa.ForeignKey("correspondent.id"), nullable=True, index=True),
    column("survivor_id", _Text, sa.ForeignKey("correspondent.id"), index=True),
    column("revision", sa.Integer),
    column("created_at", _Time),
    column("created_by", _Text),
    sa.Index("ix_correspondent_name_key", "tenant_id", "name_key"),
    sa.Index("ix_correspondent_label_key", "tenant_id", "label_key"),
)

correspondent_word = sa.Table(
    "correspondent_word",
    metadata,
    column("tenant_id", _Text, primary_key=True),
    column("word", _Bytes, primary_key=True),
    column("correspondent_id", _Text, sa.ForeignKey("correspondent.id"), primary_key=True, index=True),
)

correspondent_mark = sa.Table(
    "correspondent_mark",
    metadata,
    column("tenant_id", _Text, primary_key=True),
    column("mark", _Bytes, primary_key=True),
    column("correspondent_id", _Text, sa.ForeignKey("correspondent.id"), primary_key=True, index=True),
)

correspondent_apart = sa.Table(
    "correspondent_apart",
    metadata,
    column("first_id", _Text, sa.ForeignKey("correspondent.id"), primary_key=True),
    column("second_id", _Text, sa.ForeignKey("correspondent.id"), primary_key=True),
    column("at", _Time),
    column("by", _Text),
)

letter_party = sa.Table(
    "letter_party",
    metadata,
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("side", _Text, primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("name", _Text),
    column("correspondent_id", _Text, sa.ForeignKey("correspondent.id"), nullable=True, index=True),
)
