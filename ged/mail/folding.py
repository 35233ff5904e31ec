"""Names and words as they are compared: lower case, no accents, articles cut; and how far two are apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_WORD = re.compile(r"[^\W_]+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")
_WITH_ARTICLES = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")
ELIDED = frozenset(["l", "d", "j", "m", "t", "s", "c", "n", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"])
"""What stands before an apostrophe and says nothing."""


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """Return text in lower case, without accents nor ligatures; letters of Ewe and Kabiyè stay themselves."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def folded_words(text: str) -> list[str]:
    """Return the words of a text folded, in order; the article before an apostrophe is cut, S.A.R.L. is one word."""
    found: list[str] = []
    whole = _DOTTED.sub(lambda match: match.group().replace(".", ""), fold(text))
    for match in _WITH_ARTICLES.finditer(whole):
        parts = _WORD.findall(match.group())
        found += [part for at, part in enumerate(parts) if at + 1 == len(parts) or part not in ELIDED]
    return found


def within(first: str, second: str, distance: int) -> bool:
    """Whether two words are at most so many edits apart, a swap of neighbours counting one (optimal alignment)."""
    return OSA.distance(first, second, score_cutoff=distance) <= distance


def near_words(typed: str, words: Collection[str], distance: int) -> list[str]:
    """Return which of many words are within so many edits of one, the nearest first."""
    return [word for word, *_ in process.extract(typed, words, scorer=OSA.distance, score_cutoff=distance, limit=None)]
