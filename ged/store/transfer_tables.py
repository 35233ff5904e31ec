"""The tables of transfers to archives and of packages received from other houses. Of the same metadata as `tables`."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from ged.mail.transfer import ItemState
from ged.store.tables import SaidText, column, metadata

_Text = sa.Text
_Time = sa.TIMESTAMP(timezone=True)

transfer = sa.Table(
    "transfer",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("number", _Text),
    column("title", _Text),
    column("form", _Text),
    column("archive_code", _Text),
    column("archive_name", _Text),
    column("agreement", _Text),
    column("state", _Text),
    column("revision", sa.Integer),
    column("created_at", _Time),
    column("created_login", _Text),
    column("created_by", _Text),
    column("submitted_at", _Time, nullable=True),
    column("submitted_login", _Text),
    column("submitted_by", _Text),
    column("approved_at", _Time, nullable=True),
    column("approved_login", _Text),
    column("approved_by", _Text),
    column("ended_at", _Time, nullable=True),
    column("remark", _Text),
    column("planned", sa.Integer),
    column("packed", sa.Integer),
    column("fault", SaidText),
    sa.UniqueConstraint("tenant_id", "number"),
)

transfer_item = sa.Table(
    "transfer_item",
    metadata,
    column("transfer_id", _Text, sa.ForeignKey("transfer.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), nullable=True, index=True),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), nullable=True, index=True),
    column("disposition", _Text),
    column("kept_until", sa.Date),
    column("reasons", ARRAY(_Text)),
    column("state", _Text),
    column("said", _Text),
    column("package", sa.Integer),
    column("live", sa.Boolean),
    sa.UniqueConstraint("transfer_id", "letter_id", name="uq_transfer_item_letter"),
    sa.UniqueConstraint("transfer_id", "piece_id", name="uq_transfer_item_piece"),
    sa.CheckConstraint("num_nonnulls(letter_id, piece_id) = 1", name="ck_transfer_item_one"),
    sa.Index("uq_transfer_item_live", "letter_id", unique=True, postgresql_where=sa.text("live")),
    sa.Index("uq_transfer_item_piece_live", "piece_id", unique=True, postgresql_where=sa.text("live")),
)

transfer_package = sa.Table(
    "transfer_package",
    metadata,
    column("transfer_id", _Text, sa.ForeignKey("transfer.id"), primary_key=True),
    column("rank", sa.Integer, primary_key=True),
    column("identifier", _Text, unique=True),
    column("sha256", _Text),
    column("size", sa.BigInteger),
    column("letters", sa.Integer),
    column("held", _Text, nullable=True),
    column("made_at", _Time, nullable=True),
    column("outcome", _Text),
    column("answered_at", _Time, nullable=True),
    column("answer", ARRAY(_Text)),
    column("reply", _Text),
)

reception = sa.Table(
    "reception",
    metadata,
    column("id", _Text, primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("sha256", _Text),
    column("size", sa.BigInteger),
    column("filename", _Text),
    column("state", _Text),
    column("received_at", _Time),
    column("login", _Text),
    column("name", _Text),
    column("identifier", _Text),
    column("sender", _Text),
    column("sender_name", _Text),
    column("reasons", ARRAY(SaidText)),
    column("total", sa.Integer),
    column("done", sa.Integer),
    column("finished_at", _Time, nullable=True),
    column("reply", _Text),
    column("held", _Text, nullable=True),
    sa.Index(
        "uq_reception_taken",
        "tenant_id",
        "sender",
        "identifier",
        unique=True,
        postgresql_where=sa.text("state IN ('controle', 'accepte')"),
    ),
    sa.Index("ix_reception_received", "tenant_id", "received_at"),
)

reception_item = sa.Table(
    "reception_item",
    metadata,
    column("reception_id", _Text, sa.ForeignKey("reception.id"), primary_key=True),
    column("unit", _Text, primary_key=True),
    column("letter_id", _Text, sa.ForeignKey("letter.id"), unique=True, nullable=True),
    column("number", _Text),
    column("system_id", _Text),
    column("house", _Text),
    column("dossier", _Text),
    column("proofs", _Text),
    column("history", JSONB),
    column("piece_id", _Text, sa.ForeignKey("dossier_piece.id"), unique=True, nullable=True),
    column("cote", _Text, server_default=""),
    column("rule", _Text, server_default=""),
    column("remark", _Text, server_default=""),
    column("facts", JSONB, server_default="[]"),
    column("evidence", _Text, nullable=True, index=True),
    sa.CheckConstraint("num_nonnulls(letter_id, piece_id) = 1", name="ck_reception_item_one"),
)

received_dossier = sa.Table(
    "received_dossier",
    metadata,
    column("dossier_id", _Text, sa.ForeignKey("dossier.id"), primary_key=True),
    column("tenant_id", _Text, sa.ForeignKey("entity.id")),
    column("sender", _Text),
    column("system_id", _Text),
    sa.UniqueConstraint("tenant_id", "sender", "system_id", name="uq_received_dossier"),
)


def taken_at(letter_id: sa.ColumnElement[str]) -> sa.ScalarSelect[datetime]:
    """Return the instant at which the archive's acceptance of a letter was entered."""
    item, package = transfer_item.c, transfer_package.c
    joined = sa.and_(package.transfer_id == item.transfer_id, package.rank == item.package)
    query = sa.select(package.answered_at).select_from(transfer_item.join(transfer_package, joined))
    return query.where(item.letter_id == letter_id, item.state == ItemState.ACCEPTED).scalar_subquery()
