"""Suggestions as one types a search: what the piece in hand may become, from the language and from letters open to one.

The words and the letters come from hits that the asker may read, asked with the asker's tokens and read again from the
store: a suggestion says nothing of any other letter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ged.mail.access import Actor, may_read
from ged.mail.folding import fold
from ged.mail.item import Letter
from ged.mail.page import Page
from ged.store.unit import Store, Unit
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


class SuggestionKind(StrEnum):
    """What a suggestion is."""

    RECENT = "recherche"
    FIELD = "champ"
    VALUE = "valeur"
    WORD = "mot"
    LETTER = "courrier"
    DOSSIER = "dossier"


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
class Beginnings:
    """What letters open to the asker hold that begins so: words as they are written, and the letters."""

    words: tuple[str, ...]
    letters: tuple[Letter, ...]


def beginnings(typed: str, *, index: SearchIndex, store: Store, actor: Actor) -> Beginnings:
    """Return words that begin as the one typed, most written first, and the letters that hold one, newest first.

    Raises:
        Unavailable: `search.unavailable`.
    """
    begun = fold(typed)
    if len(begun) < LEAST_LETTERS or not begun.isalpha():
        return Beginnings((), ())
    with store.unit() as unit:
        letters = _open(unit, Query(begins=begun, sort=Sort.NEWEST, limit=_READ), index, actor)
        pages = unit.pages.of_letters([one.id for one in letters])
    return Beginnings(_words(begun, letters, pages), tuple(letters))


def numbered(typed: str, *, index: SearchIndex, store: Store, actor: Actor) -> tuple[Letter, ...]:
    """Return the letters whose number or reference begins as typed or holds its parts, newest first.

    Raises:
        Unavailable: `search.unavailable`.
    """
    if len(typed.strip()) < 2:
        return ()
    with store.unit() as unit:
        return tuple(_open(unit, Query(f'réf:"{typed}"', sort=Sort.NEWEST, limit=_READ), index, actor))


def _open(unit: Unit, query: Query, index: SearchIndex, actor: Actor) -> list[Letter]:
    """Return the letters found that the store too says are open to the actor, in the order of the query."""
    hits = index.search(query, actor.tokens()).hits
    known = {one.id: one for one in unit.letters.many([hit.id for hit in hits]) if may_read(actor, one)}
    return [known[hit.id] for hit in hits if hit.id in known]


def _words(begun: str, letters: Sequence[Letter], pages: dict[str, list[Page]]) -> tuple[str, ...]:
    """Return the words that begin so, those of subjects and names first, each as it is written most often."""
    counted = Counter[str]()
    written: dict[str, Counter[str]] = {}
    for letter in letters:
        heads = [letter.subject or "", letter.sender or "", letter.recipient or ""]
        texts = [(text, _SUBJECT_WEIGHT) for text in heads] + [(page.text, 1) for page in pages.get(letter.id, [])]
        for text, weight in texts:
            for token in tokens(text):
                if token.exact.startswith(begun) and token.exact.isalpha():
                    counted[token.exact] += weight
                    written.setdefault(token.exact, Counter())[text[token.start : token.end].lower()] += 1
    best = sorted(counted, key=lambda word: (-counted[word], word))
    return tuple(max(written[word], key=lambda spelt: (written[word][spelt], spelt)) for word in best)
