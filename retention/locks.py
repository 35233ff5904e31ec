"""The store's own lock (Object Lock) follows the rule: made longer when the rule keeps longer, never shorter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.dossier_piece import KeptPiece
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Vault
from ged.store.locks import Locks
from ged.store.unit import Store, Unit
from retention.fate import as_kept, floor_of, reckon

_AHEAD_YEARS = 31
"""No lock is set further ahead: nobody takes one back, and a day may have been mistyped. It grows once a year."""
_BATCH = 200
_PART = 5000


class Kept(NamedTuple):
    """A letter or a piece as its lock sees it.

    Attributes:
        since: When the oldest of its files was stored.
        floor: The last day on which the law has it kept.
    """

    id: str
    since: date
    floor: date


def of_letter(letter: Letter) -> Kept:
    """Return a letter as its lock sees it."""
    return Kept(letter.id, letter.registered_at.date(), floor_of(letter))


def of_piece(one: KeptPiece) -> Kept:
    """Return a piece as its lock sees it: the law's years run from its last version, the lock from its first."""
    return Kept(one.piece.id, one.since.date(), floor_of(as_kept(one)))


def longer_locks(kept: Sequence[Kept], ends: Mapping[str, date | None], today: date, lock_days: int) -> dict[str, date]:
    """Return until when things are to be locked, by id: those kept longer than what the store did by itself.

    `ends` is the last day of each term. What has a term that waits for something is locked as long as the law keeps it.
    """
    furthest = date(today.year + _AHEAD_YEARS, 1, 1)
    found = {}
    for each in kept:
        until = min(max(ends[each.id] or date.min, each.floor), furthest)
        if until > each.since + timedelta(days=lock_days):
            found[each.id] = until
    return found


def note_piece_locks(store: Store, today: date, lock_days: int) -> None:
    """Note which pieces of dossiers are to be locked longer than the store did; done again, it notes the same."""
    after = ""
    while True:
        with store.unit() as unit:
            pieces = unit.dossier_pieces.standing_after(after, _PART)
            facts = unit.retention.of_pieces(pieces, today)
            ends = {each.piece.id: reckon(as_kept(each), facts[each.piece.id]).keep_until for each in pieces}
            unit.piece_locks.want(longer_locks([of_piece(each) for each in pieces], ends, today, lock_days))
            unit.commit()
        if len(pieces) < _PART:
            return
        after = pieces[-1].piece.id


def extend_locks(store: Store, vault: Vault, clock: Clock) -> int:
    """Have the store lock the files of letters and pieces until the day that was last noted; give how many things.

    Killed, the next call does what is left.

    Raises:
        Unavailable: `vault.unavailable`.
    """
    return sum(_extend(store, vault, clock, side) for side in (_LETTERS, _PIECES))


@dataclass(frozen=True, slots=True)
class _Side:
    """How letters are locked, and how pieces are: where that is noted, what their files are, how it is told."""

    locks: Callable[[Unit], Locks]
    objects: Callable[[Unit, str], tuple[str, ...]]
    tell: Callable[[Unit, datetime, str, date], None]


def _tell_letter(unit: Unit, now: datetime, letter_id: str, until: date) -> None:
    unit.journal.write(now, Act.LOCK_EXTENDED, SYSTEM, letter_id, until=str(until))


def _tell_piece(unit: Unit, now: datetime, piece_id: str, until: date) -> None:
    (one,) = unit.dossier_pieces.kept([piece_id])
    about = {"piece": piece_id, "title": one.piece.title}
    unit.journal.write_about(now, Act.LOCK_EXTENDED, SYSTEM, one.dossier.id, **about, until=str(until))


_LETTERS = _Side(
    lambda unit: unit.letter_locks, lambda unit, subject_id: unit.belongings.objects(subject_id), _tell_letter
)
_PIECES = _Side(
    lambda unit: unit.piece_locks, lambda unit, subject_id: unit.belongings.objects_of_piece(subject_id), _tell_piece
)


def _extend(store: Store, vault: Vault, clock: Clock, side: _Side) -> int:
    count, after = 0, ""
    while True:
        with store.unit() as unit:
            waiting = side.locks(unit).waiting(after, _BATCH)
            files = {each: side.objects(unit, each) for each in waiting}
        for subject_id, until in waiting.items():
            end = datetime.combine(until + timedelta(days=1), time.min, UTC)
            if not all(vault.retain(digest, end) for digest in files[subject_id]):
                return count
            with store.unit() as unit:
                side.locks(unit).done(subject_id, until)
                if not set(side.objects(unit, subject_id)) <= set(files[subject_id]):
                    continue  # a version came meanwhile: the next night locks it too
                side.tell(unit, clock(), subject_id, until)
                unit.commit()
            count += 1
        if len(waiting) < _BATCH:
            return count
        after = max(waiting)
