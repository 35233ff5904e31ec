"""Runs of scanners, each its asker's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

import sqlalchemy as sa

from ged.mail.item import Direction
from ged.mail.scan import ScanRun, ScanState
from ged.store.upload_tables import scan_run

_COLUMNS = [scan_run.c[one.name] for one in fields(ScanRun)]


class ScanRuns:
    """Reads and writes runs."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: ScanRun) -> None:
        """Add a run."""
        self._connection.execute(sa.insert(scan_run).values(**asdict(new)))

    def get(self, run_id: str) -> ScanRun | None:
        """Return a run."""
        row = self._connection.execute(sa.select(*_COLUMNS).where(scan_run.c.id == run_id)).one_or_none()
        return _run(row) if row else None

    def last_of(self, login: str) -> ScanRun | None:
        """Return the last run that somebody asked for."""
        query = sa.select(*_COLUMNS).where(scan_run.c.login == login).order_by(scan_run.c.asked_at.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return _run(row) if row else None

    def change(self, run_id: str, among: Sequence[ScanState], **values: Any) -> bool:
        """Change a run that is in one of some states; give whether it was."""
        query = sa.update(scan_run).where(scan_run.c.id == run_id, scan_run.c.state.in_(among))
        return bool(self._connection.execute(query.values(**values)).rowcount)


def _run(row: sa.Row[Any]) -> ScanRun:
    values = dict(zip((one.name for one in fields(ScanRun)), row, strict=True))
    return ScanRun(**{**values, "direction": Direction(row.direction), "state": ScanState(row.state)})
