"""Suggestions as one types a search: what the piece in hand may become, from the language and from what one may read.

Words, letters and pieces of dossiers come from hits that the asker may read, asked with the asker's tokens and read
again from the store: a suggestion says nothing of any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from ged.mail.access import Actor
from ged.mail.dossier_piece import IndexedPiece
from ged.mail.folding import fold
from ged.mail.listing import ListedLetter
from ged.store.unit import Store, Unit
from search.entries import LETTERS, PIECES, Kind
from search.french import tokens
from search.language import hyphened
from search.plan import name_of
from search.port import Query, SearchIndex, Sort

LEAST_LETTERS = 3
"""Letters typed from which words and letters are suggested."""
_READ = 12
_QUOTE = re.compile(r'["«“»”]')
_PIECE = re.compile(r"""(?P<minus>-?)(?:(?P<name>n°|[^\W\d_][\w'’-]*):)?["«“]?(?P<value>[^"«“»”]*)""")
_SUBJECT_WEIGHT = 6
T = TypeVar("T")


class SuggestionKind(StrEnum):
    """What a suggestion is."""

    RECENT = "recherche"
    FIELD = "champ"
    VALUE = "valeur"
    WORD = "mot"
    LETTER = "courrier"
    DOSSIER = "dossier"
    PIECE = "piece"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One entry of the list.

    Attributes:
        shown: What is read first, and `meaning` beside it.
        line: What the box holds once it is chosen.
        address: The page that it leads to at once; "" when it only completes the line.
    """

    kind: SuggestionKind
    shown: str
    meaning: str
    line: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class InHand:
    """The piece that is being typed, at the end of a line: `before` it, the name of its field, and its value so far."""

    before: str
    name: str
    value: str

    @property
    def folded(self) -> str:
        """The value as values of lists are compared."""
        return hyphened(self.value)

    def completed(self, name: str, value: str) -> str:
        """Return the line with the piece completed, and what is written of a value that has spaces in quotes."""
        quoted = f'"{value}"' if re.search(r"\s", value) else value
        return f"{self.before}{name}{quoted} "


def in_hand(line: str) -> InHand:
    """Return the piece at the end of a line; an empty one after a space."""
    opened = -1
    for quote in _QUOTE.finditer(line):
        opened = quote.start() if opened < 0 else -1
    end = opened if opened >= 0 else len(line)
    start = max((at for at, character in enumerate(line[:end]) if character.isspace()), default=-1) + 1
    found = _PIECE.fullmatch(line[start:])
    if found is None:
        return InHand(line, "", "")
    return InHand(line[:start] + found["minus"], name_of(found["name"] or ""), found["value"])


@dataclass(frozen=True, slots=True)
class Held:
    """What holds what is typed, newest first, of what the asker may read."""

    letters: tuple[ListedLetter, ...] = ()
    pieces: tuple[IndexedPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginnings(Held):
    """What holds a word that begins so, and those words as they are written, most written first."""

    words: tuple[str, ...] = ()


def beginnings(typed: str, *, index: SearchIndex, store: Store, actor: Actor) -> Beginnings:
    """Return words that begin as the one typed, and what holds one.

    Raises:
        Unavailable: `search.unavailable`.
    """
    begun = fold(typed)
    if len(begun) < LEAST_LETTERS or not begun.isalpha():
        return Beginnings()
    query, counted = Query(begins=begun, sort=Sort.NEWEST, limit=_READ), _Words(begun)
    with store.unit() as unit:
        letters = counted.of(LETTERS, _open(LETTERS, unit, query, index, actor), unit)
        pieces = counted.of(PIECES, _open(PIECES, unit, query, index, actor), unit)
    return Beginnings(letters, pieces, counted.best())


def numbered(typed: str, *, index: SearchIndex, store: Store, actor: Actor) -> Held:
    """Return the letters whose number or reference, and the pieces whose dossier's code, is as typed or begins so.

    Raises:
        Unavailable: `search.unavailable`.
    """
    if len(typed.strip()) < 2:
        return Held()
    query = Query(f'réf:"{typed}"', sort=Sort.NEWEST, limit=_READ)
    with store.unit() as unit:
        letters, pieces = (_open(kind, unit, query, index, actor) for kind in (LETTERS, PIECES))
    return Held(tuple(letters.values()), tuple(pieces.values()))


def _open(kind: Kind[T], unit: Unit, query: Query, index: SearchIndex, actor: Actor) -> dict[str, T]:
    """Return what is found that the store too says is open to the actor, by name, in the order of the query."""
    hits = index.search(query, kind.tokens(actor)).hits
    rows = kind.rows(unit, [hit.id for hit in hits], actor) if hits else {}
    return {hit.id: rows[hit.id] for hit in hits if hit.id in rows}


class _Words:
    """Counts the words that begin so, those of subjects, names and titles more."""

    def __init__(self, begun: str) -> None:
        self._begun = begun
        self._counted = Counter[str]()
        self._written: dict[str, Counter[str]] = {}

    def of(self, kind: Kind[T], rows: Mapping[str, T], unit: Unit) -> tuple[T, ...]:
        """Count those of some entries, and return these."""
        pages = kind.pages(unit, list(rows)) if rows else {}
        for name, row in rows.items():
            texts = [(text, _SUBJECT_WEIGHT) for text in kind.heads(row)]
            texts += [(page.text, 1) for page in pages.get(name, ())]
            for text, weight in texts:
                self._count(text, weight)
        return tuple(rows.values())

    def _count(self, text: str, weight: int) -> None:
        for token in tokens(text):
            if token.exact.startswith(self._begun) and token.exact.isalpha():
                self._counted[token.exact] += weight
                self._written.setdefault(token.exact, Counter())[text[token.start : token.end].lower()] += 1

    def best(self) -> tuple[str, ...]:
        """Return them, each as it is written most often."""
        best = sorted(self._counted, key=lambda word: (-self._counted[word], word))
        return tuple(max((spelt := self._written[word]), key=lambda one: (spelt[one], one)) for word in best)
