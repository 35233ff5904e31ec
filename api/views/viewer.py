"""What the letter page draws over each page image: selectable lines, hits, and the evidence of proposals.

Coordinates are those of an SVG 1000 units wide; a line is one `<text>` with a `<tspan>` a word, so that the
browser's own search finds several words in a row (measured: one `<text>` a word does not).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ged.mail.item import Direction, State
from ged.mail.page import Box, Page, RegionKind
from ged.mail.qualification import Field, Proposal
from ged.services.consult import LetterFile
from search.light import Light, LitRun, Pieces

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
class LitFile:
    """The hits of a search on all pages of a letter, and the one in hand, from 1; 0 when none is."""

    runs: tuple[LitRun, ...]
    at: int

    @property
    def total(self) -> int:
        """How many hits there are."""
        return len(self.runs)

    @property
    def following(self) -> int:
        """The hit after the one in hand; after the last, the first."""
        return self.at % self.total + 1

    @property
    def previous(self) -> int:
        """The hit before the one in hand; before the first, the last."""
        return self.at - 1 if self.at > 1 else self.total


@dataclass(frozen=True, slots=True)
class PageView:
    """One page as drawn; each of its hits with its place among those of the letter."""

    number: int
    height: int
    blank: bool
    has_image: bool
    lines: tuple[Line, ...]
    hits: tuple[tuple[int, Drawn], ...]
    evidence: tuple[tuple[Field, Drawn], ...]
    regions: tuple[tuple[RegionKind, Drawn], ...]
    text: str


def lit_file(pages: Sequence[Page], light: Light | None, asked: int, start: int | None) -> tuple[LitFile, int]:
    """Return the hits of a search, and the first page to show (from 1).

    Args:
        pages: All pages of the letter.
        light: What was searched, its filters taken away; None for nothing.
        asked: The hit to show, from 1; 0 when none is asked for.
        start: The first page asked for; None leads to the page of the hit.
    """
    runs = light.runs(pages) if light else ()
    order = {page.number: at for at, page in enumerate(pages)}
    if not runs:
        return LitFile((), 0), start or 1
    at = asked if 1 <= asked <= len(runs) else 0
    if start is None:
        at = at or 1
        return LitFile(runs, at), order[runs[at - 1].page] // PAGES_SHOWN * PAGES_SHOWN + 1
    shown = range(start - 1, start - 1 + PAGES_SHOWN)
    if at == 0 or order[runs[at - 1].page] not in shown:
        at = next((n for n, run in enumerate(runs, 1) if order[run.page] in shown), 0)
    return LitFile(runs, at), start


def views(file: LetterFile, lit: LitFile, start: int) -> tuple[PageView, ...]:
    """Return the pages from `start` on (from 1), ten at most, with what is lit on them."""
    shown = file.pages[start - 1 : start - 1 + PAGES_SHOWN]
    images = {image.number for image in file.images}
    # What the house wrote and signed itself was not read to be registered: nothing on it is a guess.
    guessed = file.letter.direction is Direction.INCOMING or file.letter.state is State.TO_QUALIFY
    proposals = file.proposals if guessed else {}
    numbered: dict[int, list[tuple[int, LitRun]]] = {}
    for number, run in enumerate(lit.runs, 1):
        numbered.setdefault(run.page, []).append((number, run))
    return tuple(
        _view(page, numbered.get(page.number, ()), proposals, has_image=page.number in images) for page in shown
    )


def lit_lines(page: Page, places: Mapping[int, Sequence[int]]) -> tuple[Pieces, ...]:
    """Return the text of a page, line by line, each in pieces that are lit or not."""
    lit, at, lines = set(places.get(page.number, ())), 0, []
    for words in page.lines():
        pieces: list[tuple[str, bool]] = []
        for word in words:
            shines = at in lit
            if pieces and pieces[-1][1] == shines:
                pieces[-1] = (f"{pieces[-1][0]} {word.text}", shines)
            else:
                pieces.append((word.text, shines))
            at += 1
        lines.append(tuple(pieces))
    return tuple(lines)


def _view(
    page: Page, lit: Sequence[tuple[int, LitRun]], proposals: dict[Field, Proposal], *, has_image: bool
) -> PageView:
    height = round(WIDTH * page.height_px / page.width_px)
    evidence = tuple(
        (name, _drawn(found.evidence.box, height, margin=3))
        for name, found in proposals.items()
        if found.evidence and found.evidence.page == page.number
    )
    lines = []
    for words in page.lines():
        drawn = _drawn(_around([word.box for word in words]), height)
        placed = tuple((word.text, *_span(word.box)) for word in words)
        lines.append(Line(drawn.y + round(drawn.height * 0.8), max(4, round(drawn.height * 0.85)), placed))
    hits = tuple(
        (number, _drawn(_around([page.words[at].box for at in run.words]), height, margin=2)) for number, run in lit
    )
    regions = tuple((region.kind, _drawn(region.box, height)) for region in page.regions)
    return PageView(page.number, height, page.blank, has_image, tuple(lines), hits, evidence, regions, page.text)


def _around(boxes: Sequence[Box]) -> Box:
    around = boxes[0]
    for box in boxes[1:]:
        around = around.union(box)
    return around


def _drawn(box: Box, height: int, margin: int = 0) -> Drawn:
    left, top = round(box.left * WIDTH) - margin, round(box.top * height) - margin
    right, bottom = round(box.right * WIDTH) + margin, round(box.bottom * height) + margin
    return Drawn(left, top, max(1, right - left), max(1, bottom - top))


def _span(box: Box) -> tuple[int, int]:
    return round(box.left * WIDTH), max(1, round((box.right - box.left) * WIDTH))
