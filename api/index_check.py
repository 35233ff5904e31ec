"""What `ged index check` and the worker share: one comparison of the index with the letters at a time, kept."""

from __future__ import annotations

from collections.abc import Callable

from api.wiring import House
from ged.errors import Conflict
from ged.mail.indexing import IndexCheck
from ged.services.index_state import keep_check
from ged.store.changes import Changes
from search.check import check


def check_index(
    house: House, *, repair: bool = True, progress: Callable[[int], None] = lambda _done: None
) -> IndexCheck:
    """Compare the index with the letters, put right what differs, and keep what was found.

    Raises:
        Conflict: `search.checking`, another check is under way.
        Unavailable: `search.unavailable`.
    """
    with house.store.exclusive("index check") as alone:
        if not alone:
            raise Conflict("search.checking", "Une autre vérification de l'index est en cours. Attendez sa fin.")
        began = house.clock()
        drift = check(Changes(house.store), house.index, house.clock, repair=repair, progress=progress)
        return keep_check(drift, began, repaired=repair, store=house.store, clock=house.clock)
