"""The words that letters say, by what they hold: which of a thousand words hold one of a query is asked, not sought."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial

from search.french import read_word

_PARTED = {place: " " for place in range(128) if not chr(place).isalnum()}
_MOST = 50_000
"""Words that a lexicon knows before it begins anew: some 30 MB."""


@dataclass(frozen=True, slots=True)
class _Known:
    exacts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_stem: dict[str, set[str]] = field(default_factory=dict)
    by_exact: dict[str, set[str]] = field(default_factory=dict)


class Lexicon:
    """Words as read, each read once for all searches; several threads may ask at once."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known = _Known()

    def holding(self, said: set[str], stems: Collection[str] = (), exacts: Collection[str] = ()) -> set[str]:
        """Return which of some words as read hold one of these stems, or one of these folded words."""
        known = self._with(said, partial(_may_hold, stems, exacts))
        by_stem = (known.by_stem.get(each, ()) for each in stems)
        by_exact = (known.by_exact.get(each, ()) for each in exacts)
        return set[str]().union(*by_stem, *by_exact) & said

    def words_in(self, said: set[str]) -> set[str]:
        """Return words, folded, among which are the searchable ones of words as read that have no figure."""
        plain = [*filter(str.isascii, said)]
        others = said.difference(plain)
        found = set(" ".join(plain).lower().translate(_PARTED).split())
        return found.union(*map(self._with(others).exacts.__getitem__, others))

    def _with(self, said: set[str], wanted: Callable[[set[str]], set[str]] = set) -> _Known:
        """Return what is known, the wanted ones of some words among it.

        Whoever holds it goes on with it when another begins anew.
        """
        known = self._known
        fresh = wanted(said.difference(known.exacts))
        if len(known.exacts) + len(fresh) > self._most:
            self._known = known = _Known()
            fresh = wanted(said)
        for word in fresh:
            parts = read_word(word)
            for token in parts:
                known.by_stem.setdefault(token.stem, set()).add(word)
                known.by_exact.setdefault(token.exact, set()).add(word)
            known.exacts[word] = tuple(token.exact for token in parts)  # last: then another thread takes it for filed
        return known


def _may_hold(stems: Collection[str], exacts: Collection[str], said: set[str]) -> set[str]:
    """Return the words that may hold one of these stems or folded words: of the others none has to be read.

    A letter's numbers and names are in no other, and to read one takes as long as to pass over fifty. Folding changes
    the case alone of what is ASCII, and a stem but for its last letter begins the word (`search.french.stem`).
    """
    plain = [*filter(str.isascii, said)]
    lower = " ".join(plain).lower()
    begins = [each for each in {*(each[:-1] for each in stems), *exacts} if each in lower]
    found = said.difference(plain)
    if begins:
        found.update(word for word in plain if any(map(word.lower().__contains__, begins)))
    return found


LEXICON = Lexicon()
"""Of this process."""
