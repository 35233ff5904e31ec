"""Which words of the letters may be one that was typed: for lighting them, and for saying how it is spelt."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ged.mail.folding import near_words
from search.french import read_word, tolerance
from search.texts import Texts, begin_of, form_of


class Alike(NamedTuple):
    """What may be one word: words as written that hold it, and the folded words.

    Of the folded ones some may be in none: parts of a word that reading takes otherwise.
    """

    words: frozenset[str]
    exacts: frozenset[str]


_NOTHING = Alike(frozenset(), frozenset())


class Likeness:
    """The words of the letters of one search, each compared once with what was typed."""

    def __init__(self) -> None:
        self._added: list[Texts] = []
        self._exacts: list[set[str]] = []
        self._found: dict[str, tuple[int, Alike]] = {}

    def add(self, said: Texts) -> None:
        """Add what was read; it is looked at where something is asked for."""
        self._added.append(said)

    def standing(self, stems: Collection[str]) -> set[str]:
        """Return which stems words hold that were added."""
        return {
            stem
            for stem in stems
            if any(
                token.stem == stem
                for said in self._added
                for word in set(said.holding([begin_of(stem)]).values())
                for token in read_word(word)
            )
        }

    def near(self, typed: str) -> Alike:
        """Return what, in the words that were added, may be a folded one that was typed."""
        for said in self._added[len(self._exacts) :]:
            parts, unread = said.words()
            parts.update(token.exact for word in unread for token in read_word(word))
            self._exacts.append(parts)
        compared, found = self._found.get(typed, (0, _NOTHING))
        if compared == len(self._exacts):
            return found
        for said, exacts in zip(self._added[compared:], self._exacts[compared:], strict=True):
            if near := set(near_words(typed, exacts, tolerance(typed))):
                words = {
                    word
                    for word in said.holding([form_of(each) for each in near]).values()
                    if any(token.exact in near for token in read_word(word))
                }
                found = Alike(found.words | words, found.exacts | near)
        self._found[typed] = len(self._exacts), found
        return found

    def words(self, forms: Collection[str]) -> Iterator[str]:
        """Give the words as written, each as often as it was added, that may hold one of some folded ones."""
        begins = [form_of(each) for each in forms]
        for said in self._added:
            yield from said.holding(begins).values()
