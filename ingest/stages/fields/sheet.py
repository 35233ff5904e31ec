"""The sheet: the lines of the pages that are looked at, each with its neighbours, its flags and its place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from ged.mail.page import Page, TextSource
from ingest.stages.fields.layout import Line, lines_of, stamped_lines_of
from ingest.stages.fields.lexicon import FLAGS

MAX_PAGES = 3
BODY_WORDS, BODY_WIDTH = 9, 0.5
FLAG_NAMES = tuple(FLAGS)
_NO_FLAGS = (0.0,) * len(FLAGS)


@dataclass(eq=False)
class Placed:
    """A line among the others: who stands above, below and left of it, as indexes into the sheet; -1 for nobody."""

    line: Line
    index: int
    stamped: bool = False
    above: int = -1
    under: int = -1
    left: int = -1

    @cached_property
    def flags(self) -> tuple[float, ...]:
        """Which patterns of the lexicon the line carries."""
        text = self.line.plain.strip()
        return tuple(float(pattern.search(text) is not None) for pattern in FLAGS.values())

    def has(self, name: str) -> bool:
        """Whether the line carries a pattern."""
        return bool(self.flags[FLAG_NAMES.index(name)])

    @cached_property
    def body(self) -> bool:
        """Whether the line is running text."""
        box = self.line.box
        return len(self.line.words) >= BODY_WORDS and box.right - box.left > BODY_WIDTH

    @cached_property
    def shape(self) -> tuple[float, ...]:
        """How the line is set: place, size, capitals, digits."""
        box, text = self.line.box, self.line.text
        letters = [c for c in text if c.isalpha()]
        words = [word.text for word in self.line.words]
        return (
            box.left,
            box.right,
            (box.left + box.right) / 2,
            box.top,
            len(words),
            len(text),
            sum(c.isupper() for c in letters) / max(1, len(letters)),
            sum(word[:1].isupper() for word in words) / len(words),
            sum(c.isdigit() for c in text) / max(1, len(text)),
            float(bool(re.match(r"[a-zà-ÿ]", text))),
        )


class Sheet:
    """The first pages of a letter and its last: all that a letter says of itself stands there."""

    def __init__(self, pages: Sequence[Page]) -> None:
        told = [page for page in pages if page.words]
        kept = told if len(told) <= MAX_PAGES else [*told[: MAX_PAGES - 1], told[-1]]
        self.last_page = kept[-1].number if kept else 0
        self.first_page = kept[0].number if kept else 0
        self.printed = bool(kept) and all(page.source is TextSource.BORN_DIGITAL for page in kept)
        lines = [(line, False) for page in kept for line in lines_of(page)]
        lines += [(line, True) for page in kept for line in stamped_lines_of(page)]
        self.lines = [Placed(line, index, stamped) for index, (line, stamped) in enumerate(lines)]
        self.height = median(one.line.height for one in self.lines) if self.lines else 0.01
        self._place()
        said = self.said
        first = [one for one in said if one.line.page == self.first_page]
        self.greeting = min((one.line.box.top for one in first if one.has("greeting")), default=0.6)
        self.subject = min((one.line.box.top for one in first if one.has("subject")), default=0.6)
        closings = [(one.line.page, one.line.box.top) for one in said if one.has("closing")]
        self.closing = max(closings, default=(self.last_page, 0.6))
        self.text = "\n".join(one.line.plain for one in said)

    @cached_property
    def said(self) -> list[Placed]:
        """The lines of the letter itself, without what was stamped or written on them."""
        return [one for one in self.lines if not one.stamped]

    @cached_property
    def line_of(self) -> Mapping[int, Placed]:
        """The line that each word stands on, by the word's identity."""
        return {id(word): one for one in self.lines for word in one.line.words}

    @cached_property
    def right_of(self) -> Mapping[int, list[Placed]]:
        """The lines of the letter itself that have each line on their left, by its index."""
        found = defaultdict[int, list[Placed]](list)
        for one in self.said:
            found[one.left].append(one)
        return found

    @cached_property
    def leading(self) -> float:
        """The blank between two lines of running text, in line heights; that of double spacing where there is none."""
        blanks = [self.gap(one.index, one.under) for one in self.said if one.body and one.under >= 0]
        return median(blanks) if blanks else 1.0

    def chains(self, goes_on: Callable[[Placed], bool]) -> dict[int, int]:
        """Return how many lines that go on stand right under each line of the letter itself, one under the other."""
        found = {-1: -1}
        for one in sorted(self.said, key=lambda one: -one.line.box.top):
            found[one.index] = found[one.under] + 1 if one.under >= 0 and goes_on(self.lines[one.under]) else 0
        return found

    @cached_property
    def heading(self) -> tuple[float, ...]:
        """How many lines over the greeting name a ministry, a unit, a firm, a sender; whether one signs for another."""
        over = [one for one in self.said if one.line.page == self.first_page and one.line.box.top < self.greeting]
        counts = (sum(one.has(name) for one in over) for name in ("ministry", "unit", "firm", "from", "contact"))
        return (*(float(min(4, count)) for count in counts), float(any(one.has("proxy") for one in self.said)))

    def flags(self, index: int) -> tuple[float, ...]:
        """Return the flags of a line, none for nobody."""
        return self.lines[index].flags if index >= 0 else _NO_FLAGS

    def gap(self, upper: int, lower: int) -> float:
        """Return the blank between two lines in line heights; 9 where there is no other line."""
        if upper < 0 or lower < 0:
            return 9.0
        blank = self.lines[lower].line.box.top - self.lines[upper].line.box.bottom
        return max(-1.0, min(9.0, blank / max(self.height, 1e-4)))

    def _place(self) -> None:
        for one in self.lines:
            box, page = one.line.box, one.line.page
            best_above, best_under, best_left = -9.0, 9.0, -9.0
            for other in self.lines[max(0, one.index - 40) : one.index + 40]:
                there = other.line.box
                if other is one or other.line.page != page or other.stamped != one.stamped:
                    continue
                middle = (there.top + there.bottom) / 2
                if box.top < middle < box.bottom:
                    if there.right <= box.left + 0.01 and there.right > best_left:
                        best_left, one.left = there.right, other.index
                elif there.left < box.right and there.right > box.left - 0.02:
                    if there.top < box.top and there.top > best_above and middle < box.top:
                        best_above, one.above = there.top, other.index
                    if there.top > box.top and there.top < best_under and middle > box.bottom:
                        best_under, one.under = there.top, other.index
