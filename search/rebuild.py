"""Making the index anew from the store, while writes and searches go on."""

from __future__ import annotations

from collections.abc import Callable

from ged.errors import Corrupt
from ged.store.changes import Changes
from search.document import documents
from search.port import SearchIndex

Progress = Callable[[int, int], None]


def rebuild(changes: Changes, index: SearchIndex, progress: Progress = lambda _done, _total: None) -> int:
    """Fill a new index with every letter, then let it answer; return how many letters it holds.

    Raises:
        Corrupt: `search.incomplete`, the new index holds fewer letters than were written; the old one stays.
        Unavailable: `search.unavailable`; the old one stays.
    """
    written = 0
    with index.renew() as renewal:
        for batch in changes.everything():
            renewal.put(documents(batch))
            written += len(batch)
            progress(written, max(written, changes.count()))
        held = renewal.count()
        if held < written:
            raise Corrupt(
                "search.incomplete",
                "Le nouvel index est incomplet : l'ancien reste en service. Relancez la reconstruction.",
                written=written,
                held=held,
            )
        renewal.adopt()
    return held
