"""Where on a letter the words of a query stand: what is lit on the page image, and the lines to show under a hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ged.mail.folding import within
from ged.mail.page import Box, Page, TextSource, Word
from search.french import Token, tokens, tolerance
from search.plan import InField, taken_apart
from search.synonyms import NO_SYNONYMS, Synonyms

_AROUND = 14
"""Words shown on each side of the best place."""
_MOST_PASSAGES = 3
_NOWHERE = Box(0, 0, 0, 0)

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

    def on(self, pages: Sequence[Page]) -> dict[int, tuple[int, ...]]:
        """Return for each page number the positions of its lit words.

        A misspelt word lights its neighbours only where nothing is spelt as it was typed.
        """
        read = {page.number: [_read(word.text) for word in page.words] for page in pages}
        whole = [each for each in self._whole if any(_places([each], words) for words in read.values())]
        inside = {exact for each in whole for exact in each}
        seen = {token.stem for page in read.values() for word in page for token in word}
        stems, near = set(), []
        for word in self._words:
            if word.exact in inside:
                continue
            if word.stem in seen:
                stems.add(word.stem)
            elif tolerance(word.exact):
                near.append(word)
        lit: dict[int, tuple[int, ...]] = {}
        for number, words in read.items():
            found = {at for at, word in enumerate(words) if any(_lit(token, stems, near) for token in word)}
            found.update(_places([*self._phrases, *whole], words))
            if found:
                lit[number] = tuple(sorted(found))
        return lit

    def runs(self, pages: Sequence[Page]) -> tuple[LitRun, ...]:
        """Return the hits of a letter in reading order; words lit side by side on a line are one."""
        return _runs(pages, self.on(pages))

    def pieces(self, text: str) -> Pieces:
        """Return a line of text in pieces, its words lit as on a page: a subject, a name."""
        words = tuple(Word(word, _NOWHERE, 1.0, 0) for word in text.split())
        line = Page(1, 1, 1, 1.0, 0, 0.0, TextSource.BORN_DIGITAL, 1.0, "", words)
        return _pieces(line, 0, len(words), self.on([line]).get(1, ()))

    def passages(self, pages: Sequence[Page]) -> tuple[Passage, ...]:
        """Return the passages that show why, best first: where most different words stand together, then the others.

        A further passage is shown for words that those before it do not hold; three at most, none when nothing is lit.
        """
        lit = self.on(pages)
        runs = _runs(pages, lit)
        shown: set[str] = set()
        found: list[Passage] = []
        while len(found) < _MOST_PASSAGES:
            best: tuple[set[str], Page, int] | None = None
            for page in pages:
                places = lit.get(page.number, ())
                keys = {place: _key(page.words[place]) for place in places}
                for place in places:
                    close = {keys[other] for other in places if 0 <= other - place <= _AROUND} - shown
                    if close and (best is None or len(close) > len(best[0])):
                        best = (close, page, place)
            if best is None:
                break
            _, page, place = best
            start, end = max(0, place - _AROUND // 2), place + 2 * _AROUND
            shown |= {_key(page.words[at]) for at in lit[page.number] if start <= at < end}
            hit = next(n for n, run in enumerate(runs, 1) if run.page == page.number and place in run.words)
            found.append(Passage(page.number, _pieces(page, start, end, lit[page.number]), hit))
        return tuple(found)


def _references(fields: Sequence[InField]) -> list[tuple[Token, ...]]:
    return [one.words for one in fields if one.field == "refs"]


def _places(phrases: Sequence[tuple[str, ...]], words: Sequence[Sequence[Token]]) -> set[int]:
    """Return the positions of the words of phrases that stand on a page as they are."""
    flat = [(token.exact, at) for at, word in enumerate(words) for token in word]
    found: set[int] = set()
    for phrase in phrases:
        for start in range(len(flat) - len(phrase) + 1):
            if flat[start][0] == phrase[0] and tuple(each for each, _ in flat[start : start + len(phrase)]) == phrase:
                found.update(at for _, at in flat[start : start + len(phrase)])
    return found


def _runs(pages: Sequence[Page], lit: Mapping[int, Sequence[int]]) -> tuple[LitRun, ...]:
    runs: list[LitRun] = []
    for page in pages:
        for at in lit.get(page.number, ()):
            last = runs[-1] if runs and runs[-1].page == page.number else None
            if last and last.words[-1] == at - 1 and page.words[at].line == page.words[at - 1].line:
                runs[-1] = LitRun(page.number, (*last.words, at))
            else:
                runs.append(LitRun(page.number, (at,)))
    return tuple(runs)


def _lit(token: Token, stems: set[str], near: list[Token]) -> bool:
    if token.stem in stems:
        return not token.small or token.exact in stems
    return any(_near(word.exact, token.exact) for word in near)


@lru_cache(maxsize=50_000)
def _read(said: str) -> tuple[Token, ...]:
    """Return the searchable words of one word as read; pages of many letters say the same ones."""
    return tuple(tokens(said))


@lru_cache(maxsize=50_000)
def _near(typed: str, read: str) -> bool:
    return within(typed, read, tolerance(typed))


def _key(word: Word) -> str:
    return " ".join(token.stem for token in _read(word.text))


def _pieces(page: Page, start: int, end: int, lit: Sequence[int]) -> Pieces:
    pieces: list[tuple[str, bool]] = []
    for at, word in enumerate(page.words[start:end], start):
        shines = at in lit
        if pieces and pieces[-1][1] == shines:
            pieces[-1] = (f"{pieces[-1][0]} {word.text}", shines)
        else:
            pieces.append((word.text, shines))
    return tuple(pieces)
