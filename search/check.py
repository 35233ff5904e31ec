"""The index compared with the letters, while both are written; what differs is put right by the usual way.

Letters are walked in the order of their key, and the index in its own, some thousand at a time: memory does not grow
with either. A difference counts only after a second look, in an order by which no write under way can look like one:
a letter's revision, then whether it waits in the outbox, then the index (decision 0336).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ged.clock import Clock
from ged.mail.indexing import Drift
from ged.store.changes import Changes
from search.port import SearchIndex

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class _Found:
    """Letters that differ, by id."""

    missing: Sequence[str] = ()
    stale: Sequence[str] = ()
    ahead: Sequence[str] = ()


def check(
    changes: Changes,
    index: SearchIndex,
    clock: Clock,
    *,
    repair: bool = True,
    progress: Callable[[int], None] = lambda _done: None,
) -> Drift:
    """Compare every letter with the index and return in what they differ; with `repair`, put that right.

    What is missing or stale goes into the outbox; what the house does not have, or not so new, leaves the index.

    Raises:
        Unavailable: `search.unavailable`, `store.unavailable`; what was found so far is put right.
    """
    letters = missing = stale = ahead = orphans = 0
    last = ""
    while known := changes.revisions_after(last, _AT_ONCE):
        held = index.revisions(list(known))
        found = _second_look([one for one in known if held.get(one) != known[one]], changes, index)
        if repair:
            if found.ahead:
                index.remove(found.ahead)
            changes.again([*found.missing, *found.stale, *found.ahead], clock())
        letters += len(known)
        missing, stale, ahead = missing + len(found.missing), stale + len(found.stale), ahead + len(found.ahead)
        last = next(reversed(known))
        progress(letters)
    for ids in index.walk():
        ours = changes.revisions(ids)
        strangers = [one for one in ids if one not in ours]
        if repair and strangers:
            index.remove(strangers)
        orphans += len(strangers)
    return Drift(letters, missing, stale, ahead, orphans)


def _second_look(suspects: Sequence[str], changes: Changes, index: SearchIndex) -> _Found:
    if not suspects:
        return _Found()
    known = changes.revisions(suspects)
    waiting = changes.on_its_way(suspects)
    held = index.revisions(suspects)
    newer = changes.revisions([one for one in suspects if held.get(one, 0) > known[one]])
    still = [one for one in suspects if one not in waiting]
    return _Found(
        missing=[one for one in still if one not in held],
        stale=[one for one in still if one in held and held[one] < known[one]],
        ahead=[one for one in newer if held[one] > newer[one]],
    )
