"""The store's own lock (Object Lock) follows the rule: made longer when the rule keeps longer, never shorter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Vault
from ged.store.unit import Store
from retention.fate import floor_of

_AHEAD_YEARS = 31
"""No lock is set further ahead: nobody takes one back, and a day may have been mistyped. It grows once a year."""
_BATCH = 200


def longer_locks(
    letters: Sequence[Letter], ends: Mapping[str, date | None], today: date, lock_days: int
) -> dict[str, date]:
    """Return until when letters are to be locked, by id: those kept longer than what the store did by itself.

    `ends` is the last day of each term. A letter whose term waits for something is locked as long as the law keeps it.
    """
    furthest = date(today.year + _AHEAD_YEARS, 1, 1)
    found = {}
    for each in letters:
        until = min(max(ends[each.id] or date.min, floor_of(each)), furthest)
        if until > each.registered_at.date() + timedelta(days=lock_days):
            found[each.id] = until
    return found


def extend_locks(store: Store, vault: Vault, clock: Clock) -> int:
    """Have the store lock the files of letters until the day that the last sweep noted; give how many letters.

    Killed, the next call does what is left.

    Raises:
        Unavailable: `vault.unavailable`.
    """
    count, after = 0, ""
    while True:
        with store.unit() as unit:
            waiting = unit.letter_locks.waiting(after, _BATCH)
            files = {each: unit.belongings.objects(each) for each in waiting}
        for letter_id, until in waiting.items():
            end = datetime.combine(until + timedelta(days=1), time.min, UTC)
            if not all(vault.retain(digest, end) for digest in files[letter_id]):
                return count
            with store.unit() as unit:
                unit.letter_locks.done(letter_id, until)
                unit.journal.write(clock(), Act.LOCK_EXTENDED, SYSTEM, letter_id, until=str(until))
                unit.commit()
            count += 1
        if len(waiting) < _BATCH:
            return count
        after = max(waiting)
