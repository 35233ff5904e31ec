"""An audit: how deep it goes, what each check looked at and found, and what is to be said of it all; pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

FINDINGS_KEPT = 200
"""Findings of one check that are told one by one; the others are counted."""


class Depth(StrEnum):
    """How much an audit looks at."""

    QUICK = "rapide"
    FULL = "complet"


class Weight(StrEnum):
    """What a finding is: something that was altered, or something that a person should know."""

    FAULT = "anomalie"
    REMARK = "remarque"


class Outcome(StrEnum):
    """What is to be said of an audit."""

    SOUND = "sans_anomalie"
    ALTERED = "anomalie"
    UNFINISHED = "inacheve"


EXIT = {Outcome.SOUND: 0, Outcome.ALTERED: 1, Outcome.UNFINISHED: 2}
"""Exit codes of `ged audit`; bad usage is 3."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        code: What sort of thing it is; its meaning and what to do stand in `ged.services.audit.meanings`.
        about: The thing itself: a number, a digest, an index of a log, a file of the vault.
        detail: French, what was seen.
    """

    code: str
    about: str
    detail: str
    weight: Weight = Weight.FAULT


@dataclass(frozen=True, slots=True)
class Checked:
    """What one check did.

    Attributes:
        position: Where it goes on from when it is taken up again; "" at its start.
        looked: Things looked at, of `total` when that is known; `bytes_read` of originals.
        findings: The first of them; `faults` and `remarks` count all.
        skipped: French, why it was not done at all; "" when it was.
        stopped: French, why it could not go to its end; "" when it did.
    """

    code: str
    position: str = ""
    looked: int = 0
    total: int | None = None
    bytes_read: int = 0
    findings: tuple[Finding, ...] = ()
    faults: int = 0
    remarks: int = 0
    skipped: str = ""
    stopped: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A head of a log as an audit saw it or somebody kept it: size, root in hexadecimal, the whole note if known."""

    log: str
    size: int
    root: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Audit:
    """An audit as it stands: what was asked, and what each check of its depth has done so far.

    Attributes:
        seed: What its sample was drawn from.
        place: What was audited, in words.
        retained: How many heads kept elsewhere it was compared with.
    """

    id: str
    depth: Depth
    place: str
    seed: str
    sample: int
    asked_by: str
    started_at: datetime
    finished_at: datetime | None = None
    retained: int = 0
    heads: tuple[Head, ...] = ()
    checks: tuple[Checked, ...] = ()
    not_checked: tuple[str, ...] = field(default=())

    @property
    def faults(self) -> int:
        """Everything found that must not be."""
        return sum(one.faults for one in self.checks)

    @property
    def remarks(self) -> int:
        """Everything found that a person should know."""
        return sum(one.remarks for one in self.checks)

    @property
    def bytes_read(self) -> int:
        """Bytes of originals that were hashed."""
        return sum(one.bytes_read for one in self.checks)

    @property
    def left(self) -> bool:
        """Whether a check has not gone to its end, so that the audit can be taken up again."""
        return not all(one.done or one.skipped for one in self.checks)

    @property
    def outcome(self) -> Outcome:
        """A fault counts whatever else was not done; without one, every check must have gone to its end."""
        if self.faults:
            return Outcome.ALTERED
        whole = self.finished_at is not None and not self.left
        return Outcome.SOUND if whole and not any(one.stopped for one in self.checks) else Outcome.UNFINISHED


class RunState(StrEnum):
    """Where a run of an audit is."""

    WAITING = "en_attente"
    RUNNING = "en_cours"
    DONE = "fini"
    UNFINISHED = "inacheve"
    """A check could not go to its end: it is taken up again, by the calendar or by a person."""


@dataclass(frozen=True, slots=True)
class Run:
    """An audit that was asked for, as pages show it; the audit itself is told by its report.

    Attributes:
        retained: Heads kept elsewhere that it is compared with, as they were typed; "" for none.
        finished_at: When it ended, or was left unfinished.
        progress: Of each check: code, things looked at, of how many if known, bytes read, faults, whether it is done.
        stopped: Of each check that could not go to its end: code, and why, in French.
        report_sha256: The report as JSON in the vault; `pdf_sha256` as a signed PDF.
    """

    id: str
    depth: Depth
    state: RunState
    seed: str
    sample: int
    retained: str
    asked_at: datetime
    login: str
    name: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    faults: int = 0
    remarks: int = 0
    progress: tuple[tuple[str, int, int | None, int, int, bool], ...] = ()
    stopped: tuple[tuple[str, str], ...] = ()
    report_sha256: str | None = None
    pdf_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Periods:
    """How often an installation is audited; a period of 0 never."""

    quick: timedelta
    full: timedelta

    def due(self, quick: datetime | None, full: datetime | None, now: datetime) -> Depth | None:
        """Return the audit that should begin now; a full one first."""
        if self.full and (full is None or now - full >= self.full):
            return Depth.FULL
        if self.quick and (quick is None or now - quick >= self.quick):
            return Depth.QUICK
        return None

    def late(self, quick: datetime | None, full: datetime | None, since: datetime, now: datetime) -> tuple[Depth, ...]:
        """Return the audits that are late: their period and half of it again since the last, or the beginning."""
        each = ((Depth.QUICK, self.quick, quick), (Depth.FULL, self.full, full))
        return tuple(depth for depth, period, last in each if period and now - (last or since) > period * 1.5)


NEVER = Periods(timedelta(0), timedelta(0))


@dataclass(frozen=True, slots=True)
class Stratum:
    """The part of the letters that a sample is drawn from; what is "" or None leaves nothing out."""

    register_id: str = ""
    year: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """One letter of a sample: its key, and what its verification said."""

    key: str
    number: str
    letter_id: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample that was drawn: from which seed, among how many letters, under which head of the log."""

    id: str
    seed: str
    stratum: dict[str, object]
    count: int
    population: int
    drawn_at: datetime
    login: str
    name: str
    log_size: int
    log_root: str
    lines: tuple[DrawnLine, ...]
