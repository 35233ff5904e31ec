"""Reading a file of our sheets: page by page, which sheet it is and what was written on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2

from ged.mail.returned import SheetPage
from ged.mail.slip import SIGNED, Layout
from ingest.readers.source import PageImage
from ingest.sheets.codes import Seen, Sheet
from ingest.sheets.look import scanned_page
from ingest.sheets.straight import laid_straight
from ingest.sheets.ticks import inked, read_slip
from ingest.stages.clean import clean

# Calibrated by scripts/measure_slips.py: the inked share of the place for a signature.
UNSIGNED_BELOW, SIGNED_FROM = 0.0015, 0.006
_PICTURE_QUALITY = 55


def read_sheets(
    path: Path, page_count: int, seen: Sequence[Seen], layouts: Mapping[str, Layout]
) -> tuple[SheetPage, ...]:
    """Return what each page of a file is; a page without a code of ours is blank, or something else."""
    on_page = {each.page: each for each in reversed(seen)}
    return tuple(_page(path, number, on_page.get(number), layouts) for number in range(1, page_count + 1))


def _page(path: Path, number: int, seen: Seen | None, layouts: Mapping[str, Layout]) -> SheetPage:
    image = scanned_page(path, number)
    if image is None:
        return SheetPage(number, "", slip=False)
    if seen is None:
        return SheetPage(number, "", slip=False, blank=clean(image).blank)
    if seen.sheet is Sheet.SLIP and seen.code in layouts:
        return _slip(number, image, seen, layouts[seen.code])
    return SheetPage(number, seen.code, slip=False, signed=_signed(image, seen))


def _slip(number: int, image: PageImage, seen: Seen, layout: Layout) -> SheetPage:
    reading, sheet = read_slip(image.grey, seen.corners_px, layout)
    shown = sheet if sheet is not None else image.grey
    _, data = cv2.imencode(".webp", shown, (cv2.IMWRITE_WEBP_QUALITY, _PICTURE_QUALITY))
    return SheetPage(number, seen.code, slip=True, reading=reading, picture=data.tobytes())


def _signed(image: PageImage, seen: Seen) -> bool | None:
    sheet = laid_straight(image.grey, seen.corners_px)
    if sheet is None:
        return None
    share = inked(sheet, *SIGNED)
    if share < UNSIGNED_BELOW:
        return False
    return True if share >= SIGNED_FROM else None
