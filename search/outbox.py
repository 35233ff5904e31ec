"""From the outbox to the index: what changed is written until nothing waits. Seen twice, a change does no harm."""

from __future__ import annotations

from ged.clock import Clock
from ged.store.changes import Changes
from search.document import documents
from search.port import SearchIndex

BATCH = 500


def drain(changes: Changes, index: SearchIndex, clock: Clock) -> int:
    """Bring one batch of changes into the index and return how many; 0 when nothing waits.

    A letter that the engine refuses is tried again later, then set aside: it stops no other.

    Raises:
        Unavailable: `search.unavailable`; the changes stay in the outbox.
    """
    pending = changes.pending(BATCH, clock())
    if pending:
        refused = index.put(documents(changes.current(list(dict.fromkeys(letter_id for _, letter_id in pending)))))
        changes.done(pending, {one.id: one.reason for one in refused}, clock())
    return len(pending)
