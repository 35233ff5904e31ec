"""Separators and sheets of lots, by the code of their QR."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.mail.batch_sheet import BatchSheet, SheetSort
from ged.store.batch_tables import batch_sheet

_COLUMNS = [batch_sheet.c[one.name] for one in fields(BatchSheet)]


class BatchSheets:
    """Adds sheets; nothing removes one: paper lasts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: BatchSheet) -> None:
        """Keep a sheet that is printed."""
        self._connection.execute(sa.insert(batch_sheet).values(**asdict(new)))

    def by_codes(self, codes: Sequence[str], register_ids: Sequence[str]) -> dict[str, BatchSheet]:
        """Return the sheets of some registers that carry one of some codes, by code."""
        query = sa.select(*_COLUMNS).where(
            batch_sheet.c.code.in_(codes), batch_sheet.c.register_id.in_(list(register_ids))
        )
        return {row.code: _sheet(row) for row in self._connection.execute(query)}

    def separator(self, register_id: str, entity_id: str, kind: str) -> BatchSheet | None:
        """Return the separator of a register for an entity and a kind, if one was printed before."""
        query = sa.select(*_COLUMNS).where(
            batch_sheet.c.sort == SheetSort.SEPARATOR,
            batch_sheet.c.register_id == register_id,
            batch_sheet.c.entity_id == entity_id,
            batch_sheet.c.kind == kind,
        )
        row = self._connection.execute(query.limit(1)).one_or_none()
        return None if row is None else _sheet(row)


def _sheet(row: sa.Row[Any]) -> BatchSheet:
    values = {one.name: getattr(row, one.name) for one in fields(BatchSheet)}
    return BatchSheet(**(values | {"sort": SheetSort(row.sort)}))
