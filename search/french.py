"""French text for searching: one analysis in front of both engines, so that they find the same letters.

Accents are folded before stemming, elisions cut, small words left out of stems (never of phrases),
and numbers lose their leading zeros, so that `0123/2026` and `123 2026` are the same reference.
Source: the families of queries measured on stock engines (docs/decisions/0050); the stemmer follows
the light stemming of J. Savoy, « A stemming procedure and stopword list for general French corpora »
(JASIS 50-10, 1999), shortened to what letters need.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

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
_SUFFIXES = (
    ("ification", "ifi", 2), ("atrice", "", 5), ("ateur", "", 5), ("ation", "", 4), ("ative", "", 5), ("atif", "", 5),
    ("ement", "", 6), ("age", "", 5),
)  # fmt: skip
_NOT_A_SUFFIX = frozenset(["departement"])


_ACCENTED_SMALL = frozenset(
    ["à", "là", "où", "été", "êtes", "être", "même", "très", "après", "dès", "déjà", "né", "près", "voilà", "grâce"]
)
"""Grammar whatever their accents: keeping these apart would say nothing."""
_KEEPS_ACCENT, _LONGEST, _REMEMBERED = 6, 40, 200_000
_PLAIN = str.maketrans("ɖɛŋɔʋɣɩƒʊǝəʃɂ", "denovgifueesa")
"""How letters of Ewe and Kabiyè are typed where the keyboard lacks them."""
_READ_ONE = re.compile(r"(?<![aeiouy])1(?![aeiouy])")
_FIGURES = str.maketrans("0145689", "olasbbg")
"""Letters that OCR takes for figures; a 1 that no vowel touches was an i."""
_LEAST_READ, _LETTERS_A_FIGURE = 5, 3
_REFERENCE = re.compile(r"(?<![^\W_])[^\W_]++(?:[/-][^\W_]++){2,8}")
"""A number as letters quote it: parts between bars or hyphens, with figures and letters, found as one word as well."""
JOINING = ("or", "car")
"""Words that join two clauses, or are things: those that only join are left out of stems, as small words are."""
_OR_CAR = re.compile(rf"(?<![^\W_])(?:{'|'.join(JOINING)})(?![^\W_])", re.IGNORECASE)
_WORD_BEFORE = re.compile(r"([^\W_]+)['’`\s]\s*$")
_WORD_AFTER = re.compile(r"\s*(,)|\s+([^\W_]+)")
_LOOKED_AT = 24
"""How far around an « or » its neighbours are looked for, in characters."""
Made = TypeVar("Made")
_DETERMINERS = frozenset(
    ["au", "aucun", "ce", "cet", "chaque", "d", "de", "du", "en", "l", "le", "les", "leur", "mon", "notre", "par",
     "quel", "son", "un", "votre"]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One searchable word: `exact` folded, `stem` folded and shortened, and where it stood in the text.

    Attributes:
        kept: A second form under which it is found: a short word with its accents (mûr, which is no mur), a word of
            Ewe or Kabiyè in plain letters; "" for none.
        small: Whether it is a small word, or a letter (the n of « n° »), that says nothing alone.
    """

    exact: str
    stem: str
    start: int
    end: int
    kept: str = ""
    small: bool = False

    @property
    def telling(self) -> bool:
        """Whether it says something alone."""
        return bool(self.kept) or not self.small

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
    for ending, instead, least in _SUFFIXES:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)] + instead
    return word


def tokens(text: str) -> list[Token]:
    """Return the searchable words of a text, in order; the article before an apostrophe is left out."""
    found: list[Token] = []
    joining = _conjunctions(text)
    for match in _WORD.finditer(text):
        begins = match.start()
        for exact, stemmed, start, end, kept, small in _analysed(match.group()):
            joins = begins + start in joining
            found.append(Token(exact, stemmed, begins + start, begins + end, kept, small or joins))
    return found


@lru_cache(maxsize=50_000)
def read_word(said: str) -> tuple[Token, ...]:
    """Return the searchable words of one word as read; pages of many letters say the same ones."""
    return tuple(tokens(said))


def analysed(said: Sequence[str]) -> tuple[str, str]:
    """Return a text as the index holds it: its words folded, all of them, and the stems of those that say something.

    The same words as `tokens`, without their places: what stands between two spaces is analysed once and remembered.
    """
    exacts, stems = _spaced(map(_EXACTS.__getitem__, said)), list(map(_STEMS.__getitem__, said))
    at = -1
    for _ in range(stems.count(None)):
        at = stems.index(None, at + 1)
        before, after = said[max(0, at - 1) : at], said[at + 1 : at + 2]
        stems[at] = _stems_between("".join(before)[-_LOOKED_AT:], said[at], "".join(after)[:_LOOKED_AT])
    return exacts, _spaced(stems)


@lru_cache(maxsize=50_000)
def _stems_between(before: str, written: str, after: str) -> str:
    """Return the stems of what stands between two others, without those that only join two clauses."""
    text, stems, begin, end = f"{before} {written} {after}", [], len(before) + 1, len(before) + 1 + len(written)
    for start, stop in _conjunctions(text, begin, end).items():
        stems.append(_stems(text[begin:start]))
        begin = stop
    return _spaced([*stems, _stems(text[begin:end])])


def _spaced(words: Iterable[str | None]) -> str:
    return " ".join(filter(None, words))


class _Remembered(dict[str, Made]):
    """What is made of a written word, made once: letters repeat their words. Begun anew rather than without end."""

    def __init__(self, make: Callable[[str], Made]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, written: str) -> Made:
        made = self._make(written)
        if len(self) >= _REMEMBERED:
            self.clear()
        if len(written) <= _LONGEST:
            self[written] = made
        return made


def _parts(written: str) -> list[tuple[str, str, int, int, str, bool]]:
    return [part for word in _WORD.findall(written) for part in _analysed(word)]


def _exacts(written: str) -> str:
    return _spaced(part[0] for part in _parts(written))


def _stems(written: str) -> str:
    stems = [form for part in _parts(written) for form in ("" if part[5] else part[1], part[4])]
    return _spaced([*stems, *(whole for said in _REFERENCE.findall(written) for whole in _quoted(said))])


def _quoted(said: str) -> tuple[str, ...]:
    """Return a reference as one word; () for what has no figure, as « c'est-à-dire », or no letter, as a date."""
    telling = any(map(str.isdigit, said)) and any(map(str.isalpha, said))
    return joined(said) if telling else ()


_EXACTS = _Remembered(_exacts)
_STEMS = _Remembered[str | None](lambda written: None if _OR_CAR.search(written) else _stems(written))
"""None where the words around it decide."""


def _conjunctions(text: str, begin: int = 0, stop: int | None = None) -> dict[int, int]:
    """Return where each « or » or « car » that only joins two clauses begins and ends, in order, between two places.

    It is a thing behind a determiner (l'or, un car), or where no clause follows.
    """
    found = {}
    for match in _OR_CAR.finditer(text, begin, len(text) if stop is None else stop):
        start, end = match.span()
        before = _WORD_BEFORE.search(text[max(0, start - _LOOKED_AT) : start])
        after = _WORD_AFTER.match(text[end : end + _LOOKED_AT])
        clause = after is not None and (after[1] is not None or fold(after[2]) in SMALL_WORDS)
        if clause and not (before and fold(before[1]) in _DETERMINERS):
            found[start] = end
    return found


@lru_cache(maxsize=50_000)
def _analysed(written: str) -> tuple[tuple[str, str, int, int, str, bool], ...]:
    """Return what stands between two spaces as (exact, stem, start, end, kept, small); letters repeat their words."""
    found, position = [], 0
    parts = _APOSTROPHE.split(written)
    for index, part in enumerate(parts):
        start, position = position, position + len(part)
        if index % 2:
            continue
        exact = _without_zeros(fold(part))
        if exact and not (exact in ELIDED and index + 1 < len(parts)):
            kept = _kept(part, exact)
            found.append((exact, stem(exact), start, position, kept, _small(exact)))
    return tuple(found)


def _kept(written: str, exact: str) -> str:
    """Return the second form of a word: with its accents when it is short, in plain letters when it is not French."""
    plain = exact if written.isascii() else exact.translate(_PLAIN)
    if plain != exact:
        return stem(plain)
    if not exact.isalpha():
        return _without_figures(exact)
    if written.isascii():
        return ""
    lower = unicodedata.normalize("NFC", written.lower())
    if len(exact) > _KEEPS_ACCENT or lower == exact or not lower.isalpha() or lower in _ACCENTED_SMALL:
        return ""
    return lower[:-1] if lower[-1] == "s" and len(lower) > 3 else lower


def _without_figures(exact: str) -> str:
    """Return the stem of a word in which reading took a letter or two for figures; "" for what is no such word."""
    figures = sum(character.isdigit() for character in exact)
    if len(exact) < _LEAST_READ or not 0 < _LETTERS_A_FIGURE * figures <= len(exact):
        return ""
    read = _READ_ONE.sub("i", exact).translate(_FIGURES)
    return stem(read) if read.isalpha() else ""


def _small(exact: str) -> bool:
    return exact in SMALL_WORDS or (len(exact) == 1 and exact.isalpha())


def _without_zeros(word: str) -> str:
    return word.lstrip("0") or "0" if word.isdigit() else word


def joined(text: str) -> tuple[str, ...]:
    """Return a number or reference as one word, for finding it by its beginning: with and without leading zeros."""
    parts = [fold(part) for part in re.findall(r"[^\W_]+", text)]
    return tuple(dict.fromkeys(["".join(parts), "".join(_without_zeros(part) for part in parts)])) if parts else ()


def tolerance(word: str) -> int:
    """Return how many edits a typed word may be wrong by: none under five letters, two from nine.

    What is longer than any word is none, and would be dear to compare.
    """
    if not 5 <= len(word) <= _LONGEST or not word.isalpha():
        return 0
    return 1 if len(word) < 9 else 2
