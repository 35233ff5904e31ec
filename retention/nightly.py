"""The nightly sweep: lists what falls due, and destroys nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.item import State
from ged.mail.journal import Act
from ged.store.holds import DueRecord
from ged.store.unit import Store
from retention.fate import Fate
from retention.fates import fates_of

_BATCH = 1000
_GONE = (State.DESTROYED, State.TRANSFERRED)


def sweep_letters(store: Store, clock: Clock) -> int:
    """Make the list of letters that fall due today anew, and return how many there are."""
    now = clock()
    found = list(_due(store, clock))
    with store.unit() as unit:
        unit.holds.list_due(found, now)
        unit.journal.write(now, Act.FALLS_DUE, SYSTEM, count=len(found))
        unit.commit()
    return len(found)


def _due(store: Store, clock: Clock) -> Iterator[DueRecord]:
    today = clock().date()
    last = ""
    while True:
        with store.unit() as unit:
            ids = unit.letters.ids_after(last, _BATCH)
            standing = [each for each in unit.letters.many(ids) if each.state not in _GONE]
            fates = fates_of(unit, standing, today)
        for letter_id, outcome in fates.items():
            if outcome.due:
                yield _record(letter_id, outcome)
        if len(ids) < _BATCH:
            return
        last = ids[-1]


def _record(letter_id: str, outcome: Fate) -> DueRecord:
    assert outcome.disposition is not None  # noqa: S101 - due implies a rule
    assert outcome.keep_until is not None  # noqa: S101
    return DueRecord(
        letter_id,
        outcome.disposition,
        outcome.keep_until,
        outcome.reasons,
        rule=outcome.rule,
        version=outcome.version,
        selected=outcome.selected,
    )
