"""The tables of lists: terms, letterheads, templates of replies and their files. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text

term = sa.Table(
    "term",
    metadata,
    column("list", _Text, primary_key=True),
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("rank", sa.Integer),
    column("retired", sa.Boolean, server_default=sa.false()),
)

letterhead = sa.Table(
    "letterhead",
    metadata,
    column("entity_id", _Text, sa.ForeignKey("entity.id"), primary_key=True),
    column("lines_fr", ARRAY(_Text)),
    column("lines_en", ARRAY(_Text)),
    column("city", _Text),
    column("footer", _Text),
    column("retired", sa.Boolean, server_default=sa.false()),
)

template_file = sa.Table(
    "template_file",
    metadata,
    column("digest", _Text, primary_key=True),
    column("data", sa.LargeBinary),
)

reply_template = sa.Table(
    "reply_template",
    metadata,
    column("code", _Text, primary_key=True),
    column("label_fr", _Text),
    column("label_en", _Text),
    column("file", _Text),
    column("kind", _Text),
    column("entity_id", _Text),
    column("digest", _Text, sa.ForeignKey("template_file.digest")),
    column("rank", sa.Integer),
    column("retired", sa.Boolean, server_default=sa.false()),
)
