"""What the index reads of the store: changed letters, or all of them, with their pages. Fulfils `search`'s source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ged.mail.item import Letter
from ged.mail.page import Page
from ged.store.unit import Store

_BATCH = 200


class Changes:
    """The outbox and the letters behind it, each call in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pending(self, limit: int) -> Sequence[tuple[int, str]]:
        """Return (outbox row, letter id) of the oldest changes that the index does not have."""
        with self._store.unit() as unit:
            return unit.outbox.pending(limit)

    def current(self, letter_ids: Sequence[str]) -> Sequence[tuple[Letter, Sequence[Page]]]:
        """Return letters as they stand now, with their pages."""
        with self._store.unit() as unit:
            pages = unit.pages.of_letters(list(letter_ids))
            return [(letter, pages.get(letter.id, [])) for letter in unit.letters.many(list(letter_ids))]

    def done(self, rows: Sequence[int]) -> None:
        """Forget changes that the index has."""
        with self._store.unit() as unit:
            unit.outbox.done(list(rows))
            unit.commit()

    def count(self) -> int:
        """Count every letter."""
        with self._store.unit() as unit:
            return unit.letters.count()

    def everything(self) -> Iterator[Sequence[tuple[Letter, Sequence[Page]]]]:
        """Yield every letter with its pages, batch by batch, whatever is written meanwhile."""
        last = ""
        while True:
            with self._store.unit() as unit:
                ids = unit.letters.ids_after(last, _BATCH)
            if not ids:
                return
            yield self.current(ids)
            last = ids[-1]
