"""Which words of the letters may be one that was typed: for lighting them, and for saying how it is spelt."""

from __future__ import annotations

from ged.mail.folding import near_words
from search.french import read_word, tolerance


class Likeness:
    """The words of the letters of one search, each compared once with what was typed."""

    def __init__(self) -> None:
        self._written: set[str] = set()
        self._unread: set[str] = set()
        self._read: list[tuple[set[str], set[str]]] = []
        self._found: dict[str, tuple[int, dict[str, set[str]]]] = {}

    def add(self, written: set[str]) -> None:
        """Add words as they are written; they are read where something is asked."""
        self._unread |= written - self._written
        self._written |= written

    def near(self, typed: str) -> dict[str, set[str]]:
        """Return the words, as written, that hold what may be a folded one that was typed, and what that is."""
        if self._unread:
            exacts = {token.exact for word in self._unread for token in read_word(word)}
            self._read.append((self._unread, exacts))
            self._unread = set()
        compared, found = self._found.get(typed, (0, {}))
        if compared == len(self._read):
            return found
        for words, exacts in self._read[compared:]:
            if near := set(near_words(typed, exacts, tolerance(typed))):
                for word in words:
                    for token in read_word(word):
                        if token.exact in near:
                            found.setdefault(word, set()).add(token.exact)
        self._found[typed] = len(self._read), found
        return found
