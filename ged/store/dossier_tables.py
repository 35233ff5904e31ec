"""The tables of dossiers and of the letters in them. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

dossier = sa.Table(
    "dossier",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("code", _Text),
    column("title", _Text),
    column("search_text", _Text),
    column("owner_id", _Text, sa.ForeignKey("entity.id")),
    column("units", ARRAY(_Text)),
    column("closed_on", sa.Date, nullable=True),
    column("file_code", _Text, nullable=True),
    column("revision", sa.Integer),
    column("created_at", _Time),
    column("created_by", _Text),
    sa.UniqueConstraint("tenant_id", "code"),
)

dossier_letter = sa.Table(
    "dossier_letter",
    metadata,
    column("dossier_id", _Text, sa.ForeignKey("dossier.id"), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("at", _Time),
    column("by", _Text),
)
