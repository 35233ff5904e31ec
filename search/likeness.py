"""Which words of the letters may be one that was typed: for lighting them, and for saying how it is spelt."""

from __future__ import annotations

from collections.abc import Iterable

from ged.mail.folding import near_words
from search.french import read_word, tolerance
from search.lexicon import LEXICON


class Likeness:
    """The words of the letters of one search, each compared once with what was typed."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._unread: list[set[str]] = []
        self._read: list[tuple[set[str], set[str]]] = []
        self._found: dict[str, tuple[int, dict[str, set[str]]]] = {}

    @property
    def written(self) -> set[str]:
        """The words that were added."""
        return self._written

    def add(self, written: Iterable[str]) -> set[str]:
        """Add words as they are written, and return those that were not there; they are read where one is asked for."""
        fresh = set(written)
        fresh -= self._written
        self._unread.append(fresh)
        self._written = self._written | fresh if self._written else fresh
        return fresh

    def near(self, typed: str) -> dict[str, set[str]]:
        """Return the words, as written, that hold what may be a folded one that was typed, and what that is."""
        self._read += [(words, LEXICON.words_in(words)) for words in self._unread if words]
        self._unread = []
        compared, found = self._found.get(typed, (0, {}))
        if compared == len(self._read):
            return found
        for words, exacts in self._read[compared:]:
            if near := set(near_words(typed, exacts, tolerance(typed))):
                for word in LEXICON.holding(words, exacts=near):
                    found.setdefault(word, set()).update(
                        token.exact for token in read_word(word) if token.exact in near
                    )
        self._found[typed] = len(self._read), found
        return found
