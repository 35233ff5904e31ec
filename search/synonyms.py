"""Other names of things: acronyms and synonyms that an organisation lists, used when a query is read.

A change needs no new index: what is listed counts from the next search on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from search.french import Token, tokens

_MOST_NAMES = 12
"""Other names of one thing that a query is widened by."""


@dataclass(frozen=True, slots=True, eq=False)
class Synonyms:
    """For each name, as its stems, the other names of the same thing; one is equal to itself alone.

    Attributes:
        longest: For the first stem of names, of how many the longest is.
    """

    others: Mapping[tuple[str, ...], tuple[tuple[Token, ...], ...]] = field(default_factory=dict)
    longest: Mapping[str, int] = field(default_factory=dict)

    def at(self, words: Sequence[Token], place: int) -> tuple[int, tuple[tuple[Token, ...], ...]]:
        """Return how many words from a place on are a name that has others, the most first, and those; 0 and none."""
        longest = self.longest.get(_form(words[place]), 0)
        for length in range(min(longest, len(words) - place), 0, -1):
            found = self.others.get(_key(words[place : place + length]))
            if found:
                return length, found
        return 0, ()


NO_SYNONYMS = Synonyms()


@lru_cache(maxsize=100)
def synonyms_of(groups: tuple[tuple[str, ...], ...]) -> Synonyms:
    """Return the synonyms of groups of names, each of one thing; a name in two groups has the others of both."""
    others: dict[tuple[str, ...], dict[tuple[str, ...], tuple[Token, ...]]] = {}
    for group in groups:
        names = {_key(read): read for name in group if (read := tuple(tokens(name)))}
        for key in names:
            others.setdefault(key, {}).update({other: read for other, read in names.items() if other != key})
    kept = {key: tuple(found.values())[:_MOST_NAMES] for key, found in others.items() if found}
    longest: dict[str, int] = {}
    for key in kept:
        longest[key[0]] = max(len(key), longest.get(key[0], 0))
    return Synonyms(kept, longest)


def _key(words: Sequence[Token]) -> tuple[str, ...]:
    return tuple(map(_form, words))


def _form(word: Token) -> str:
    return word.kept if word.small and word.kept else word.stem
