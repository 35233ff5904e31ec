"""The table of what letters mean, for a model, as vectors. Of the metadata of `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from ged.store.tables import column, metadata

letter_meaning = sa.Table(
    "letter_meaning",
    metadata,
    column("letter_id", sa.Text, sa.ForeignKey("letter.id"), primary_key=True),
    column("model", sa.Text),
    column("words", sa.Text),
    column("vector", sa.LargeBinary, nullable=True),
)
sa.Index("ix_letter_meaning_waiting", letter_meaning.c.letter_id, postgresql_where=letter_meaning.c.vector.is_(None))
