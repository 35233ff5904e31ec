"""Jobs, given in the caller's transaction: a rollback takes the job away with the rest."""

from __future__ import annotations

import procrastinate
import sqlalchemy as sa
from procrastinate import SyncPsycopgConnector

from ged.store.database import driver_connection

_deferrer = procrastinate.App(connector=SyncPsycopgConnector())
"""Knows no task and opens no connection: it only writes jobs through the connection it is lent."""


class Queue:
    """Gives jobs by task name; `api.worker` holds the tasks themselves."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def defer(self, task: str, *, delay_s: int = 0, **arguments: str) -> None:
        """Add a job that a worker takes once the transaction is committed, `delay_s` later at the earliest.

        Jobs run at least once: a task given here must be idempotent.
        """
        _deferrer.configure_task(
            task,
            queue=task,
            schedule_in={"seconds": delay_s} if delay_s else None,
            connection=driver_connection(self._connection),
        ).defer(**arguments)

    def left(self, names: tuple[str, ...]) -> int:
        """Count the jobs of some tasks that are being done, or could be at this moment."""
        query = sa.text(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = ANY(:names) AND (status = 'doing' "
            "OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())))"
        )
        return self._connection.scalar(query, {"names": list(names)}) or 0

    def waiting(self) -> dict[str, int]:
        """Count the jobs by their status: todo, doing, succeeded, failed."""
        rows = self._connection.execute(
            sa.text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")
        )
        return {row[0]: row[1] for row in rows}
