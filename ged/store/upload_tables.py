"""The table of files that come piece by piece. Of the same metadata as `tables`."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from ged.store.tables import SaidText, column, metadata

upload = sa.Table(
    "upload",
    metadata,
    column("id", sa.Text, primary_key=True),
    column("person_id", sa.Text, sa.ForeignKey("person.id"), index=True),
    column("login", sa.Text),
    column("filename", sa.Text),
    column("size", sa.BigInteger),
    column("door", sa.Text),
    column("direction", sa.Text),
    column("received_on", sa.Date, nullable=True),
    column("mark", sa.Text),
    column("written", sa.BigInteger),
    column("created_at", sa.TIMESTAMP(timezone=True)),
    column("expires_at", sa.TIMESTAMP(timezone=True), index=True),
    column("outcome", JSONB(none_as_null=True), nullable=True),
)

phone_link = sa.Table(
    "phone_link",
    metadata,
    column("link", sa.Text, primary_key=True),
    column("session", sa.Text, unique=True),
    column("phone", sa.Text),
    column("expires_at", sa.TIMESTAMP(timezone=True)),
)

scan_run = sa.Table(
    "scan_run",
    metadata,
    column("id", sa.Text, primary_key=True),
    column("login", sa.Text, index=True),
    column("scanner", sa.Text),
    column("direction", sa.Text),
    column("resolution_dpi", sa.Integer),
    column("colour", sa.Boolean),
    column("feeder", sa.Boolean),
    column("duplex", sa.Boolean),
    column("state", sa.Text),
    column("pages", sa.Integer),
    column("said", SaidText),
    column("asked_at", sa.TIMESTAMP(timezone=True)),
)
