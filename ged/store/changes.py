"""What the index reads of the store: changed letters, or all of them, with their pages. Fulfils `search`'s source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ged.mail.item import Letter
from ged.mail.page import PageWords
from ged.store.unit import Store

_BATCH = 500


class Changes:
    """The outbox and the letters behind it, each call in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pending(self, limit: int, now: datetime, after: int = 0) -> Sequence[tuple[int, str]]:
        """Return (outbox row, letter id) of the oldest changes after a row, due tries among them."""
        with self._store.unit() as unit:
            unit.index_state.bring_back(now)
            pending = unit.outbox.pending(limit, after)
            unit.commit()
            return pending

    def current(self, letter_ids: Sequence[str]) -> Sequence[tuple[Letter, Sequence[PageWords]]]:
        """Return letters as they stand now, with the words of their pages."""
        with self._store.unit() as unit:
            pages = unit.pages.words_of(letter_ids)
            return [(letter, pages.get(letter.id, [])) for letter in unit.letters.many(list(letter_ids))]

    def done(self, pending: Sequence[tuple[int, str]], refused: Mapping[str, str], now: datetime) -> None:
        """Forget changes that the index has, and have the alerts of searches look at their letters.

        A letter that the index refused waits for its next try, with the reason.
        """
        with self._store.unit() as unit:
            unit.outbox.done([row for row, _ in pending])
            taken = {letter_id for _, letter_id in pending} - refused.keys()
            unit.index_state.taken(taken)
            unit.searches.queue(taken)
            unit.index_state.refused(refused, now)
            unit.commit()

    def again(self, letter_ids: Sequence[str], now: datetime) -> None:
        """Say that the index must look at letters again, though they did not change."""
        if not letter_ids:
            return
        with self._store.unit() as unit:
            for letter_id in letter_ids:
                unit.outbox.add(letter_id, now)
            unit.commit()

    def revisions_after(self, letter_id: str, limit: int) -> dict[str, int]:
        """Return the revision of letters by id, after one of them, in an order that writers do not disturb."""
        with self._store.unit() as unit:
            return unit.letters.revisions_after(letter_id, limit)

    def revisions(self, letter_ids: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these letters that there is."""
        if not letter_ids:
            return {}
        with self._store.unit() as unit:
            return unit.letters.revisions(letter_ids)

    def on_its_way(self, letter_ids: Sequence[str]) -> set[str]:
        """Return which of some letters wait to be indexed, or were refused: they are no drift."""
        with self._store.unit() as unit:
            return unit.index_state.on_its_way(letter_ids)

    def refused(self, refused: Mapping[str, str], now: datetime) -> None:
        """Note letters that a new index refused."""
        with self._store.unit() as unit:
            unit.index_state.refused(refused, now)
            unit.commit()

    def count(self) -> int:
        """Count every letter."""
        with self._store.unit() as unit:
            return unit.letters.count()

    def everything(self) -> Iterator[Sequence[tuple[Letter, Sequence[PageWords]]]]:
        """Yield every letter with its pages, batch by batch, whatever is written meanwhile."""
        last = ""
        while True:
            with self._store.unit() as unit:
                ids = unit.letters.ids_after(last, _BATCH)
            if not ids:
                return
            yield self.current(ids)
            last = ids[-1]
