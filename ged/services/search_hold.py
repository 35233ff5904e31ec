"""What the holds on a search are on, written down part by part: killed, it goes on from the last part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.mail.legal_hold import HoldSearch
from ged.store.unit import Store, Unit

_PART = 500
"""Letters looked at in one transaction: nobody who places a hold, or destroys, waits for long."""
Fault = Callable[[int], None]
"""Called with how many were looked at, after each part and once it is kept: a test dies there."""


def search_hold(
    hold_id: str, *, store: Store, clock: Clock, part: int = _PART, fault: Fault = lambda _looked: None
) -> None:
    """Have a hold on a search catch what it is on, to the end, unless another process does so or it was lifted."""
    with store.exclusive(f"hold:{hold_id}") as alone:
        going = alone
        while going:
            now = clock()
            with store.unit() as unit:
                before = unit.holds.searches([hold_id]).get(hold_id)
                far = unit.holds.look_on(hold_id, part, now)
                going = far is not None
                if before is not None and far is None:
                    _write(unit, hold_id, before, now)
                unit.commit()
            fault(far.looked if far else 0)


def _write(unit: Unit, hold_id: str, done: HoldSearch, now: datetime) -> None:
    """Leave a line of a search that came to its end: of the first, and of each night that caught something."""
    one = unit.holds.get(hold_id)
    if done.caught or (one is not None and one.placed_at == done.begun_at):
        unit.journal.write_about(now, Act.HOLD_SEARCHED, SYSTEM, hold_id, looked=done.looked, letters=done.caught)


def search_holds_again(*, store: Store, clock: Clock) -> None:
    """Have every hold catch what it is on, whatever way it came to be: once a night.

    What changes a letter has the holds look at it: this is for what was written while a hold was being placed.
    """
    now = clock()
    with store.unit() as unit:
        unit.holds.catch_named(now)
        unit.holds.look_again(now)
        unit.commit()
    with store.unit() as unit:
        going = unit.holds.searching()
    for each in going:
        search_hold(each, store=store, clock=clock)
