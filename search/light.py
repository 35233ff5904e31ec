"""Where on a letter the words of a query stand: what is lit on the page image, and the lines to show under a hit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, compress, count, pairwise

from ged.mail.page import Page, PageWords
from search.french import Token, read_word, tolerance
from search.lexicon import LEXICON
from search.likeness import Likeness
from search.plan import InField, taken_apart
from search.synonyms import NO_SYNONYMS, Synonyms
from search.wanted import unasked

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
    """The words of one query, ready to be found on pages.

    Attributes:
        unasked: Those by which one asks, folded, which are not looked for: they are not lit, and nothing is near them.
        likeness: Of the words of the pages with those of the query.
    """

    def __init__(self, text: str, synonyms: Synonyms = NO_SYNONYMS) -> None:
        typed = taken_apart(text)
        loose = [token for chunk in typed.chunks for token in chunk]
        others = [name for at in range(len(loose)) for name in synonyms.at(loose, at)[1]]
        self.unasked = unasked(typed.chunks, synonyms)
        loose = [token for token in loose if token.exact not in self.unasked]
        loose += [name[0] for name in others if len(name) == 1]
        loose += [token for one in typed.fields for token in one.words]
        telling = [token for token in loose if token.telling] or loose
        self._words = list({token.exact: token for token in telling}.values())
        named = [name for name in others if len(name) > 1]
        self._phrases = [tuple(token.exact for token in phrase) for phrase in (*typed.phrases, *named)]
        # Parts of a reference stand alone on many lines (a year, an acronym): where it stands whole, it alone is lit.
        tell = [each for each in typed.chunks if any(one.telling and one.exact not in self.unasked for one in each)]
        chunks = tell or typed.chunks
        self._whole = [tuple(token.exact for token in each) for each in (*chunks, *_references(typed.fields))]
        self._whole = [each for each in self._whole if len(each) > 1]
        wholes = (*self._phrases, *self._whole)
        self._stems, self._exacts = {word.stem for word in self._words}, {exact for each in wholes for exact in each}
        self._holding: dict[str, tuple[Token, ...]] = {}
        # By stem, the words that hold it, and those of them that are lit: a small word only where it was typed.
        self._seen: dict[str, set[str]] = {stem: set() for stem in self._stems}
        self._shining: dict[str, set[str]] = {stem: set() for stem in self._stems}
        self.likeness = Likeness()

    def on(self, pages: Sequence[Read]) -> dict[int, tuple[int, ...]]:
        """Return for each page number the positions of its lit words.

        A misspelt word lights its neighbours only where nothing is spelt as it was typed.
        """
        said = {page.number: page.said for page in pages}
        self._read(said.values())
        return self._lit(said)

    def _read(self, texts: Iterable[Sequence[str]]) -> None:
        """Read the words of pages, each once, and know those that hold something of the query."""
        fresh = self.likeness.add(chain.from_iterable(texts))
        for word in LEXICON.holding(fresh, self._stems, self._exacts):
            self._holding[word] = read_word(word)
            for token in self._holding[word]:
                if token.stem in self._stems:
                    self._seen[token.stem].add(word)
                    if not token.small or token.exact in self._stems:
                        self._shining[token.stem].add(word)

    def _lit(self, said: Mapping[int, Sequence[str]]) -> dict[int, tuple[int, ...]]:
        holds = self._holding.__contains__
        held = {number: tuple(compress(count(), map(holds, words))) for number, words in said.items()}
        here = {word for number, at in held.items() for word in map(said[number].__getitem__, at)}
        sought: list[tuple[str, ...]] = []
        if self._exacts:
            exacts = {token.exact for word in here for token in self._holding[word]}
            sought = [each for each in (*self._phrases, *self._whole) if exacts.issuperset(each)]
        placed = {number: self._places(sought, words, here) for number, words in said.items()} if sought else {}
        standing = set[tuple[str, ...]]().union(*placed.values())
        inside = {exact for each in self._whole if each in standing for exact in each}
        shining, near = set[str](), set[str]()
        for word in self._words:
            if word.exact in inside:
                continue
            if not here.isdisjoint(self._seen[word.stem]):
                shining |= self._shining[word.stem]
            elif tolerance(word.exact):
                near.update(self.likeness.near(word.exact))
        shining |= near
        lit: dict[int, tuple[int, ...]] = {}
        for number, words in said.items():
            if near:  # they are not among what is held
                found = set(compress(count(), map(shining.__contains__, words)))
            else:
                found = {at for at in held[number] if words[at] in shining}
            found.update(*placed.get(number, {}).values())
            if found:
                lit[number] = tuple(sorted(found))
        return lit

    def _places(
        self, phrases: Sequence[tuple[str, ...]], said: Sequence[str], here: Iterable[str]
    ) -> dict[tuple[str, ...], set[int]]:
        """Return the positions of the words of each phrase that stands on a page as it is; words `here` begin them."""
        begun = {
            word: begins
            for word in here
            if (begins := [each for each in phrases if any(token.exact == each[0] for token in self._holding[word])])
        }
        found: dict[tuple[str, ...], set[int]] = {}
        for at in compress(count(), map(begun.__contains__, said)):
            for phrase in begun[said[at]]:
                if positions := _span(phrase, said, at):
                    found.setdefault(phrase, set()).update(positions)
        return found

    def runs(self, pages: Sequence[Read]) -> tuple[LitRun, ...]:
        """Return the hits of a letter in reading order; words lit side by side on a line are one."""
        return tuple(LitRun(page, tuple(words)) for page, words in _runs(pages, self.on(pages)))

    def pieces(self, text: str) -> Pieces:
        """Return a line of text in pieces, its words lit as on a page: a subject, a name."""
        line = PageWords(1, tuple(text.split()))
        return _pieces(line.said, 0, len(line.said), self.on([line]).get(1, ()))

    def passages(self, pages: Sequence[Read]) -> tuple[Passage, ...]:
        """Return the passages that show why, best first: where most different words stand together, then the others.

        A further passage is shown for words that those before it do not hold; three at most, none when nothing is lit.
        """
        return _passages(pages, self.on(pages))

    def passages_of(self, letters: Sequence[Sequence[Read]]) -> list[tuple[Passage, ...]]:
        """Return the passages of several letters; their words are read once for all of them."""
        self._read(page.said for pages in letters for page in pages)
        return [_passages(pages, self._lit({page.number: page.said for page in pages})) for pages in letters]


def _passages(pages: Sequence[Read], lit: Mapping[int, Sequence[int]]) -> tuple[Passage, ...]:
    if not lit:
        return ()
    hits = {(page, word): hit for hit, (page, words) in enumerate(_runs(pages, lit), 1) for word in words}
    said = {page.number: page.said for page in pages if page.number in lit}
    keys = {number: [_key(said[number][place]) for place in places] for number, places in lit.items()}
    left = {key for on_page in keys.values() for key in on_page}
    found: list[Passage] = []
    while left and len(found) < _MOST_PASSAGES:
        number, place = _best_place(lit, keys, left)
        start, end = max(0, place - _AROUND // 2), place + 2 * _AROUND
        left.difference_update(key for at, key in zip(lit[number], keys[number], strict=True) if start <= at < end)
        found.append(Passage(number, _pieces(said[number], start, end, lit[number]), hits[number, place]))
    return tuple(found)


def _best_place(lit: Mapping[int, Sequence[int]], keys: Mapping[int, Sequence[str]], left: set[str]) -> tuple[int, int]:
    """Return (page, position) of the first place around which most of the words that are left stand."""
    best, most = (0, 0), 0
    for number, places in lit.items():
        for at, place in enumerate(places):
            close = len(left.intersection(keys[number][at : bisect_right(places, place + _AROUND)]))
            if close > most:
                best, most = (number, place), close
                if most == len(left):
                    return best
    return best


def _references(fields: Sequence[InField]) -> list[tuple[Token, ...]]:
    return [one.words for one in fields if one.field == "refs"]


def _span(phrase: tuple[str, ...], said: Sequence[str], at: int) -> set[int]:
    """Return the positions of the words of a phrase that begins in the word of one; none where it goes on otherwise."""
    read: list[tuple[str, int]] = []
    begins = len(read_word(said[at]))
    for place in range(at, len(said)):  # what says nothing, as a dash, may stand between
        read += [(token.exact, place) for token in read_word(said[place])]
        if len(read) >= begins - 1 + len(phrase):
            break
    found: set[int] = set()
    for start in range(begins):
        stretch = read[start : start + len(phrase)]
        if tuple(exact for exact, _ in stretch) == phrase:
            found.update(place for _, place in stretch)
    return found


def _runs(pages: Sequence[Read], lit: Mapping[int, Sequence[int]]) -> list[tuple[int, list[int]]]:
    """Return (page, positions of words that are lit side by side on one line) of each hit, in reading order."""
    runs: list[tuple[int, list[int]]] = []
    for page in pages:
        rows = page.rows if page.number in lit else ()
        last: list[int] = []
        for at in lit.get(page.number, ()):
            if last and last[-1] == at - 1 and rows[at] == rows[at - 1]:
                last.append(at)
            else:
                last = [at]
                runs.append((page.number, last))
    return runs


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    return " ".join(token.stem for token in read_word(word))


def _pieces(said: Sequence[str], start: int, end: int, lit: Sequence[int]) -> Pieces:
    """Return the words from `start` to before `end` in pieces; `lit` in order."""
    end, turns = min(end, len(said)), list[int]()
    for place in lit[bisect_left(lit, start) : bisect_left(lit, end)]:
        if turns and turns[-1] == place:
            turns[-1] = place + 1
        else:
            turns += (place, place + 1)
    bounds = enumerate(pairwise((start, *turns, end)))
    return tuple((" ".join(said[one:other]), n % 2 == 1) for n, (one, other) in bounds if one < other)
