"""The words that letters say, by what they hold: which of a thousand words hold one of a query is asked, not sought."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from search.french import read_word

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

    def holding(self, said: set[str], stems: Iterable[str] = (), exacts: Iterable[str] = ()) -> set[str]:
        """Return which of some words as read hold one of these stems, or one of these folded words."""
        known = self._with(said)
        by_stem = (known.by_stem.get(each, ()) for each in stems)
        by_exact = (known.by_exact.get(each, ()) for each in exacts)
        return set[str]().union(*by_stem, *by_exact) & said

    def exacts_of(self, said: set[str]) -> set[str]:
        """Return the searchable words of words as read, folded."""
        return set[str]().union(*map(self._with(said).exacts.__getitem__, said))

    def _with(self, said: set[str]) -> _Known:
        """Return what is known, some words among it: whoever holds it goes on with it when another begins anew."""
        known = self._known
        fresh = said.difference(known.exacts)
        if len(known.exacts) + len(fresh) > self._most:
            self._known = known = _Known()
            fresh = said
        for word in fresh:
            parts = read_word(word)
            for token in parts:
                known.by_stem.setdefault(token.stem, set()).add(word)
                known.by_exact.setdefault(token.exact, set()).add(word)
            known.exacts[word] = tuple(token.exact for token in parts)  # last: then another thread takes it for filed
        return known


LEXICON = Lexicon()
"""Of this process."""
