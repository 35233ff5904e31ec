"""What the index reads of the store: changed letters and pieces of dossiers, or all of them, with what they say.

An entry of the index is a letter, by its id, or a piece, by a name of its own (`ged.mail.indexing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ged.mail.dossier_piece import IndexedPiece
from ged.mail.indexing import entry_of_piece, piece_of_entry
from ged.mail.item import Letter
from ged.mail.page import AnalysedPage, PageWords
from ged.store.unit import Store

_BATCH = 500
Entry = tuple[Letter | IndexedPiece, Sequence[PageWords]]
AnalysedEntry = tuple[Letter | IndexedPiece, Sequence[PageWords | AnalysedPage]]


class Changes:
    """The outbox and what is behind it, each call in a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def pending(self, limit: int, now: datetime, after: int = 0) -> Sequence[tuple[int, str]]:
        """Return (outbox row, entry) of the oldest changes after a row, due tries among them."""
        with self._store.unit() as unit:
            unit.index_state.bring_back(now)
            pending = unit.outbox.pending(limit, after)
            unit.commit()
            return pending

    def current(self, entries: Sequence[str]) -> Sequence[Entry]:
        """Return letters and pieces as they stand now, with the words of their pages."""
        letters, pieces = _parted(entries)
        found: list[Entry] = []
        with self._store.unit() as unit:
            if letters:
                pages = unit.pages.words_of(letters)
                found += [(letter, pages.get(letter.id, [])) for letter in unit.letters.many(letters)]
            if pieces:
                known, texts = unit.dossier_pieces.indexed(pieces), unit.version_texts.of_pieces(pieces)
                found += [(piece, texts.get(piece_id, [])) for piece_id, piece in known.items()]
        return found

    def analysed(self, entries: Sequence[str], analysis: int) -> Sequence[AnalysedEntry]:
        """Return what `current` does, with pages as an analysis made them wherever it did: nobody makes them again."""
        letters, pieces = _parted(entries)
        found: list[AnalysedEntry] = []
        with self._store.unit() as unit:
            pages: dict[str, Sequence[PageWords | AnalysedPage]] = {**unit.pages.analysed_of(letters, analysis)}
            if others := [letter_id for letter_id in letters if letter_id not in pages]:
                pages |= unit.pages.words_of(others)
            found += [(letter, pages.get(letter.id, ())) for letter in unit.letters.many(letters)]
        return [*found, *self.current([entry_of_piece(piece_id) for piece_id in pieces])]

    def done(self, pending: Sequence[tuple[int, str]], refused: Mapping[str, str], now: datetime) -> None:
        """Forget changes that the index has, and have the alerts of searches look at them.

        An entry that the index refused waits for its next try, with the reason.
        """
        with self._store.unit() as unit:
            unit.outbox.done([row for row, _ in pending])
            taken = {entry for _, entry in pending} - refused.keys()
            unit.index_state.taken(taken)
            unit.searches.queue(taken)
            unit.index_state.refused(refused, now)
            unit.commit()

    def again(self, entries: Sequence[str], now: datetime) -> None:
        """Say that the index must look at entries again, though they did not change."""
        if not entries:
            return
        letters, pieces = _parted(entries)
        with self._store.unit() as unit:
            for letter_id in letters:
                unit.outbox.add(letter_id, now)
            unit.outbox.add_pieces(pieces, now)
            unit.commit()

    def revisions_after(self, entry: str, limit: int) -> dict[str, int]:
        """Return the revision of entries by name, after one of them: letters, then pieces, undisturbed by writers."""
        piece_id = piece_of_entry(entry)
        with self._store.unit() as unit:
            if piece_id is None and (found := unit.letters.revisions_after(entry, limit)):
                return found
            return _named(unit.dossier_pieces.entries_after(piece_id or "", limit))

    def revisions(self, entries: Sequence[str]) -> dict[str, int]:
        """Return the revision of each of these entries that there is."""
        if not entries:
            return {}
        letters, pieces = _parted(entries)
        with self._store.unit() as unit:
            return unit.letters.revisions(letters) | _named(unit.dossier_pieces.entries(pieces))

    def on_its_way(self, entries: Sequence[str]) -> set[str]:
        """Return which of some entries wait to be indexed, or were refused: they are no drift."""
        with self._store.unit() as unit:
            return unit.index_state.on_its_way(entries)

    def refused(self, refused: Mapping[str, str], now: datetime) -> None:
        """Note entries that a new index refused."""
        with self._store.unit() as unit:
            unit.index_state.refused(refused, now)
            unit.commit()

    def count(self) -> int:
        """Count every letter and every piece."""
        with self._store.unit() as unit:
            return unit.letters.count() + unit.dossier_pieces.count()

    def everything(self) -> Iterator[Sequence[str]]:
        """Yield every letter, then every piece, by entry, batch by batch, whatever is written meanwhile."""
        last = ""
        while True:
            with self._store.unit() as unit:
                ids = unit.letters.ids_after(last, _BATCH)
            if not ids:
                break
            yield ids
            last = ids[-1]
        last = entry_of_piece("")
        while pieces := list(self.revisions_after(last, _BATCH)):
            yield pieces
            last = pieces[-1]


def _parted(entries: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the ids of the letters, and of the pieces, among some entries."""
    pieces = [piece_id for entry in entries if (piece_id := piece_of_entry(entry)) is not None]
    return [entry for entry in entries if piece_of_entry(entry) is None], pieces


def _named(revisions: Mapping[str, int]) -> dict[str, int]:
    return {entry_of_piece(piece_id): revision for piece_id, revision in revisions.items()}
