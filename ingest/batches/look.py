"""One page of a lot as the board needs it: blank or not, the QR of our sheets, two pictures. A pure function."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ingest.readers import pdf
from ingest.readers.source import Grey, PageImage
from ingest.sheets.codes import codes_on
from ingest.sheets.look import scanned_page
from ingest.stages.clean import is_blank

SMALL_PX, LARGE_PX = 200, 900
"""Widths: on the board, and to read a page before deciding."""
_DRAWN_PX = 1240
"""A page that is no scan is drawn as wide as A4 at 150 points an inch, which a QR of ours needs."""
_QUALITY = {SMALL_PX: 40, LARGE_PX: 50}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen of a page; pictures are WebP."""

    blank: bool
    sheet: str
    code: str
    width_px: int
    height_px: int
    small: bytes
    large: bytes


def look_at_page(path: Path, number: int) -> Looked:
    """Return what a page shows.

    Raises:
        Refused: `capture.damaged`.
    """
    image = scanned_page(path, number) or _drawn(path, number)
    seen = codes_on(image, number)
    height, width = image.grey.shape
    return Looked(
        blank=not seen and is_blank(image),
        sheet=seen[0].sheet if seen else "",
        code=seen[0].code if seen else "",
        width_px=width,
        height_px=height,
        small=_picture(image.grey, SMALL_PX),
        large=_picture(image.grey, LARGE_PX),
    )


def _drawn(path: Path, number: int) -> PageImage:
    width, _ = pdf.size_points(path, number)
    return PageImage(pdf.raster(path, number, _DRAWN_PX), _DRAWN_PX / width * 72)


def _picture(grey: Grey, width_px: int) -> bytes:
    height, width = grey.shape
    size = (min(width_px, width), max(1, round(height * min(width_px, width) / width)))
    small = cv2.resize(np.ascontiguousarray(grey), size, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".webp", small, (cv2.IMWRITE_WEBP_QUALITY, _QUALITY[width_px]))
    return bytes(data.tobytes())
