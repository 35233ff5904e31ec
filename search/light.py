"""Where on a letter the words of a query stand: what is lit on the page image, and the lines to show under a hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from operator import ge

from ged.mail.folding import near_words
from ged.mail.page import Page, PageWords
from search.french import Token, read_word, tolerance
from search.plan import InField, taken_apart
from search.synonyms import NO_SYNONYMS, Synonyms

_AROUND = 14
"""Words shown on each side of the best place."""
_MOST_PASSAGES = 3

Read = Page | PageWords
"""A page whose words are looked at: their boxes are not needed."""
Pieces = tuple[tuple[str, bool], ...]
"""Pieces of a text in order, each lit or not."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage of a page, in pieces; `hit` is the place, from 1, of its first hit among those of the letter."""

    page: int
    pieces: Pieces
    hit: int


@dataclass(frozen=True, slots=True)
class LitRun:
    """One hit on a page: the positions of words that are lit side by side on one line."""

    page: int
    words: tuple[int, ...]


class Light:
    """The words of one query, ready to be found on pages."""

    def __init__(self, text: str, synonyms: Synonyms = NO_SYNONYMS) -> None:
        typed = taken_apart(text)
        loose = [token for chunk in typed.chunks for token in chunk]
        others = [name for at in range(len(loose)) for name in synonyms.at(loose, at)[1]]
        loose += [name[0] for name in others if len(name) == 1]
        loose += [token for one in typed.fields for token in one.words]
        telling = [token for token in loose if token.telling] or loose
        self._words = list({token.exact: token for token in telling}.values())
        named = [name for name in others if len(name) > 1]
        self._phrases = [tuple(token.exact for token in phrase) for phrase in (*typed.phrases, *named)]
        # Parts of a reference stand alone on many lines (a year, an acronym): where it stands whole, it alone is lit.
        self._whole = [tuple(token.exact for token in each) for each in (*typed.chunks, *_references(typed.fields))]
        self._whole = [each for each in self._whole if len(each) > 1]
        self._looked_at: dict[str, tuple[set[str], set[str]]] = {}

    def on(self, pages: Sequence[Read]) -> dict[int, tuple[int, ...]]:
        """Return for each page number the positions of its lit words.

        A misspelt word lights its neighbours only where nothing is spelt as it was typed.
        """
        said = {page.number: page.said for page in pages}
        read = {word: read_word(word) for words in said.values() for word in words}  # each once: letters repeat theirs
        several = bool(self._whole or self._phrases)
        exacts = {token.exact for parts in read.values() for token in parts} if several else set[str]()
        seen = {token.stem for parts in read.values() for token in parts}
        whole = [each for each in self._whole if exacts.issuperset(each)]
        phrases = [each for each in self._phrases if exacts.issuperset(each)]
        flat = _flat(said, read) if whole or phrases else {}
        whole = [each for each in whole if any(_places([each], words) for words in flat.values())]
        inside = {exact for each in whole for exact in each}
        stems, near = set[str](), set[str]()
        for word in self._words:
            if word.exact in inside:
                continue
            if word.stem in seen:
                stems.add(word.stem)
            elif edits := tolerance(word.exact):
                exacts = exacts or {token.exact for parts in read.values() for token in parts}
                near |= self._near(word.exact, edits, exacts)
        lit: dict[int, tuple[int, ...]] = {}
        shining = {
            word
            for word, parts in read.items()
            for token in parts
            if ((not token.small or token.exact in stems) if token.stem in stems else token.exact in near)
        }
        for number, words in said.items():
            found = {at for at, word in enumerate(words) if word in shining}
            if flat:
                found.update(_places([*phrases, *whole], flat[number]))
            if found:
                lit[number] = tuple(sorted(found))
        return lit

    def _near(self, typed: str, edits: int, words: set[str]) -> set[str]:
        """Return which words may be one that was typed; each is compared once, on whatever letter it stands."""
        compared, found = self._looked_at.setdefault(typed, (set(), set()))
        found.update(near_words(typed, words - compared, edits))
        compared |= words
        return found & words

    def runs(self, pages: Sequence[Read]) -> tuple[LitRun, ...]:
        """Return the hits of a letter in reading order; words lit side by side on a line are one."""
        return _runs(pages, self.on(pages))

    def pieces(self, text: str) -> Pieces:
        """Return a line of text in pieces, its words lit as on a page: a subject, a name."""
        line = PageWords(1, tuple(text.split()))
        return _pieces(line.said, 0, len(line.said), self.on([line]).get(1, ()))

    def passages(self, pages: Sequence[Read]) -> tuple[Passage, ...]:
        """Return the passages that show why, best first: where most different words stand together, then the others.

        A further passage is shown for words that those before it do not hold; three at most, none when nothing is lit.
        """
        lit = self.on(pages)
        if not lit:
            return ()
        runs = _runs(pages, lit)
        said = {page.number: page.said for page in pages if page.number in lit}
        keys = {number: {place: _key(said[number][place]) for place in places} for number, places in lit.items()}
        shown: set[str] = set()
        found: list[Passage] = []
        while len(found) < _MOST_PASSAGES:
            best: tuple[int, int, int] | None = None
            for number, places in lit.items():
                for at, place in enumerate(places):
                    close = {
                        keys[number][other] for other in takewhile(partial(ge, place + _AROUND), places[at:])
                    } - shown
                    if close and (best is None or len(close) > best[0]):
                        best = (len(close), number, place)
            if best is None:
                break
            _, number, place = best
            start, end = max(0, place - _AROUND // 2), place + 2 * _AROUND
            shown |= {keys[number][at] for at in lit[number] if start <= at < end}
            hit = next(n for n, run in enumerate(runs, 1) if run.page == number and place in run.words)
            found.append(Passage(number, _pieces(said[number], start, end, lit[number]), hit))
        return tuple(found)


def _references(fields: Sequence[InField]) -> list[tuple[Token, ...]]:
    return [one.words for one in fields if one.field == "refs"]


def _flat(said: Mapping[int, Sequence[str]], read: Mapping[str, Sequence[Token]]) -> dict[int, list[tuple[str, int]]]:
    """Return for each page its searchable words in order, each with the position of what it is read in."""
    return {
        number: [(token.exact, at) for at, word in enumerate(words) for token in read[word]]
        for number, words in said.items()
    }


def _places(phrases: Sequence[tuple[str, ...]], flat: Sequence[tuple[str, int]]) -> set[int]:
    """Return the positions of the words of phrases that stand on a page as they are; `flat`: its (word, position)."""
    found: set[int] = set()
    for phrase in phrases:
        for start in range(len(flat) - len(phrase) + 1):
            if flat[start][0] == phrase[0] and tuple(each for each, _ in flat[start : start + len(phrase)]) == phrase:
                found.update(at for _, at in flat[start : start + len(phrase)])
    return found


def _runs(pages: Sequence[Read], lit: Mapping[int, Sequence[int]]) -> tuple[LitRun, ...]:
    runs: list[LitRun] = []
    for page in pages:
        rows = page.rows if page.number in lit else ()
        for at in lit.get(page.number, ()):
            last = runs[-1] if runs and runs[-1].page == page.number else None
            if last and last.words[-1] == at - 1 and rows[at] == rows[at - 1]:
                runs[-1] = LitRun(page.number, (*last.words, at))
            else:
                runs.append(LitRun(page.number, (at,)))
    return tuple(runs)


def _key(word: str) -> str:
    return " ".join(token.stem for token in read_word(word))


def _pieces(said: Sequence[str], start: int, end: int, lit: Sequence[int]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    for at, word in enumerate(said[start:end], start):
        shines = at in lit
        if pieces and pieces[-1][1] == shines:
            pieces[-1] = (f"{pieces[-1][0]} {word}", shines)
        else:
            pieces.append((word, shines))
    return tuple(pieces)
