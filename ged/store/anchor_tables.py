"""The tables of anchors and of the authorities that are asked for them. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from ged.store.tables import SaidText, column, metadata

_Time = sa.TIMESTAMP(timezone=True)

anchor = sa.Table(
    "anchor",
    metadata,
    column("log", sa.Text, primary_key=True),
    column("size", sa.BigInteger, primary_key=True),
    column("root", sa.Text),
    column("note", sa.LargeBinary),
    column("made_at", _Time),
    column("cosignatures", ARRAY(sa.Text), server_default="{}"),
    column("token", sa.LargeBinary, nullable=True),
    column("token_authority", sa.Text, server_default=""),
    column("token_at", _Time, nullable=True),
    column("token_ends", _Time, nullable=True),
    column("demonstration", sa.Boolean, server_default=sa.false()),
    column("proofs_kept", sa.Boolean, server_default=sa.false()),
    column("attempts", sa.Integer, server_default="0"),
    column("tried_at", _Time, nullable=True),
    column("said", SaidText, server_default=""),
)

timestamp_authority = sa.Table(
    "timestamp_authority",
    metadata,
    column("name", sa.Text, primary_key=True),
    column("answered_at", _Time, nullable=True),
    column("failed_at", _Time, nullable=True),
    column("said", SaidText, server_default=""),
)

evidence_record = sa.Table(
    "evidence_record",
    metadata,
    column("log", sa.Text, primary_key=True),
    column("size", sa.BigInteger, primary_key=True),
    column("record", sa.LargeBinary),
    column("ends", _Time),
    column("renewed_at", _Time),
    sa.ForeignKeyConstraint(["log", "size"], ["anchor.log", "anchor.size"], name="fk_evidence_record_anchor"),
)
