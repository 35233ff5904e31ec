"""The first page as lines with places: what letter-writing custom puts where.

Coordinates are fractions of the upright page. A line that OCR ran across two columns is cut at the gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise
from statistics import median

from ged.mail.french_dates import plain
from ged.mail.page import Box, Evidence, Page, Word

GAP = 0.07
"""A blank wider than this share of the page parts two columns."""
LETTERHEAD = 0.2
"""How far down the page two columns of a letterhead come close together."""
MOST_WORDS, MOST_SIGNS, MOST_LINES = 2_000, 20_000, 500
"""Of one page, from its top: A4 in the smallest print that is read holds fewer, and what says of a letter who writes
to whom stands before them. A longer page was made to hold reading up, or is a plan or a table."""
_OPEN = frozenset({"de", "du", "des", "la", "le", "les", "et", "à", "au", "aux", "en", "pour", "of", "the", "and"})
"""Words that no column ends with: the blank after one is a space of justified or spoilt print."""
LONGEST_LINE, LONGEST_WORD = 400, 200
"""In characters: patterns are sought in the square of a line. A3 on its side holds fewer; a longer word is encoded."""


@dataclass(frozen=True)
class Line:
    """A run of words on one level, in one column."""

    words: tuple[Word, ...]
    page: int

    @cached_property
    def text(self) -> str:
        """The words, one space apart."""
        return " ".join(word.text for word in self.words)

    @cached_property
    def plain(self) -> str:
        """The text in lower case, without accents."""
        return plain(self.text).replace("\u2019", "'")

    @cached_property
    def box(self) -> Box:
        """The box around the words."""
        box = self.words[0].box
        for word in self.words[1:]:
            box = box.union(word.box)
        return box

    @cached_property
    def confidence(self) -> float:
        """Mean OCR confidence over characters."""
        count = sum(len(word.text) for word in self.words)
        return sum(word.confidence * len(word.text) for word in self.words) / max(1, count)

    @property
    def height(self) -> float:
        """Height of the line."""
        return self.box.bottom - self.box.top


def lines_of(page: Page) -> list[Line]:
    """Return the printed lines of a page, top to bottom, then left to right."""
    return _cut(within_bounds(page).printed_lines(), page.number)


def stamped_lines_of(page: Page) -> list[Line]:
    """Return the lines that a stamp or a hand added to a page."""
    added = ([word for word in line if not word.printed] for line in within_bounds(page).lines())
    return _cut((tuple(line) for line in added if line), page.number)


def within_bounds(page: Page) -> Page:
    """Return a page with no more words than one holds, none of them longer than any is."""
    words = page.words[:MOST_WORDS]
    if any(len(word.text) > LONGEST_WORD for word in words):
        words = tuple(replace(word, text=word.text[:LONGEST_WORD]) for word in words)
    ends = accumulate(len(word.text) + 1 for word in words)
    kept = sum(end <= MOST_SIGNS for end in ends)
    return page if words is page.words and kept == len(words) else replace(page, words=words[:kept])


def _cut(lines: Iterable[tuple[Word, ...]], page: int) -> list[Line]:
    found: list[Line] = []
    for words in lines:
        run: list[Word] = []
        signs = 0
        wide = _wide(words)
        for word in words:
            signs += len(word.text) + 1
            blank = min(GAP, 1.5 * wide) if run and run[-1].text.lower() in _OPEN else wide
            if run and (signs > LONGEST_LINE or word.box.left - run[-1].box.right > blank):
                found.append(Line(tuple(run), page))
                run, signs = [], len(word.text) + 1
            if run and _is_drawing(run[-1], word):
                run.pop()
            run.append(word)
        if run:
            found.append(Line(tuple(run), page))
    return sorted(found, key=lambda line: (round(line.box.top, 2), line.box.left))[:MOST_LINES]


def _wide(words: Sequence[Word]) -> float:
    """Return the blank that parts two columns on a line: less in the letterhead, where they come close together."""
    if len(words) < 4 or words[0].box.top > LETTERHEAD:
        return GAP
    blanks = [after.box.left - before.box.right for before, after in pairwise(words)]
    return min(GAP, max(0.022, 3 * median(blanks)))


def _is_drawing(word: Word, following: Word) -> bool:
    """Whether a "word" is the logo beside a letterhead: two marks at most, twice as tall as what follows it."""
    marks = sum(mark.isalnum() for mark in word.text)
    tall = word.box.bottom - word.box.top > 2 * (following.box.bottom - following.box.top)
    return tall and marks < len(word.text) <= 3


def evidence_of(words: Sequence[Word], page: int) -> Evidence:
    """Return where some words stand."""
    box = words[0].box
    for word in words[1:]:
        box = box.union(word.box)
    return Evidence(page, box)


def words_at(line: Line, start: int, end: int) -> list[Word]:
    """Return the words of a line that stand between two places of its text."""
    found: list[Word] = []
    position = 0
    for word in line.words:
        if position < end and position + len(word.text) > start:
            found.append(word)
        position += len(word.text) + 1
    return found or list(line.words)
