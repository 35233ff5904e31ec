"""What each stage did, by its key: (letter, stage, version, digest of inputs), unique in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.tables import run

CLAIMED, DONE, FAILED = "en_cours", "fait", "echoue"


@dataclass(frozen=True, slots=True)
class Key:
    """What a stage's output depends on: the same key is a read, not work.

    Attributes:
        inputs: SHA-256 over the digests of what the stage needs.
    """

    letter_id: str
    stage: str
    version: str
    inputs: str


@dataclass(frozen=True, slots=True)
class Run:
    """One stage of one letter: how often it was tried and, once done, what it gave."""

    id: int
    state: str
    attempts: int
    output: Any
    digest: str | None
    error: str | None


class Runs:
    """Claims keys, and keeps outputs."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, key: Key, now: datetime) -> Run | None:
        """Return the run of a key, one attempt more if it is not finished; None when another worker has its row.

        The row is taken with `FOR UPDATE SKIP LOCKED`: who comes second walks on instead of waiting.
        """
        values = {"letter_id": key.letter_id, "stage": key.stage, "version": key.version, "inputs": key.inputs}
        self._connection.execute(insert(run).values(**values, state=CLAIMED, attempts=0).on_conflict_do_nothing())
        row = self._connection.execute(
            _select().where(*(run.c[name] == value for name, value in values.items())).with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        found = Run(*row)
        if found.state in {DONE, FAILED}:
            return found
        self._connection.execute(
            sa.update(run).where(run.c.id == found.id).values(attempts=run.c.attempts + 1, claimed_at=now)
        )
        return Run(found.id, CLAIMED, found.attempts + 1, None, None, None)

    def finish(self, run_id: int, output: object, digest: str, now: datetime) -> bool:
        """Write the output of a run; give False when it was finished already."""
        result = self._connection.execute(
            sa.update(run)
            .where(run.c.id == run_id, run.c.state == CLAIMED)
            .values(state=DONE, output=output, digest=digest, finished_at=now, error=None)
        )
        return result.rowcount == 1

    def fail(self, run_id: int, error: str, now: datetime, *, last: bool) -> None:
        """Write why a run failed; after its `last` attempt it is not tried again."""
        self._connection.execute(
            sa.update(run)
            .where(run.c.id == run_id, run.c.state == CLAIMED)
            .values(error=error, finished_at=now, **({"state": FAILED} if last else {}))
        )

    def finished(self, key: Key) -> bool:
        """Whether a key is done, or failed for good."""
        return bool(
            self._connection.scalar(
                sa.select(
                    sa.exists().where(
                        run.c.letter_id == key.letter_id,
                        run.c.stage == key.stage,
                        run.c.version == key.version,
                        run.c.inputs == key.inputs,
                        run.c.state.in_([DONE, FAILED]),
                    )
                )
            )
        )

    def of(self, letter_id: str) -> dict[str, Run]:
        """Return the latest finished run of each stage of a letter."""
        rows = self._connection.execute(
            sa.select(run.c.stage, *_select().selected_columns)
            .where(run.c.letter_id == letter_id, run.c.state.in_([DONE, FAILED]))
            .order_by(run.c.id)
        )
        return {row[0]: Run(*row[1:]) for row in rows}


def _select() -> sa.Select[Any]:
    return sa.select(run.c.id, run.c.state, run.c.attempts, run.c.output, run.c.digest, run.c.error)
