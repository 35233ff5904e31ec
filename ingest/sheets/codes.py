"""The QR of our own sheets on a page image: what it says, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from ingest.readers.source import PageImage

LOOK_DPI = 150
"""Pages are looked at about this finely: a module of our QR is then 5 points (docs/measures.md)."""
_LEAST_PX = 21
"""No QR has fewer modules a side; of a page that is one row of pixels, a smaller image would have none."""
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_OURS = re.compile(r"https?://[^/\s]+(?:/[^\s]*)?/(d|f|s|l)/([A-Za-z0-9_-]{22})", re.ASCII)


class Sheet(StrEnum):
    """Which of our sheets a code is of; the letter of its address."""

    TRANSMITTAL = "d"
    SLIP = "f"
    SIGNED_COPY = "s"
    BATCH = "l"


@dataclass(frozen=True, slots=True)
class Seen:
    """A QR of ours on a page.

    Attributes:
        corners_px: Its corners on the page image at full size, shape (4, 2), float32: the sheet's top left, top
            right, bottom right, bottom left, wherever they came to lie.
    """

    page: int
    sheet: Sheet
    code: str
    corners_px: NDArray[np.float32]


def codes_on(image: PageImage, page: int) -> tuple[Seen, ...]:
    """Return the QRs of our sheets on a page, sought at a reduced resolution, whatever way up the page lies."""
    scale = min(1.0, LOOK_DPI / image.resolution_dpi)
    small = image.grey
    if min(small.shape) * scale < _LEAST_PX:
        return ()
    if scale < 1.0:
        small = np.asarray(cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    seen = []
    for found in zxingcpp.read_barcodes(np.ascontiguousarray(small), formats=_QR):
        said = _OURS.fullmatch(found.text)
        if said is None:
            continue
        at = found.position
        corners = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
        points = np.array([[corner.x, corner.y] for corner in corners], np.float32) / scale
        seen.append(Seen(page, Sheet(said[1]), said[2], points))
    return tuple(seen)
