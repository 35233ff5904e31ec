"""The nightly sweep: lists what falls due, letters and then pieces of dossiers, and destroys nothing.

It goes part by part, each in a transaction that says how far it came: killed, it goes on from there. The list of the
last night stands until the new one is whole. It begins anew at midnight, and when a schedule comes into force.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.filing import Facts
from ged.mail.item import State
from ged.mail.journal import Act
from ged.store.sweeps import DuePiece, DueRecord, Sweep, SweptTerm
from ged.store.unit import Store, Unit
from retention.fate import Fate, Reckoned, before_floor, fate_of, reckon
from retention.fates import fates_of_pieces
from retention.locks import longer_locks, note_piece_locks, of_letter

_PART = 5000
_TOGETHER = 200
"""Letters whose terms are noted in one transaction: nobody who writes to one of them waits for long."""
_GONE = (State.DESTROYED, State.TRANSFERRED)
Fault = Callable[[str], None]
"""Called with the id of the last letter of each part, once it is kept: a test dies there."""


def sweep_letters(
    store: Store,
    clock: Clock,
    *,
    lock_days: int | None = None,
    part: int = _PART,
    fault: Fault = lambda _letter_id: None,
) -> int | None:
    """Make the list of letters and pieces that fall due today, and return how many; None when another process does so.

    With `lock_days`, for which the store locks what comes in, it notes which of all that is kept is locked longer.
    """
    with store.exclusive("sweep") as alone:
        listed = None
        if alone and lock_days is not None:
            note_piece_locks(store, clock().date(), lock_days)
        while alone and listed is None:
            listed, after = _go_on(store, clock, part, lock_days)
            fault(after)
        return listed


def note_term(letter_id: str, *, store: Store, clock: Clock) -> None:
    """Note on a letter the rule that sets its term and its last day, as the next night would; of one that is gone, not.

    Done again, it notes the same. It waits for whoever writes to the letter: a stamp passes over what another holds.
    """
    _note([letter_id], store, clock)


def note_terms(dossier_id: str, *, store: Store, clock: Clock) -> None:
    """Note on each letter of a dossier what its closing, its file code or an event in it has changed."""
    with store.unit() as unit:
        letters = unit.dossiers.letters_in(dossier_id)
    for start in range(0, len(letters), _TOGETHER):
        _note(letters[start : start + _TOGETHER], store, clock)


def _note(letter_ids: Sequence[str], store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.letters.keep_still(letter_ids)
        letters = [each for each in unit.letters.many(list(letter_ids)) if each.state not in _GONE]
        if letters:
            facts = unit.retention.of(letters, clock().date())
            unit.sweeps.stamp([_term(each.id, reckon(each, facts[each.id]), facts[each.id]) for each in letters])
        unit.commit()


def _go_on(store: Store, clock: Clock, part: int, lock_days: int | None) -> tuple[int | None, str]:
    """Look at the next letters; after the last one, give how many are on the list."""
    now = clock()
    with store.unit() as unit:
        standing, rules = unit.sweeps.standing(), unit.sweeps.rules(now.date())
        if standing is None or (standing.day, standing.rules) != (now.date(), rules):
            standing = Sweep(now.date(), rules, now)
            unit.sweeps.begin(standing)
        letters = unit.letters.kept_after(standing.after, part)
        if letters:
            facts = unit.retention.of(letters, standing.day)
            found = {each.id: reckon(each, facts[each.id]) for each in letters}
            due = [each for each in letters if found[each.id].due(facts[each.id], standing.day)]
            unit.sweeps.go_on(
                [_record(each.id, fate_of(each, facts[each.id], standing.day)) for each in due],
                letters[-1].id,
                len(letters),
            )
            unit.sweeps.stamp([_term(each.id, found[each.id], facts[each.id]) for each in letters])
            if lock_days is not None:
                ends = {letter_id: one.keep_until for letter_id, one in found.items()}
                unit.letter_locks.want(
                    longer_locks([of_letter(each) for each in letters], ends, standing.day, lock_days)
                )
            unit.commit()
            return None, letters[-1].id
        listed = unit.sweeps.finish(now) + _list_pieces(unit, standing.day, now)
        unit.journal.write(now, Act.FALLS_DUE, SYSTEM, count=listed, looked=standing.looked)
        unit.commit()
    return listed, ""


def _list_pieces(unit: Unit, day: date, now: datetime) -> int:
    """List the pieces of dossiers that fall due, and give how many: of all, only what is past the law's years is read.

    What is still being done around one is asked when a list is prepared, as for letters.
    """
    old = unit.dossier_pieces.old(datetime.combine(before_floor(day), time.max, UTC))
    fates = fates_of_pieces(unit, old, day)
    due = [
        DuePiece(piece_id, fate.disposition, fate.keep_until, fate.reasons, fate.selected)
        for piece_id, fate in fates.items()
        if fate.due and fate.disposition is not None and fate.keep_until is not None
    ]
    unit.sweeps.list_pieces(due, now)
    return len(due)


def _record(letter_id: str, fate: Fate) -> DueRecord:
    assert fate.disposition is not None  # noqa: S101 - due implies a rule
    assert fate.keep_until is not None  # noqa: S101
    return DueRecord(
        letter_id,
        fate.disposition,
        fate.keep_until,
        fate.reasons,
        rule=fate.rule,
        version=fate.version,
        selected=fate.selected,
    )


def _term(letter_id: str, found: Reckoned, facts: Facts) -> SweptTerm:
    return SweptTerm(letter_id, found.first.rule.code if found.first else None, found.keep_until, facts.version)
