"""The tables of the paper archives: boxes, what is in them, paper that left for good. Of the metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

box = sa.Table(
    "box",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("cote", _Text),
    column("label", _Text),
    column("room", _Text),
    column("bay", _Text),
    column("shelf", _Text),
    column("capacity", sa.Integer),
    column("entity_id", _Text, sa.ForeignKey("entity.id"), nullable=True),
    column("dates", _Text, server_default=""),
    column("made_at", _Time),
    column("made_by", _Text),
    column("login", _Text),
    sa.UniqueConstraint("tenant_id", "cote"),
)

box_paper = sa.Table(
    "box_paper",
    metadata,
    column("id", _Text, primary_key=True),
    column("box_id", _Text, sa.ForeignKey("box.id"), index=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), index=True),
    column("put_at", _Time),
    column("put_by", _Text),
    column("login", _Text),
    column("out_at", _Time, nullable=True),
    column("out_by", _Text, server_default=""),
    column("why", _Text, server_default=""),
    # Paper has one place: the database holds the rule.
    sa.Index("uq_box_paper_place", "letter_id", unique=True, postgresql_where=sa.text("out_at IS NULL")),
)

paper_gone = sa.Table(
    "paper_gone",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("about", _Text, index=True),
    column("done_on", sa.Date),
    column("first", _Text),
    column("second", _Text),
    column("recorded_at", _Time),
    column("recorded_by", _Text),
    column("login", _Text),
    column("certificate", _Text, nullable=True),
    column("leaf", sa.LargeBinary, nullable=True),
    column("leaf_index", sa.BigInteger, nullable=True),
    column("p7s_sha256", _Text, nullable=True),
    column("sealed_at", _Time, nullable=True),
)

paper_gone_line = sa.Table(
    "paper_gone_line",
    metadata,
    column("gone_id", _Text, sa.ForeignKey("paper_gone.id"), primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), primary_key=True, index=True),
    column("cote", _Text, server_default=""),
)
