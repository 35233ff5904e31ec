"""What the letter page draws over each page image: selectable lines, hits, and the evidence of proposals.

Coordinates are those of an SVG 1000 units wide; a line is one `<text>` with a `<tspan>` a word, so that the
browser's own search finds several words in a row (measured: one `<text>` a word does not).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ged.mail.item import Direction, State
from ged.mail.page import Box, Page, RegionKind
from ged.mail.qualification import Field, Proposal
from ged.services.consult import LetterFile
from search.light import Light

WIDTH = 1000
PAGES_SHOWN = 10
"""Pages on one screen; a longer letter is read ten pages at a time."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A rectangle in the units of the page's SVG."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Line:
    """One text line: its baseline, its letter height, and (word, x, width) for each word."""

    y: int
    size: int
    words: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """One page as drawn."""

    number: int
    height: int
    blank: bool
    has_image: bool
    lines: tuple[Line, ...]
    hits: tuple[Drawn, ...]
    evidence: tuple[tuple[Field, Drawn], ...]
    regions: tuple[tuple[RegionKind, Drawn], ...]
    text: str


def views(file: LetterFile, words: str, start: int) -> tuple[PageView, ...]:
    """Return the pages from `start` on (from 1), ten at most, with the hits of `words` lit."""
    shown = file.pages[start - 1 : start - 1 + PAGES_SHOWN]
    lit = Light(words).on(file.pages) if words.strip() else {}
    images = {image.number for image in file.images}
    # What the house wrote and signed itself was not read to be registered: nothing on it is a guess.
    guessed = file.letter.direction is Direction.INCOMING or file.letter.state is State.TO_QUALIFY
    proposals = file.proposals if guessed else {}
    return tuple(_view(page, lit.get(page.number, ()), proposals, has_image=page.number in images) for page in shown)


def _view(page: Page, lit: Sequence[int], proposals: dict[Field, Proposal], *, has_image: bool) -> PageView:
    height = round(WIDTH * page.height_px / page.width_px)
    evidence = tuple(
        (name, _drawn(found.evidence.box, height, margin=3))
        for name, found in proposals.items()
        if found.evidence and found.evidence.page == page.number
    )
    lines = []
    for words in page.lines():
        box = words[0].box
        for word in words[1:]:
            box = box.union(word.box)
        drawn = _drawn(box, height)
        placed = tuple((word.text, *_span(word.box)) for word in words)
        lines.append(Line(drawn.y + round(drawn.height * 0.8), max(4, round(drawn.height * 0.85)), placed))
    hits = tuple(_drawn(page.words[at].box, height, margin=2) for at in lit)
    regions = tuple((region.kind, _drawn(region.box, height)) for region in page.regions)
    return PageView(page.number, height, page.blank, has_image, tuple(lines), hits, evidence, regions, page.text)


def _drawn(box: Box, height: int, margin: int = 0) -> Drawn:
    left, top = round(box.left * WIDTH) - margin, round(box.top * height) - margin
    right, bottom = round(box.right * WIDTH) + margin, round(box.bottom * height) + margin
    return Drawn(left, top, max(1, right - left), max(1, bottom - top))


def _span(box: Box) -> tuple[int, int]:
    return round(box.left * WIDTH), max(1, round((box.right - box.left) * WIDTH))
