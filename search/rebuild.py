"""Making the index anew from the store, while writes and searches go on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ged.clock import Clock
from ged.errors import Corrupt
from ged.store.changes import Changes
from search.meaning import Meanings
from search.outbox import as_they_stand
from search.port import Refusal, SearchIndex

Progress = Callable[[int, int], None]


def rebuild(
    changes: Changes,
    index: SearchIndex,
    clock: Clock,
    progress: Progress = lambda _done, _total: None,
    meanings: Meanings | None = None,
) -> int:
    """Fill a new index with every letter, then let it answer; return how many letters it holds.

    Letters that the engine refuses wait for another try, as they do when they change.

    Raises:
        Corrupt: `search.incomplete`, the new index holds fewer letters than were written; the old one stays.
        Unavailable: `search.unavailable`; the old one stays.
    """
    written = refused = 0
    total = changes.count()
    with index.renew() as renewal:

        def note(found: Sequence[Refusal]) -> int:
            if found:
                changes.refused({one.id: one.reason for one in found}, clock())
            return len(found)

        for batch in changes.everything():
            refused += note(renewal.put(as_they_stand(batch, changes, meanings)))
            written += len(batch)
            progress(written, max(written, total))
        refused += note(renewal.flush())
        held = renewal.count()
        if held < written - refused:
            raise Corrupt(
                "search.incomplete",
                "Le nouvel index est incomplet : l'ancien reste en service. Relancez la reconstruction.",
                written=written,
                held=held,
            )
        renewal.adopt()
    return held
