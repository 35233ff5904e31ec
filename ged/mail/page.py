"""What was read on a page: words with boxes, and where a proposed value was seen.

Every box is in fractions of the upright page, origin top left, so that the same box fits the
thumbnail, the large image and the PDF whatever their size.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import msgspec

IMAGE_TYPE = "image/jpeg"
"""The format of a page's images: as light as WebP at the quality that print needs, in a sixth of the time.

Source: scripts/measure_stages.py, 2026-11-28.
"""


DOUBTED = 0.85
"""Confidence below which a word may be another: so are three quarters of those misread, and one in forty of the others.

Source: 110 spoilt scans of scripts/train_fields.py read by tesseract and compared with what was printed, 2026-11-29.
"""


class TextSource(StrEnum):
    """Where the text of a page comes from."""

    BORN_DIGITAL = "numerique"
    OCR_LAYER = "couche_ocr"
    OCR = "ocr"
    BLANK = "blanche"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the upright page, each side a fraction in [0, 1] of width or height."""

    left: float
    top: float
    right: float
    bottom: float

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word as read: `confidence` in [0, 1]; `line` counts text lines down the page from 0.

    `printed` is False for what a stamp or a hand added: it is found by a search, and says nothing of the letter.
    """

    text: str
    box: Box
    confidence: float
    line: int
    printed: bool = True


class RegionKind(StrEnum):
    """What was added to a page after it was printed."""

    STAMP = "tampon"
    SIGNATURE = "signature"
    HANDWRITING = "manuscrit"


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page that is no print."""

    kind: RegionKind
    box: Box


Point = tuple[float, float]
Outline = tuple[Point, Point, Point, Point]
"""Corners of the sheet on the image as it came, clockwise from the top left, in fractions of its width and height."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the original, as read.

    Attributes:
        number: From 1, in the order of the original.
        width_px: Width of the upright page image at `resolution_dpi`; `height_px` likewise.
        rotation_deg: 0, 90, 180 or 270: counter-clockwise turn that makes the original upright.
        skew_deg: Small counter-clockwise turn that makes its lines level.
        confidence: Mean over characters, in [0, 1]; 1 for born-digital text, 0 when nothing was read.
        engine: Name and version of what read it, `pypdfium2 5.15` or `tesseract 5.5.4 fra`.
        regions: What was stamped or written on the print.
        outline: Where the sheet lies on a photograph, which the page is then shown without; None when it is all sheet.
    """

    number: int
    width_px: int
    height_px: int
    resolution_dpi: float
    rotation_deg: int
    skew_deg: float
    source: TextSource
    confidence: float
    engine: str
    words: tuple[Word, ...]
    regions: tuple[Region, ...] = ()
    outline: Outline | None = None

    @property
    def blank(self) -> bool:
        """Whether the page carries nothing; it is kept in the original and not read."""
        return self.source is TextSource.BLANK

    def lines(self) -> Iterator[tuple[Word, ...]]:
        """Yield the words of each text line, top to bottom, left to right within a line."""
        for _, words in groupby(self.words, key=lambda word: word.line):
            yield tuple(words)

    def printed_lines(self) -> Iterator[tuple[Word, ...]]:
        """Yield the lines without what was stamped or written on them: what the letter itself says."""
        for line in self.lines():
            if printed := tuple(word for word in line if word.printed):
                yield printed

    @property
    def said(self) -> tuple[str, ...]:
        """Its words, without where they stand."""
        return tuple(word.text for word in self.words)

    @property
    def rows(self) -> tuple[int, ...]:
        """The text line of each word."""
        return tuple(word.line for word in self.words)

    @property
    def doubted(self) -> tuple[str, ...]:
        """Its words that may be others."""
        return tuple(word.text for word in self.words if word.confidence < DOUBTED)

    @property
    def text(self) -> str:
        """The page's text, one text line a line."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines())


WORD_END = "\x1f"
"""Between words that may hold spaces: a separator of units, which no letter prints."""


def ended(words: Sequence[str]) -> str:
    """Return words as one text, an end between each and the next."""
    text = WORD_END.join(words)
    if text.count(WORD_END) >= len(words) > 0:  # one holds what is to end it
        text = WORD_END.join(word.replace(WORD_END, " ") for word in words)
    return text


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page says, as one text.

    Attributes:
        ended: Its words, an end between each and the next (`WORD_END`).
        lines: The text line of each word, as JSON: few pages are asked for it.
    """

    number: int
    ended: str
    lines: str

    @property
    def said(self) -> tuple[str, ...]:
        """Its words."""
        return tuple(self.ended.split(WORD_END)) if self.ended else ()

    @property
    def text(self) -> str:
        """The page's text, one space between words, whatever the line."""
        return self.ended.replace(WORD_END, " ")

    @property
    def rows(self) -> tuple[int, ...]:
        """The text line of each word."""
        return msgspec.json.decode(self.lines, type=tuple[int, ...])


@dataclass(frozen=True, slots=True)
class PageWords:
    """What a page says, word by word, without where.

    Attributes:
        rows: The text line of each word, if it was asked for.
        doubted: The words that may be others, if they were asked for.
    """

    number: int
    said: tuple[str, ...]
    rows: tuple[int, ...] = ()
    doubted: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The page's text, one space between words, whatever the line."""
        return " ".join(self.said)


@dataclass(frozen=True, slots=True)
class AnalysedPage:
    """What a page says as an index holds it (`search.document`): words between spaces.

    Attributes:
        analysis: By which analysis: what another made is of no use.
        exact: Every word folded, in order.
        stems: Of the words that say something.
        grams: Trigrams of the words that the reading doubts.
    """

    number: int
    analysis: int
    exact: str
    stems: str
    grams: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where on the letter a value was seen: page number from 1, and the box of its words."""

    page: int
    box: Box
