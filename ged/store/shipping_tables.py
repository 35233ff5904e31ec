"""The table of what was inscribed in the journal's log. Of the same metadata as `tables`.

The shipper writes it for the pages to read, and believes none of it: what was inscribed is what the log holds.
No foreign key: a mark outlives a line that somebody removed.
"""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

journal_mark = sa.Table(
    "journal_mark",
    metadata,
    column("journal_id", sa.BigInteger, primary_key=True, autoincrement=False),
    column("position", sa.BigInteger),
    column("logged_at", sa.TIMESTAMP(timezone=True)),
)
