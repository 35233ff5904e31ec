"""From the outbox to the index: what changed is written until nothing waits. Seen twice, a change does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ged.clock import Clock
from ged.store.changes import Changes
from search.document import Document, documents
from search.port import SearchIndex

BATCH = 1_000


def drain(changes: Changes, index: SearchIndex, clock: Clock) -> int:
    """Bring the changes that wait into the index, and return how many; 0 when nothing waits.

    While the engine writes one batch the next is read and analysed, so that neither waits for the other. A letter that
    the engine refuses is tried again later, then set aside: it stops no other.

    Raises:
        Unavailable: `search.unavailable`; the changes stay in the outbox.
    """
    total, batch = 0, _read(changes, clock, 0)
    with ThreadPoolExecutor(1) as reader:
        while batch.pending:
            full = len(batch.pending) == BATCH
            following = reader.submit(_read, changes, clock, batch.pending[-1][0]) if full else None
            refused = index.put(batch.documents, at_once=not full)
            changes.done(batch.pending, {one.id: one.reason for one in refused}, clock())
            total += len(batch.pending)
            batch = following.result() if following else _Batch((), ())
    return total


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of the outbox, with their letters, and these letters as the index holds them."""

    pending: Sequence[tuple[int, str]]
    documents: Sequence[Document]


def _read(changes: Changes, clock: Clock, after: int) -> _Batch:
    pending = changes.pending(BATCH, clock(), after)
    return _Batch(pending, documents(changes.current(list(dict.fromkeys(letter_id for _, letter_id in pending)))))
