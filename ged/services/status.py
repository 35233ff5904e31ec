"""Status: what the engines say of themselves, in figures that a page puts in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ged.clock import Clock
from ged.mail.access import Actor, Right, require
from ged.mail.anchor import DOCUMENTS, JOURNAL, Anchoring, AuthorityState
from ged.mail.audit import NEVER, Depth, Periods
from ged.mail.electronic import DoorState
from ged.mail.indexing import IndexCheck, SetAside
from ged.mail.journal import Act, JournalEntry
from ged.mail.register import Block
from ged.services.audit.runs import late_now
from ged.services.quarantine import administered
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class Health:
    """How the store stands.

    Attributes:
        jobs: Count of jobs by status: todo, doing, succeeded, failed.
        index_waiting: Changes that the index does not have yet; `index_lag_s` since when, in seconds.
        index_check: The last comparison of the index with the letters; None before the first.
        index_aside: Count of the letters that the index refused once too often; `index_refusals` says which, to who
            administers them.
        refusals: The last files that this person's doors refused, newest first.
        messages: Count of outgoing e-mails by state: a_envoyer, envoye, echec.
        mail_aside: Incoming messages that wait for a person to say whether they are mail.
        mail_doors: How each door of e-mail stood when it last did its round.
        holes: Series of the register whose numbers have a hole, as (direction, year, missing).
        journal_waiting: Lines of the journal that wait to be inscribed; `journal_lag_s` since when, in seconds.
        audit_faults: What the last audit found that must not be; `audits_late` those that should have been done.
        quarantined: Files that the antivirus stopped and nobody deleted yet.
        anchorings: How each log stands with those outside who vouch for it; how `time_authorities` last answered.
        open_blocks: Numbers set apart for paper that wait to be entered, by block, with how many.
    """

    at: datetime
    letters: int
    jobs: dict[str, int]
    pending_seals: int
    index_waiting: int
    index_lag_s: float
    index_check: IndexCheck | None
    index_aside: int
    index_refusals: tuple[SetAside, ...]
    meanings_waiting: int
    holes: tuple[tuple[str, int, int], ...]
    open_blocks: tuple[tuple[Block, int], ...]
    refusals: tuple[JournalEntry, ...]
    messages: dict[str, int]
    mail_aside: int
    mail_doors: tuple[DoorState, ...]
    quarantined: int
    journal_waiting: int
    journal_lag_s: float
    anchorings: tuple[Anchoring, ...]
    time_authorities: tuple[AuthorityState, ...]
    audit_faults: int
    audits_late: tuple[Depth, ...]


def health(*, store: Store, actor: Actor, clock: Clock, periods: Periods = NEVER) -> Health:
    """Return how the store stands.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_STATUS)
    now = clock()
    with store.unit() as unit:
        waiting, oldest = unit.outbox.lag()
        unwritten, since = unit.shipping.lag()
        return Health(
            at=now,
            letters=unit.letters.count(),
            jobs=unit.queue.waiting(),
            pending_seals=unit.letters.count_pending_seals(),
            index_waiting=waiting,
            index_lag_s=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
            index_check=unit.index_state.last_check(),
            index_aside=unit.index_state.count_set_aside(),
            index_refusals=unit.index_state.set_aside(administered(actor)),
            meanings_waiting=unit.meanings.count_waiting(),
            holes=tuple(unit.registers.holes(actor.post.register_id)),
            open_blocks=tuple(unit.number_blocks.page([actor.post.register_id], limit=20, open_only=True)[0]),
            refusals=unit.journal.recent(Act.REFUSED, actor.login),
            messages=unit.messages.counted(),
            mail_aside=unit.electronic.count_asides(),
            mail_doors=unit.electronic.doors(),
            quarantined=unit.quarantine.count(),
            journal_waiting=unwritten,
            journal_lag_s=max(0.0, (now - since).total_seconds()) if since else 0.0,
            anchorings=tuple(unit.anchors.state(log) for log in (DOCUMENTS, JOURNAL)),
            time_authorities=unit.anchors.authorities(),
            audit_faults=_last_faults(unit),
            audits_late=late_now(unit, periods, now),
        )


def _last_faults(unit: Unit) -> int:
    """Return how many faults stand: of the last audit, of the last full one, and of one that is unfinished."""
    runs = unit.audit_runs.last(), unit.audit_runs.last(Depth.FULL), unit.audit_runs.left()
    return max(run.faults if run else 0 for run in runs)
