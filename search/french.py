"""French text for searching: one analysis in front of both engines, so that they find the same letters.

Accents are folded before stemming, elisions cut, small words left out of stems (never of phrases),
and numbers lose their leading zeros, so that `0123/2026` and `123 2026` are the same reference.
Source: the families of queries measured on stock engines (docs/decisions/0050); the stemmer follows
the light stemming of J. Savoy, « A stemming procedure and stopword list for general French corpora »
(JASIS 50-10, 1999), shortened to what letters need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ged.mail.folding import ELIDED, fold

_WORD = re.compile(r"[^\W_]+(?:['’`][^\W_]+)*")
_APOSTROPHE = re.compile(r"(['’`])")
# fmt: off
SMALL_WORDS = frozenset(
    [
        "a", "and", "are", "au", "aux", "avec", "avez", "avoir", "avons", "ce", "ces", "cet", "cette", "ci",
        "comme", "dans", "de", "des", "donc", "dont", "du", "elle", "elles", "en", "est", "et", "ete", "etre", "eux",
        "fait", "for", "il", "ils", "in", "is", "je", "la", "le", "les", "leur", "leurs", "lui", "ma", "mais",
        "me", "mes", "mon", "ne", "ni", "nos", "notre", "nous", "of", "on", "ont", "ou", "par", "pas", "plus",
        "pour", "qu", "que", "quel", "quelle", "quelles", "quels", "qui", "sa", "sans", "se", "sera", "ses",
        "si", "soit", "son", "sont", "sous", "sur", "ta", "te", "tes", "the", "to", "ton", "tres", "tu", "un",
        "une", "vos", "votre", "vous", "y",
    ]  # folded, as tokens are
)
# fmt: on
"""Left out of stems; `exact` terms keep them, so that a phrase is found as it was written."""
_NOT_A_SUFFIX = frozenset(["departement"])


@dataclass(frozen=True, slots=True)
class Token:
    """One searchable word: `exact` folded, `stem` folded and shortened, and where it stood in the text."""

    exact: str
    stem: str
    start: int
    end: int

    @property
    def small(self) -> bool:
        """Whether it is a small word, or a letter (the n of « n° »), that says nothing alone."""
        return _small(self.exact)

    @property
    def numeric(self) -> bool:
        """Whether it holds a digit: a number, a year, a part of a reference."""
        return any(character.isdigit() for character in self.exact)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the stem of a folded word; a word with a digit is its own stem."""
    if len(word) < 4 or not word.isalpha():
        return word
    for ending, instead, least in (("eaux", "eau", 6), ("aux", "al", 5)):
        if word.endswith(ending) and len(word) >= least:
            return word[: -len(ending)] + instead
    if word[-1] in "sx":
        word = word[:-1]
    word = _without_suffix(word)
    if word.endswith("iere"):
        word = word[:-1]
    if word.endswith("ail") and len(word) > 5:
        return word[:-2] + "l"
    if word.endswith("er") and len(word) >= 5:
        word = word[:-1]
    while word.endswith("e") and len(word) > 3:
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2]:
        word = word[:-1]
    return word


def _without_suffix(word: str) -> str:
    """Return a word without the ending that makes a noun or an adjective of a verb, if a stem is left."""
    if word in _NOT_A_SUFFIX:
        return word
    for ending, least in (("atrice", 5), ("ateur", 5), ("ation", 5), ("ative", 5), ("atif", 5), ("ement", 6)):
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word


def tokens(text: str) -> list[Token]:
    """Return the searchable words of a text, in order; the article before an apostrophe is left out."""
    found: list[Token] = []
    for match in _WORD.finditer(text):
        begins = match.start()
        for exact, stemmed, start, end, _ in _analysed(match.group()):
            found.append(Token(exact, stemmed, begins + start, begins + end))
    return found


def analysed(text: str) -> tuple[str, str]:
    """Return a text as the index holds it: its words folded, all of them, and the stems of those that say something.

    The same words as `tokens`, without their places and without an object for each: six times as fast.
    """
    words = [part for written in _WORD.findall(text) for part in _analysed(written)]
    return " ".join([part[0] for part in words]), " ".join([part[1] for part in words if not part[4]])


def stems_of(text: str) -> list[str]:
    """Return the stem of each searchable word of a text, in order."""
    return [part[1] for written in _WORD.findall(text) for part in _analysed(written)]


@lru_cache(maxsize=200_000)
def _analysed(written: str) -> tuple[tuple[str, str, int, int, bool], ...]:
    """Return what stands between two spaces as (exact, stem, start, end, small); letters repeat their words."""
    found, position = [], 0
    parts = _APOSTROPHE.split(written)
    for index, part in enumerate(parts):
        start, position = position, position + len(part)
        if index % 2:
            continue
        exact = _without_zeros(fold(part))
        if exact and not (exact in ELIDED and index + 1 < len(parts)):
            found.append((exact, stem(exact), start, position, _small(exact)))
    return tuple(found)


def _small(exact: str) -> bool:
    return exact in SMALL_WORDS or (len(exact) == 1 and exact.isalpha())


def _without_zeros(word: str) -> str:
    return word.lstrip("0") or "0" if word.isdigit() else word


def joined(text: str) -> tuple[str, ...]:
    """Return a number or reference as one word, for finding it by its beginning: with and without leading zeros."""
    parts = [fold(part) for part in re.findall(r"[^\W_]+", text)]
    return tuple(dict.fromkeys(["".join(parts), "".join(_without_zeros(part) for part in parts)])) if parts else ()


def tolerance(word: str) -> int:
    """Return how many edits a typed word may be wrong by: none under five letters, two from nine."""
    if len(word) < 5 or not word.isalpha():
        return 0
    return 1 if len(word) < 9 else 2
