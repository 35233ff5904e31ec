"""Runs of audits: asked for by a person or by the calendar, carried out one at a time, kept with their reports."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from ged.clock import Clock
from ged.errors import Conflict, NotFound
from ged.mail import said
from ged.mail.access import SYSTEM, Actor, Right, require
from ged.mail.audit import Audit, Checked, Depth, Outcome, Periods, Run, RunState
from ged.mail.journal import Act
from ged.mail.notice import AUDIT_FOUND, AUDIT_LATE, AUDIT_LEFT, Notice, NoticeKind
from ged.ports import Vault
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook, plain
from ged.services.audit.walk import never, walk
from ged.store.unit import Store, Unit

SAMPLE = 30
"""Letters that a quick audit reads to the last byte, unless it is told how many."""
TAKEN_UP_AFTER = timedelta(hours=6)
"""After this an audit that was left unfinished goes on by itself."""
_SHOWN_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Standing:
    """The audits of an installation: what is under way, what was left unfinished, what came before, what is late."""

    under_way: Run | None
    left: Run | None
    runs: tuple[Run, ...]
    last_quick: Run | None
    last_full: Run | None
    late: tuple[Depth, ...]


def ask_audit(
    depth: Depth, *, store: Store, actor: Actor, clock: Clock, seed: str = "", retained: str = "", sample: int = SAMPLE
) -> Run:
    """Ask for an audit; a worker begins it at once.

    Raises:
        Forbidden: `access.right`.
        Conflict: `audit.under_way`, another has not ended.
    """
    require(actor, Right.AUDIT)
    return _ask(depth, seed, retained, sample, store, actor, clock)


def ask_by_calendar(periods: Periods, *, store: Store, clock: Clock) -> Run | None:
    """Return the audit that is under way, left unfinished for a while, or due; None when there is nothing to do.

    While one is unfinished, none that would look at no more is begun.
    """
    with store.unit() as unit:
        standing, left = unit.audit_runs.under_way(), unit.audit_runs.left()
        quick, full = _last(unit, None), _last(unit, Depth.FULL)
        empty = unit.audits.first_registered() is None
    if standing is not None:
        return standing
    now = clock()
    depth = None if empty else periods.due(quick, full, now)
    if left is not None and (left.depth is Depth.FULL or depth is not Depth.FULL):
        waited = left.finished_at is None or now - left.finished_at >= TAKEN_UP_AFTER
        return _taken_up(left, store, SYSTEM, clock) if waited else None
    return _ask(depth, "", "", SAMPLE, store, SYSTEM, clock) if depth else None


def _ask(  # noqa: PLR0917 - private, and each is a column
    depth: Depth, seed: str, retained: str, sample: int, store: Store, actor: Actor, clock: Clock
) -> Run:
    run = Run(
        id=secrets.token_hex(8),
        depth=depth,
        state=RunState.WAITING,
        seed=seed.strip() or secrets.token_hex(16),
        sample=sample,
        retained=retained,
        asked_at=clock(),
        login=actor.login,
        name=actor.name,
    )
    with store.unit() as unit:
        if not unit.audit_runs.ask(run):
            raise Conflict("audit.under_way", "Un audit est déjà en cours. Attendez sa fin, puis demandez le vôtre.")
        unit.journal.write_about(run.asked_at, Act.AUDIT_ASKED, actor, run.id, depth=depth, seed=run.seed)
        unit.commit()
    return run


def take_up(run_id: str, *, store: Store, actor: Actor, clock: Clock) -> Run:
    """Have an audit that was left unfinished go on where it was; a worker does so at once.

    Raises:
        Forbidden: `access.right`.
        NotFound: `audit.unknown`.
        Conflict: `audit.not_left`, it is not unfinished, or another is under way.
    """
    return _taken_up(run_of(run_id, store=store, actor=actor), store, actor, clock)


def _taken_up(run: Run, store: Store, actor: Actor, clock: Clock) -> Run:
    with store.unit() as unit:
        if not unit.audit_runs.take_up(run.id):
            raise Conflict(
                "audit.not_left",
                "Cet audit n'est pas à reprendre, ou un autre est en cours. Rouvrez la liste des audits.",
            )
        unit.journal.write_about(clock(), Act.AUDIT_TAKEN_UP, actor, run.id, depth=run.depth)
        unit.commit()
        return unit.audit_runs.get(run.id) or run


def audit_of(run: Run, place: str) -> Audit:
    """Return the audit that a run asks for, at its beginning."""
    asked_by = f"{run.name} ({run.login})"
    return Audit(run.id, run.depth, place, run.seed, run.sample, asked_by, run.started_at or run.asked_at)


def carry_out(
    run: Run,
    *,
    place: str,
    ground: Ground,
    render: Callable[[Audit], bytes],
    vault: Vault,
    store: Store,
    stop: Callable[[], bool] = never,
) -> Run:
    """Do what is left of a run, showing how it goes, and keep its reports; asked to stop, leave it to be taken up.

    One that could not go to its end has no report yet: it is left unfinished, and says why.
    """
    notebook = Notebook(ground.folder)
    with store.unit() as unit:
        started = run.started_at or ground.clock()
        unit.audit_runs.change(run.id, state=RunState.RUNNING, started_at=started)
        unit.commit()
    done = walk(notebook.read() or audit_of(run, place), ground, notebook, _Shown(run.id, store), stop=stop)
    if done.finished_at is not None and done.left:
        _leave(run, done, done.finished_at, store)
    elif done.finished_at is not None:
        _keep(run, done, render, vault, store)
    with store.unit() as unit:
        return unit.audit_runs.get(run.id) or run


class _Shown:
    """Writes how a run goes, now and then, where pages read it."""

    def __init__(self, run_id: str, store: Store) -> None:
        self._run_id, self._store = run_id, store
        self._shown = 0.0

    def __call__(self, audit: Audit, one: Checked) -> None:
        if one.done or time.monotonic() - self._shown >= _SHOWN_EVERY_S:
            with self._store.unit() as unit:
                unit.audit_runs.change(self._run_id, progress=progress_of(audit))
                unit.commit()
            self._shown = time.monotonic()


def progress_of(audit: Audit) -> list[list[object]]:
    """Return how each check goes, as JSON values."""
    return [[one.code, one.looked, one.total, one.bytes_read, one.faults, one.done] for one in audit.checks]


def _leave(run: Run, done: Audit, at: datetime, store: Store) -> None:
    stopped = [[one.code, said.plain(one.stopped)] for one in done.checks if one.stopped and not one.done]
    with store.unit() as unit:
        unit.audit_runs.change(
            run.id,
            state=RunState.UNFINISHED,
            finished_at=at,
            outcome=done.outcome,
            faults=done.faults,
            remarks=done.remarks,
            progress=progress_of(done),
            stopped=stopped,
        )
        unit.journal.write_about(
            at,
            Act.AUDIT_LEFT,
            SYSTEM,
            run.id,
            depth=run.depth,
            faults=done.faults,
            checks=[code for code, _ in stopped],
        )
        if done.faults:
            _tell(unit, AUDIT_FOUND, run.id, f"/audits/{run.id}", at)
        _tell(unit, AUDIT_LEFT, run.id, f"/audits/{run.id}", at)
        unit.commit()


def _keep(run: Run, done: Audit, render: Callable[[Audit], bytes], vault: Vault, store: Store) -> None:
    report = json.dumps({**plain(done), "outcome": done.outcome}, ensure_ascii=False, indent=1).encode()
    kept = vault.put(BytesIO(report), media_type="application/json").digest
    pdf = vault.put(BytesIO(render(done)), media_type="application/pdf").digest
    assert done.finished_at is not None  # noqa: S101 - the caller saw to it
    with store.unit() as unit:
        unit.audit_runs.change(
            run.id,
            state=RunState.DONE,
            finished_at=done.finished_at,
            outcome=done.outcome,
            faults=done.faults,
            remarks=done.remarks,
            progress=progress_of(done),
            report_sha256=kept,
            pdf_sha256=pdf,
        )
        unit.journal.write_about(
            done.finished_at, Act.AUDIT_DONE, SYSTEM, run.id,
            depth=run.depth, outcome=done.outcome, faults=done.faults, report=kept, pdf=pdf,
        )  # fmt: skip
        if done.outcome is not Outcome.SOUND:
            _tell(unit, AUDIT_FOUND, run.id, f"/audits/{run.id}", done.finished_at)
        unit.commit()


def tell_late(periods: Periods, *, store: Store, clock: Clock) -> tuple[Depth, ...]:
    """Tell auditors and administrators of each audit that is late, once for each lateness; return which are."""
    now = clock()
    with store.unit() as unit:
        late = late_now(unit, periods, now)
        for depth in late:
            last = _last(unit, Depth.FULL if depth is Depth.FULL else None)
            _tell(unit, AUDIT_LATE, f"{depth}:{last.isoformat() if last else ''}", "/audits", now)
        unit.commit()
    return late


def _tell(unit: Unit, kind: NoticeKind, what: str, link: str, at: datetime) -> None:
    for person_id in unit.audit_runs.watchers(at):
        mark = f"{kind.code}:{what}"
        unit.notices.tell(Notice(secrets.token_urlsafe(16), person_id, kind.code, at, None, mark, link=link))


def standing(periods: Periods, *, store: Store, actor: Actor, clock: Clock) -> Standing:
    """Return the audits of this installation.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.AUDIT)
    with store.unit() as unit:
        quick, full = unit.audit_runs.last(), unit.audit_runs.last(Depth.FULL)
        return Standing(
            unit.audit_runs.under_way(),
            unit.audit_runs.left(),
            unit.audit_runs.page(),
            quick,
            full,
            late_now(unit, periods, clock()),
        )


def late_now(unit: Unit, periods: Periods, now: datetime) -> tuple[Depth, ...]:
    """Return the audits that are late; an installation without a letter is not."""
    since = unit.audits.first_registered()
    return periods.late(_last(unit, None), _last(unit, Depth.FULL), since, now) if since else ()


def run_of(run_id: str, *, store: Store, actor: Actor) -> Run:
    """Return one run.

    Raises:
        Forbidden: `access.right`.
        NotFound: `audit.unknown`.
    """
    require(actor, Right.AUDIT)
    with store.unit() as unit:
        found = unit.audit_runs.get(run_id)
    if found is None:
        raise NotFound("audit.unknown", "Cet audit n'existe pas. Partez de la liste des audits.")
    return found


def _last(unit: Unit, depth: Depth | None) -> datetime | None:
    run = unit.audit_runs.last(depth)
    return run.finished_at if run else None
