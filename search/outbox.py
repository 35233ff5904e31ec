"""From the outbox to the index: what changed is written until nothing waits. Seen twice, a change does no harm."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from ged.clock import Clock
from ged.store.changes import Changes
from search.document import ANALYSIS, Document, documents
from search.meaning import Meanings
from search.port import SearchIndex

_FIRST, _MOST = 125, 1_000
"""Changes in a batch: few at first, for the engine to have work at once, then twice as many each time."""
_AT_WORK = 3
"""Batches on their way: the engine writes one while another is read and a third is put into its words."""


def as_they_stand(entries: Sequence[str], changes: Changes, meanings: Meanings | None) -> list[Document]:
    """Return the documents of entries; where vectors are kept, of the very words that those were made of."""
    if meanings is None:
        return documents(changes.analysed(entries, ANALYSIS))
    current = changes.current(entries)
    return documents(current, meanings.known(current))


def drain(changes: Changes, index: SearchIndex, clock: Clock, meanings: Meanings | None = None) -> int:
    """Bring the changes that wait into the index, and return how many; 0 when nothing waits.

    Batches overtake one another; the revision of each letter decides, and a row leaves the outbox only after its letter
    is in. A letter that the engine refuses is tried again later, then set aside: it stops no other.

    Raises:
        Unavailable: `search.unavailable`; the changes stay in the outbox.
    """

    def write(pending: Sequence[tuple[int, str]], *, at_once: bool) -> None:
        entries = list(dict.fromkeys(entry for _, entry in pending))
        refused = index.put(as_they_stand(entries, changes, meanings), at_once=at_once)
        changes.done(pending, {one.id: one.reason for one in refused}, clock())

    total, last, size = 0, 0, _FIRST
    under_way: deque[Future[None]] = deque()
    with ThreadPoolExecutor(_AT_WORK) as pool:
        while len(pending := changes.pending(size, clock(), last)) == size:
            under_way.append(pool.submit(write, pending, at_once=False))
            total, last, size = total + size, pending[-1][0], min(2 * size, _MOST)
            if len(under_way) == _AT_WORK:
                under_way.popleft().result()
        for each in under_way:
            each.result()
    if total or pending:
        write(pending, at_once=True)  # after all the others: what it makes searchable is theirs too
    return total + len(pending)
