"""Language: what a page is written in, by the small words that each language cannot do without."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ingest.engines.port import ENGLISH, FRENCH

_FRENCH = frozenset({
    "au", "aux", "ce", "cette", "dans", "de", "des", "du", "en", "est", "et", "la", "le", "les", "leur", "nous", "par",
    "pour", "que", "qui", "sur", "un", "une", "vos", "vous",
})  # fmt: skip
_ENGLISH = frozenset({
    "and", "are", "as", "be", "by", "for", "from", "has", "have", "in", "is", "it", "of", "our", "that", "the", "this",
    "to", "we", "will", "with", "you", "your",
})  # fmt: skip
_ENOUGH, _CLEARLY = 6, 2
"""So many small words of a language, and so many times those of the other, before a page is taken to be in it."""


def language_of(words: Iterable[str]) -> str:
    """Return the language of a page: English where it clearly is, French in doubt, as the house writes."""
    counted = Counter(word.strip(".,;:()«»\"'").lower() for word in words)
    english = sum(counted[word] for word in _ENGLISH)
    french = sum(counted[word] for word in _FRENCH)
    return ENGLISH if english >= _ENOUGH and english > _CLEARLY * french else FRENCH
