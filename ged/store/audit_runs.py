"""Audits that were asked for: one at a time, each kept with its outcome and its reports; samples that were drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail import said
from ged.mail.access import Role
from ged.mail.audit import Depth, Draw, DrawnLine, Outcome, Run, RunState
from ged.store.audit_tables import audit_draw, audit_run
from ged.store.tables import holding, person, position

_COLUMNS = [audit_run.c[one.name] for one in fields(Run)]
_ENDED = (RunState.DONE, RunState.UNFINISHED)
_WATCH = (Role.AUDITOR, Role.ADMINISTRATOR)


class AuditRuns:
    """Adds runs and says how they go; nothing here removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def ask(self, run: Run) -> bool:
        """Add a run; give False while another has not ended."""
        values = asdict(run) | {"progress": [], "stopped": [], "outcome": ""}
        added = insert(audit_run).values(**values).on_conflict_do_nothing().returning(audit_run.c.id)
        return self._connection.execute(added).one_or_none() is not None

    def under_way(self) -> Run | None:
        """Return the run that waits or is being done."""
        return self._one(sa.select(*_COLUMNS).where(audit_run.c.state.not_in(_ENDED)))

    def left(self) -> Run | None:
        """Return the run that was left unfinished last, unless one as deep was asked since and went to its end."""
        since = audit_run.alias()
        as_deep = sa.or_(since.c.depth == Depth.FULL, since.c.depth == audit_run.c.depth)
        replaced = sa.exists().where(
            since.c.state == RunState.DONE,
            since.c.outcome != Outcome.UNFINISHED,
            since.c.asked_at > audit_run.c.asked_at,
            as_deep,
        )
        query = sa.select(*_COLUMNS).where(audit_run.c.state == RunState.UNFINISHED, ~replaced)
        return self._one(query.order_by(audit_run.c.asked_at.desc()).limit(1))

    def take_up(self, run_id: str) -> bool:
        """Have a run that was left unfinished wait again; give False where it was not, or another is under way."""
        again: dict[str, Any] = {"state": RunState.WAITING, "finished_at": None, "outcome": "", "stopped": []}
        wanted = audit_run.c.id == run_id, audit_run.c.state == RunState.UNFINISHED
        try:
            with self._connection.begin_nested():
                changed = self._connection.execute(sa.update(audit_run).where(*wanted).values(**again))
        except sa.exc.IntegrityError:
            return False
        return changed.rowcount == 1

    def get(self, run_id: str) -> Run | None:
        """Return a run."""
        return self._one(sa.select(*_COLUMNS).where(audit_run.c.id == run_id))

    def last(self, depth: Depth | None = None) -> Run | None:
        """Return the run that ended last; one of a depth, where it is given: a full one is quick, and more."""
        query = sa.select(*_COLUMNS).where(
            audit_run.c.state == RunState.DONE, audit_run.c.outcome != Outcome.UNFINISHED
        )
        if depth is Depth.FULL:
            query = query.where(audit_run.c.depth == Depth.FULL)
        return self._one(query.order_by(audit_run.c.finished_at.desc()).limit(1))

    def page(self, limit: int = 50) -> tuple[Run, ...]:
        """Return runs, the last asked first."""
        rows = self._connection.execute(sa.select(*_COLUMNS).order_by(audit_run.c.asked_at.desc()).limit(limit))
        return tuple(_run(row) for row in rows)

    def change(self, run_id: str, **values: object) -> None:
        """Write how a run goes."""
        self._connection.execute(sa.update(audit_run).where(audit_run.c.id == run_id).values(**values))

    def watchers(self, at: datetime, roles: Sequence[Role] = _WATCH) -> tuple[str, ...]:
        """Return the ids of the people of the day in some roles: auditors and administrators, told what audits find."""
        today = at.date()
        query = (
            sa.select(person.c.id)
            .distinct()
            .join(holding, holding.c.person_id == person.c.id)
            .join(position, position.c.id == holding.c.position_id)
            .where(
                person.c.active,
                position.c.role.in_(roles),
                holding.c.since <= today,
                sa.or_(holding.c.until.is_(None), holding.c.until >= today),
            )
        )
        return tuple(sorted(self._connection.scalars(query)))

    def add_draw(self, draw: Draw) -> None:
        """Keep a sample."""
        lines = [asdict(one) | {"detail": said.plain(one.detail)} for one in draw.lines]
        self._connection.execute(sa.insert(audit_draw).values(**(asdict(draw) | {"lines": lines})))

    def draw(self, draw_id: str) -> Draw | None:
        """Return a sample."""
        row = self._connection.execute(sa.select(audit_draw).where(audit_draw.c.id == draw_id)).one_or_none()
        return _draw(row) if row else None

    def draws(self, limit: int = 50) -> tuple[Draw, ...]:
        """Return samples, the last drawn first."""
        query = sa.select(audit_draw).order_by(audit_draw.c.drawn_at.desc()).limit(limit)
        return tuple(_draw(row) for row in self._connection.execute(query))

    def _one(self, query: sa.Select[Any]) -> Run | None:
        row = self._connection.execute(query).one_or_none()
        return _run(row) if row else None


def _run(row: sa.Row[Any]) -> Run:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it
    values |= {
        "depth": Depth(row.depth),
        "state": RunState(row.state),
        "outcome": Outcome(row.outcome) if row.outcome else None,
        "progress": tuple(tuple(one) for one in row.progress),
        "stopped": tuple((code, said.read(why)) for code, why in row.stopped),
    }
    return Run(**values)


def _draw(row: sa.Row[Any]) -> Draw:
    values = dict(row._mapping)  # noqa: SLF001
    lines = tuple(DrawnLine(**(one | {"detail": said.read(one["detail"])})) for one in row.lines)
    return Draw(**(values | {"lines": lines}))
