"""Schedules in versions: their lines are written while they are drafts, and never after."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from ged.errors import Conflict, NotFound
from ged.mail.filing import Disposition, RetentionRule, Span, Start, Term, read_sampling
from ged.mail.schedule import PlanLine, Schedule, ScheduleVersion, VersionState
from ged.store.schedule_tables import plan_line, schedule_rule, schedule_version

_COLUMNS = [schedule_version.c[name] for name in ScheduleVersion.__slots__]


class Schedules:
    """Reads and writes versions; who may is decided by the services."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def versions(self, tenant_id: str) -> tuple[ScheduleVersion, ...]:
        """Return every version of a tenant, the latest first."""
        query = sa.select(*_COLUMNS).where(schedule_version.c.tenant_id == tenant_id)
        rows = self._connection.execute(query.order_by(schedule_version.c.number.desc()))
        return tuple(_version(row) for row in rows)

    def get(self, version_id: str, tenant_id: str, *, lock: bool = False) -> ScheduleVersion:
        """Return one version of a tenant.

        Raises:
            NotFound: `schedule.version`.
        """
        query = sa.select(*_COLUMNS).where(
            schedule_version.c.id == version_id, schedule_version.c.tenant_id == tenant_id
        )
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("schedule.version", "Cette version du plan et du tableau n'existe pas, ou n'est pas à vous.")
        return _version(row)

    def in_force(self, tenant_id: str, day: date) -> ScheduleVersion | None:
        """Return the version that applies on a day: of those approved, the last to have come into force."""
        query = (
            sa.select(*_COLUMNS)
            .where(
                schedule_version.c.tenant_id == tenant_id,
                schedule_version.c.state == VersionState.APPROVED,
                schedule_version.c.in_force_on <= day,
            )
            .order_by(schedule_version.c.in_force_on.desc(), schedule_version.c.number.desc())
            .limit(1)
        )
        row = self._connection.execute(query).one_or_none()
        return _version(row) if row else None

    def applied(self, tenant_id: str, day: date) -> tuple[int | None, Schedule]:
        """Return the number and the lines of what applies to a tenant on a day; None and no line where nothing does."""
        version = self.in_force(tenant_id, day)
        return (version.number, self.lines(version.id)) if version else (None, Schedule())

    def plan_on(self, tenant_id: str, day: date) -> tuple[PlanLine, ...]:
        """Return the lines of the plan under which letters are filed on a day."""
        return tuple(each for each in self.applied(tenant_id, day)[1].plan if each.open_on(day))

    def plan_in_force(self, tenant_id: str, day: date) -> tuple[PlanLine, ...]:
        """Return the lines of the plan of the version in force, also those under which nothing is filed any more."""
        version = self.in_force(tenant_id, day)
        return self._plan(version.id) if version else ()

    def lines(self, version_id: str) -> Schedule:
        """Return the lines of a version, in their order."""
        rules = sa.select(schedule_rule).where(schedule_rule.c.version_id == version_id)
        rows = self._connection.execute(rules.order_by(schedule_rule.c.rank))
        return Schedule(tuple(map(_rule, rows)), self._plan(version_id))

    def _plan(self, version_id: str) -> tuple[PlanLine, ...]:
        plan = sa.select(plan_line).where(plan_line.c.version_id == version_id)
        return tuple(map(_line, self._connection.execute(plan.order_by(plan_line.c.rank))))

    def add(self, version: ScheduleVersion, schedule: Schedule) -> None:
        """Keep a new version.

        Raises:
            Conflict: `schedule.open`, the tenant has one that is not approved yet.
        """
        waits = sa.select(schedule_version.c.id).where(
            schedule_version.c.tenant_id == version.tenant_id, schedule_version.c.state != VersionState.APPROVED
        )
        if version.state is not VersionState.APPROVED and self._connection.execute(waits).first() is not None:
            raise Conflict("schedule.open", "Une version est déjà en préparation : reprenez-la, il n'y en a qu'une.")
        values = {name: getattr(version, name) for name in ScheduleVersion.__slots__}
        self._connection.execute(sa.insert(schedule_version).values(**values))
        self._insert(version.id, schedule)

    def change(self, current: ScheduleVersion, **values: object) -> None:
        """Write what became of a version under its next revision; the caller holds it locked."""
        self._connection.execute(
            sa.update(schedule_version)
            .where(schedule_version.c.id == current.id)
            .values(**values, revision=current.revision + 1)
        )

    def write_lines(self, version_id: str, schedule: Schedule) -> None:
        """Put lines in the place of those of a draft."""
        for table in (schedule_rule, plan_line):
            self._connection.execute(sa.delete(table).where(table.c.version_id == version_id))
        self._insert(version_id, schedule)

    def remove(self, draft: ScheduleVersion) -> None:
        """Take a draft away with its lines; the caller holds it locked."""
        self.write_lines(draft.id, Schedule())
        mine = (schedule_version.c.id == draft.id, schedule_version.c.state == VersionState.DRAFT)
        self._connection.execute(sa.delete(schedule_version).where(*mine))

    def next_number(self, tenant_id: str) -> int:
        """Return the number of the next version; nobody else takes it before this transaction ends."""
        held = sa.func.hashtextextended(f"schedule:{tenant_id}", 0)
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(held)))
        query = sa.select(sa.func.max(schedule_version.c.number)).where(schedule_version.c.tenant_id == tenant_id)
        return (self._connection.scalar(query) or 0) + 1

    def _insert(self, version_id: str, schedule: Schedule) -> None:
        _insert_all(
            self._connection, schedule_rule, (_rule_row(version_id, *each) for each in enumerate(schedule.rules))
        )
        _insert_all(self._connection, plan_line, (_line_row(version_id, *each) for each in enumerate(schedule.plan)))


def _insert_all(connection: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    given = list(rows)
    if given:
        connection.execute(sa.insert(table), given)


def _version(row: sa.Row[Any]) -> ScheduleVersion:
    return ScheduleVersion(**dict(row._mapping) | {"state": VersionState(row.state)})  # noqa: SLF001 - documented


def _rule(row: sa.Row[Any]) -> RetentionRule:
    return RetentionRule(
        code=row.code,
        label=row.label,
        term=Term(row.count, Span(row.span)),  # type: ignore[arg-type]
        start=Start(row.start),
        disposition=Disposition(row.disposition),
        basis=row.basis,
        event=row.event,
        sampling=read_sampling(row.sampling),
    )


def _rule_row(version_id: str, rank: int, rule: RetentionRule) -> dict[str, Any]:
    return {
        "version_id": version_id,
        "rank": rank,
        "code": rule.code,
        "label": rule.label,
        "count": rule.term.count,
        "span": rule.term.span,
        "start": rule.start,
        "event": rule.event,
        "disposition": rule.disposition,
        "sampling": str(rule.sampling) if rule.sampling else "",
        "basis": rule.basis,
    }


def _line(row: sa.Row[Any]) -> PlanLine:
    values = {name: getattr(row, name) for name in PlanLine.__slots__}
    return PlanLine(**values | {"kinds": tuple(row.kinds)})


def _line_row(version_id: str, rank: int, line: PlanLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in PlanLine.__slots__}
    return values | {"version_id": version_id, "rank": rank, "kinds": list(line.kinds)}
