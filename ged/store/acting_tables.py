"""The tables of who acts for whom, who is away, and who took over from whom. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

delegation = sa.Table(
    "delegation",
    metadata,
    column("id", _Text, primary_key=True),
    column("position_id", _Text, sa.ForeignKey("position.id"), index=True),
    column("person_id", _Text, sa.ForeignKey("person.id"), index=True),
    column("capacity", _Text),
    column("since", sa.Date),
    column("until", sa.Date, nullable=True),
    column("instrument", _Text),
    column("kinds", ARRAY(_Text)),
    column("granted_by", _Text),
    column("granted_at", _Time),
    column("from_folder", sa.Boolean),
    column("ended_at", _Time, nullable=True),
    column("ended_by", _Text, nullable=True),
)

absence = sa.Table(
    "absence",
    metadata,
    column("id", _Text, primary_key=True),
    column("person_id", _Text, sa.ForeignKey("person.id"), index=True),
    column("since", sa.Date),
    column("until", sa.Date),
    column("declared_by", _Text),
    column("declared_at", _Time),
    column("from_folder", sa.Boolean),
    column("ended_at", _Time, nullable=True),
    column("ended_by", _Text, nullable=True),
)

succession = sa.Table(
    "succession",
    metadata,
    column("id", _Text, primary_key=True),
    column("position_id", _Text, sa.ForeignKey("position.id"), index=True),
    column("count", sa.Integer),
    column("level", _Text),
    column("sha256", _Text),
    column("size", sa.BigInteger),
    column("made_at", _Time),
    column("made_login", _Text),
    column("made_by", _Text),
    column("accepted_at", _Time, nullable=True),
    column("accepted_login", _Text, nullable=True),
    column("accepted_by", _Text, nullable=True),
    column("remark", _Text),
)
