"""Words too damaged to be near what they were: found by the trigrams that the damage left.

A scan read badly turns « autorisation » into « aut0rlsatlon »: three edits away, where an engine looks no further
than two. Words that the reading itself doubts are therefore indexed by trigrams as well, after the characters that
OCR takes for one another are made one; a query falls back on them where it finds next to nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from search.clauses import Group, Sure, Term
from search.french import Token, read_word

_TAKEN_FOR = str.maketrans("01ijt5869qcuv", "ollllsbbggeny")
_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_SIZE = 3
_LEAST_READ, _LEAST_TYPED = 4, 7
"""Shorter words have too few trigrams to tell anything."""
_LEFT = 0.6
_WORTH = 0.2
"""Below any word found as written, or near."""
_MOST = 3_000
"""Trigrams of one letter; a page of noise has no end of them."""


def grams_of(doubted: Iterable[str]) -> str:
    """Return the trigrams of the words that a reading doubts, each once, separated by spaces."""
    found: dict[str, None] = {}
    for said in doubted:
        found |= _grams(said)
        if len(found) >= _MOST:
            break
    return " ".join(list(found)[:_MOST])


def all_grams(pages: Sequence[str]) -> str:
    """Return the trigrams of pages, as `grams_of` returned those of each, each once."""
    if len(pages) < 2:
        return "".join(pages)
    return " ".join(list(dict.fromkeys(" ".join(pages).split()))[:_MOST])


@lru_cache(maxsize=20_000)
def _grams(said: str) -> dict[str, None]:
    """Return the trigrams of what stands between two spaces, each once; readings go wrong alike."""
    parts = [token.exact for token in read_word(said) if len(token.exact) >= _LEAST_READ]
    return dict.fromkeys(gram for exact in parts for gram in _trigrams(exact))


def by_grams(token: Token) -> Sure | None:
    """Return the clause that finds letters with what may be left of a word; None for one too short, or a number."""
    if len(token.exact) < _LEAST_TYPED or token.numeric:
        return None
    grams = tuple(Term("grams", gram) for gram in _trigrams(token.exact))
    return Sure(Group(should=grams, at_least=math.ceil(len(grams) * _LEFT)), _WORTH)


def _trigrams(word: str) -> tuple[str, ...]:
    for pair, one in _PAIRS:
        word = word.replace(pair, one)
    word = word.translate(_TAKEN_FOR)
    return tuple(dict.fromkeys(word[at : at + _SIZE] for at in range(len(word) - _SIZE + 1)))
