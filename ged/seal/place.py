"""Where the block of a signature goes on a PDF: at the words that its template prints, or in free room."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
from numpy.typing import NDArray

from ged.mail.sheet import ANCHOR

_MARGIN_PT = 36
_STEP_PT = 6
_WHITE = 250
"""Lighter than this, of 255, is paper."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page from 0, and (left, bottom, right, top) on it in points from its lower left corner."""

    page: int
    box: tuple[int, int, int, int]


def find_place(pdf: bytes, block: bytes, *, on_first: bool = False, at_foot: bool = False) -> tuple[bytes, Place]:
    """Return the PDF, and where a block fits on it: the PDF has one more page when none had room.

    With `on_first` free room on the first page is taken before any other place; with `at_foot` only the lowest free
    room of the last page is, from the left: what is no signature leaves the room of signatures free.

    Raises:
        ValueError: one of them is not a PDF that can be read.
    """
    width, height = _size(block)
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("not a readable PDF") from error
    try:
        document.init_forms()  # what was typed in a form is written too
        last = len(document) - 1
        first = _in_free_room(document, width, height, 0) if on_first else None
        anchored = None if at_foot else first or _at_anchor(document, width, height)
        place = anchored or _in_free_room(document, width, height, last, at_foot=at_foot)
        count = len(document)
    finally:
        document.close()
    if place is not None:
        return pdf, place
    longer, page_width, page_height = _with_page(pdf)
    left, top = page_width - _MARGIN_PT - width, page_height - 2 * _MARGIN_PT
    return longer, Place(count, _box(left, top - height, width, height))


def page_count(pdf: bytes) -> int:
    """Return how many pages a PDF has.

    Raises:
        ValueError: it is not a PDF that can be read.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise ValueError("not a readable PDF") from error
    try:
        return len(document)
    finally:
        document.close()


def _size(block: bytes) -> tuple[float, float]:
    document = pypdfium2.PdfDocument(block)
    try:
        width, height = document[0].get_size()
    finally:
        document.close()
    return float(width), float(height)


def _at_anchor(document: pypdfium2.PdfDocument, width: float, height: float) -> Place | None:
    """The block begins where the words do, kept whole on the page; it covers them, and nothing else that is written."""
    for number in reversed(range(len(document))):
        page = document[number]
        words = page.get_textpage()
        found = words.search(ANCHOR, match_case=True).get_next()
        if found is None:
            continue
        boxes = [words.get_charbox(index) for index in range(found[0], found[0] + found[1])]
        page_width, page_height = page.get_size()
        anchor = min(box[0] for box in boxes), min(box[1] for box in boxes), max(box[2] for box in boxes)
        top = min(max(box[3] for box in boxes) + 4, page_height)
        left = max(min(anchor[0], page_width - _MARGIN_PT - width), _MARGIN_PT / 2)
        if top - height < _MARGIN_PT / 2:
            return None
        ink = _ink(page)
        ink[int(page_height - top) : int(page_height - anchor[1]) + 3, int(anchor[0]) - 2 : int(anchor[2]) + 3] = False
        place = Place(number, _box(left, top - height, width, height))
        return None if _written(ink, page_height, place.box) else place
    return None


def _ink(page: pypdfium2.PdfPage) -> NDArray[np.bool_]:
    """Return where the page is written: (height, width), one pixel a point, row 0 on top."""
    written: NDArray[np.bool_] = page.render(scale=1, grayscale=True).to_numpy().squeeze() < _WHITE
    return written


def _written(ink: NDArray[np.bool_], page_height: float, box: tuple[int, int, int, int]) -> bool:
    left, bottom, right, top = box
    return bool(ink[int(page_height - top) : int(page_height - bottom) + 1, left : right + 1].any())


def _in_free_room(
    document: pypdfium2.PdfDocument, width: float, height: float, number: int, *, at_foot: bool = False
) -> Place | None:
    """The first blank rectangle of a page: from under the text downwards and from the right, or from the foot up."""
    page = document[number]
    page_width, page_height = page.get_size()
    ink = _ink(page)
    last = page_height - _MARGIN_PT - height
    tops = range(_MARGIN_PT, int(last) + 1, _STEP_PT)
    lefts = range(int(page_width - _MARGIN_PT - width), _MARGIN_PT - 1, -_STEP_PT)
    written = [row for row in range(ink.shape[0]) if ink[row, :].any() and row < last]
    below = [top for top in tops if not written or top > written[-1]]
    downwards = [*below, *(each for each in reversed(tops) if each not in below)]
    for top in reversed(below) if at_foot else downwards:
        for left in reversed(lefts) if at_foot else lefts:
            place = Place(number, _box(left, page_height - top - height, width, height))
            if not _written(ink, page_height, place.box):
                return place
    return None


def _with_page(pdf: bytes) -> tuple[bytes, float, float]:
    made = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        left, bottom, right, top = (float(value) for value in document.pages[-1].mediabox)
        document.add_blank_page(page_size=(right - left, top - bottom))
        document.save(made)
    return made.getvalue(), right - left, top - bottom


def _box(left: float, bottom: float, width: float, height: float) -> tuple[int, int, int, int]:
    return round(left), round(bottom), round(left + width), round(bottom + height)
