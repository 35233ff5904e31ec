"""Where on a letter the words of a query stand: what is lit on the page image, and the lines to show under a hit."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from ged.mail.page import PageWords
from search.french import Token, read_word, tolerance
from search.likeness import Likeness
from search.plan import InField, taken_apart
from search.synonyms import NO_SYNONYMS, Synonyms
from search.texts import Read, Texts, begin_of, form_of
from search.wanted import unasked

_AROUND = 14
"""Words shown on each side of the best place."""
_MOST_PASSAGES = 3

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


class _Held(NamedTuple):
    """The stems of a query that a word as written holds; it is lit for `shining`: for a small one only if typed."""

    stems: frozenset[str]
    shining: frozenset[str]


class _Told(NamedTuple):
    """What is lit in a letter, by the stems and phrases it holds: words for `shining`, and `alike` at their places."""

    shining: frozenset[str]
    alike: Mapping[int, str]
    alike_at: Sequence[int]


class _Lit(NamedTuple):
    """What is lit on a page, in order.

    Attributes:
        page: Which page it is, counted from 0, of what is read.
        at: Which words are lit, counted from 0; `starts` where they begin in the text, `words` what they are.
    """

    page: int
    at: Sequence[int]
    starts: Sequence[int]
    words: Sequence[str]


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
        phrases = [tuple(token.exact for token in phrase) for phrase in (*typed.phrases, *named)]
        # Parts of a reference stand alone on many lines (a year, an acronym): where it stands whole, it alone is lit.
        tell = [each for each in typed.chunks if any(one.telling and one.exact not in self.unasked for one in each)]
        chunks = tell or typed.chunks
        self._whole = [tuple(token.exact for token in each) for each in (*chunks, *_references(typed.fields))]
        self._whole = [each for each in self._whole if len(each) > 1]
        self._stems = {word.stem for word in self._words}
        self._begins = {begin_of(stem) for stem in self._stems}
        self._sought = [(each, [form_of(exact) for exact in each]) for each in (*phrases, *self._whole)]
        self._known: dict[str, _Held] = {}
        self.likeness = Likeness()

    def on(self, pages: Sequence[Read]) -> dict[int, tuple[int, ...]]:
        """Return for each page number the positions of its lit words.

        A misspelt word lights its neighbours only where nothing is spelt as it was typed.
        """
        said, (lit,) = self._read([pages])
        return {said.pages[one.page].number: tuple(one.at) for one in lit}

    def _read(self, letters: Sequence[Sequence[Read]]) -> tuple[Texts, list[list[_Lit]]]:
        """Read the pages of letters, and return what is lit on those of each."""
        said = Texts.of_pages([page for pages in letters for page in pages])
        self.likeness.add(said)
        held = said.holding(self._begins)
        starts = list(held)
        placed = self._places(said) if self._sought else []
        told: dict[tuple[frozenset[str], frozenset[tuple[str, ...]]], _Told] = {}
        lit, first = list[list[_Lit]](), 0
        for pages in letters:
            bounds = said.bounds[first : first + len(pages)]
            begin, end = (bounds[0][0], bounds[-1][1]) if bounds else (0, -1)
            own = starts[bisect_left(starts, begin) : bisect_right(starts, end)]
            here = frozenset[str]().union(*[self._held(held[start]).stems for start in own])
            spans = [(phrase, span) for phrase, start, span in placed if begin <= start <= end]
            key = here, frozenset(phrase for phrase, _ in spans)
            if (shown := told.get(key)) is None:
                shown = told[key] = self._told(said, *key)
            found = {
                start: held[start] for start in own if not shown.shining.isdisjoint(self._held(held[start]).shining)
            }
            for start in shown.alike_at[bisect_left(shown.alike_at, begin) : bisect_right(shown.alike_at, end)]:
                found[start] = shown.alike[start]
            for _, span in spans:
                found.update(span)
            lit.append(_lit(said, found, range(first, first + len(pages))))
            first += len(pages)
        return said, lit

    def _told(self, said: Texts, here: frozenset[str], standing: frozenset[tuple[str, ...]]) -> _Told:
        """Return what is lit in a letter that holds these stems, and these phrases as they are."""
        inside = {exact for each in self._whole if each in standing for exact in each}
        words = [word for word in self._words if word.exact not in inside]
        near = [self.likeness.near(word.exact) for word in words if word.stem not in here and tolerance(word.exact)]
        written = frozenset[str]().union(*[each.words for each in near])
        forms = {form_of(exact) for each in near for exact in each.exacts}
        alike = {at: word for at, word in said.holding(forms).items() if word in written} if written else {}
        return _Told(here.intersection(word.stem for word in words), alike, list(alike))

    def _held(self, word: str) -> _Held:
        known = self._known.get(word)
        if known is None:
            tokens = [token for token in read_word(word) if token.stem in self._stems]
            shining = (token.stem for token in tokens if not token.small or token.exact in self._stems)
            known = self._known[word] = _Held(frozenset(token.stem for token in tokens), frozenset(shining))
        return known

    def _places(self, said: Texts) -> list[tuple[tuple[str, ...], int, dict[int, str]]]:
        """Return (phrase, where it begins, its words by their places) of each that stands on a page as it is."""
        return [
            (phrase, start, span)
            for phrase, forms in self._sought
            if said.may_hold(forms)
            for start in said.holding(forms[:1])
            if (span := _span(phrase, said, start))
        ]

    def runs(self, pages: Sequence[Read]) -> tuple[LitRun, ...]:
        """Return the hits of a letter in reading order; words lit side by side on a line are one."""
        said, (lit,) = self._read([pages])
        runs: list[tuple[int, list[int]]] = []
        for one in lit:
            for at, goes_on in zip(one.at, _going_on(said, one), strict=True):
                if goes_on:
                    runs[-1][1].append(at)
                else:
                    runs.append((said.pages[one.page].number, [at]))
        return tuple(LitRun(page, tuple(words)) for page, words in runs)

    def pieces(self, text: str) -> Pieces:
        """Return a line of text in pieces, its words lit as on a page: a subject, a name."""
        line = PageWords(1, tuple(text.split()))
        return _pieces(line.said, self.on([line]).get(1, ()))

    def passages(self, pages: Sequence[Read]) -> tuple[Passage, ...]:
        """Return the passages that show why, best first: where most different words stand together, then the others.

        A further passage is shown for words that those before it do not hold; three at most, none when nothing is lit.
        """
        return self.passages_of([pages])[0]

    def passages_of(self, letters: Sequence[Sequence[Read]]) -> list[tuple[Passage, ...]]:
        """Return the passages of several letters; what is misspelt is compared with what all of them say."""
        said, lit = self._read(letters)
        return [_passages(said, each) for each in lit]


def _lit(said: Texts, found: Mapping[int, str], pages: Iterable[int]) -> list[_Lit]:
    """Return what is lit on the pages of a letter, of words by their places."""
    starts, lit, first = sorted(found), list[_Lit](), 0
    for page in pages if starts else ():
        begin, end = said.bounds[page]
        last = bisect_right(starts, end, first)
        if own := starts[first:last]:
            at = list(accumulate(map(said.count_words, (begin, *own), own)))
            lit.append(_Lit(page, at, own, [found[start] for start in own]))
        first = last
    return lit


def _passages(said: Texts, lit: Sequence[_Lit]) -> tuple[Passage, ...]:
    keys = [list(map(_key, one.words)) for one in lit]
    left = set[str]().union(*keys)
    found: list[Passage] = []
    while left and len(found) < _MOST_PASSAGES:
        number, index = _best_place(lit, keys, left)
        one = lit[number]
        place = one.at[index]
        start, end = max(0, place - _AROUND // 2), place + 2 * _AROUND
        first, last = bisect_left(one.at, start), bisect_left(one.at, end)
        left.difference_update(keys[number][first:last])
        words = said.words_around(one.page, one.starts[index], place - start, end - place)
        pieces = _pieces(words, [at - start for at in one.at[first:last]])
        before = sum(_going_on(said, each).count(False) for each in lit[:number])
        hit = before + _going_on(said, one)[: index + 1].count(False)
        found.append(Passage(said.pages[one.page].number, pieces, hit))
    return tuple(found)


def _best_place(lit: Sequence[_Lit], keys: Sequence[Sequence[str]], left: set[str]) -> tuple[int, int]:
    """Return (page among those lit, which of its words) of the first around which most words that are left stand."""
    best, most, wanted = (0, 0), 0, len(left)
    for number, one in enumerate(lit):
        for index, place in enumerate(one.at):
            end = bisect_right(one.at, place + _AROUND)
            if end - index > most:
                close = len(left.intersection(keys[number][index:end]))
                if close > most:
                    best, most = (number, index), close
                    if most == wanted:
                        return best
    return best


def _going_on(said: Texts, one: _Lit) -> list[bool]:
    """Return of each lit word of a page whether it stands on one line beside the one before."""
    beside = [False, *[other == at + 1 for at, other in pairwise(one.at)]]
    if True in beside:
        rows = said.pages[one.page].rows
        beside = [each and rows[at] == rows[at - 1] for each, at in zip(beside, one.at, strict=True)]
    return beside


def _references(fields: Sequence[InField]) -> list[tuple[Token, ...]]:
    return [one.words for one in fields if one.field == "refs"]


def _span(phrase: tuple[str, ...], said: Texts, start: int) -> dict[int, str]:
    """Return the words of a phrase that begins in the word of one place; none where it goes on otherwise."""
    read: list[tuple[str, int, str]] = []
    begins = 0
    end = said.bounds[bisect_right(said.bounds, (start, len(said.text))) - 1][1]
    for at, word in said.words_from(start, end):  # what says nothing, as a dash, may stand between
        read += [(token.exact, at, word) for token in read_word(word)]
        begins = begins or len(read)
        if len(read) >= begins - 1 + len(phrase):
            break
    found: dict[int, str] = {}
    for first in range(begins):
        stretch = read[first : first + len(phrase)]
        if tuple(exact for exact, _, _ in stretch) == phrase:
            found.update((at, word) for _, at, word in stretch)
    return found


@lru_cache(maxsize=50_000)
def _key(word: str) -> str:
    return " ".join(token.stem for token in read_word(word))


def _pieces(said: Sequence[str], lit: Sequence[int]) -> Pieces:
    """Return words in pieces; `lit` in order."""
    turns: list[int] = []
    for place in lit:
        if turns and turns[-1] == place:
            turns[-1] = place + 1
        else:
            turns += (place, place + 1)
    bounds = enumerate(pairwise((0, *turns, len(said))))
    return tuple([(" ".join(said[one:other]), n % 2 == 1) for n, (one, other) in bounds if one < other])
