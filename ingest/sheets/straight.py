"""Laying a sheet straight: its four marks, sought where its QR says they are, give the way from page to paper."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ged.mail.slip import MARK, MARKS, PAGE, QR_AT, QR_SIDE
from ingest.readers.source import Grey

DOTS = 8
"""The sheet laid straight has this many points a millimetre: about 203 dpi."""
_REACH_MM = 13.0
_QR_TOLERANCE_MM = 1.6

Points = NDArray[np.float32]


def laid_straight(grey: Grey, qr_corners_px: Points) -> Grey | None:
    """Return the sheet upright at `DOTS` points a millimetre; None when its marks are not where they must be.

    The marks give the way, and the QR, found without them, must then lie where it was printed: a mark mistaken for
    another fails there. One mark may be missing (a torn corner, a staple): three tell the way of a flat sheet.
    """
    corners, paper = np.ascontiguousarray(qr_corners_px, np.float32), _qr_on_paper()
    # Four points so close together tell the turn and the size well, the perspective badly: it is left out.
    affine, _ = cv2.estimateAffinePartial2D(paper, corners)
    if affine is None:
        return None
    dots = float(np.hypot(affine[0, 0], affine[1, 0]))
    if not 2.0 < dots < 60.0:
        return None
    found = {centre: _mark(grey, _through(affine, centre), dots) for centre in MARKS}
    there = [(point, centre) for centre, point in found.items() if point is not None]
    if len(there) < 3:
        return None
    seen = np.array([point for point, _ in there], np.float32)
    meant = np.array([centre for _, centre in there], np.float32) * DOTS
    if len(there) == len(MARKS):
        way = cv2.getPerspectiveTransform(seen, meant)
    else:
        way = np.vstack([cv2.getAffineTransform(seen, meant), [0.0, 0.0, 1.0]])
    shown = cv2.perspectiveTransform(corners[None], way)[0] / DOTS
    if float(np.abs(shown - paper).max()) > _QR_TOLERANCE_MM:
        return None
    size = (round(PAGE[0] * DOTS), round(PAGE[1] * DOTS))
    how = cv2.INTER_AREA if dots > DOTS else cv2.INTER_LINEAR
    straight = cv2.warpPerspective(np.ascontiguousarray(grey), way, size, flags=how, borderValue=(255,))
    return np.asarray(straight, np.uint8)


def _qr_on_paper() -> Points:
    (left, top), side = QR_AT, QR_SIDE
    return np.array([[left, top], [left + side, top], [left + side, top + side], [left, top + side]], np.float32)


def _through(affine: NDArray[Any], point: tuple[float, float]) -> tuple[float, float]:
    x, y = affine @ np.array([point[0], point[1], 1.0])
    return float(x), float(y)


def _mark(grey: Grey, near: tuple[float, float], dots: float) -> tuple[float, float] | None:
    """Return the centre of the solid square of the right size nearest to where it should be."""
    reach = round(_REACH_MM * dots)
    x, y = round(near[0]), round(near[1])
    left, top = max(0, x - reach), max(0, y - reach)
    part = grey[top : max(0, y + reach), left : max(0, x + reach)]
    if min(part.shape) < MARK * dots:
        return None
    smooth = cv2.GaussianBlur(np.ascontiguousarray(part), (0, 0), max(0.6, dots * 0.12))
    ink = cv2.threshold(smooth, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1]
    _, _, stats, centres = cv2.connectedComponentsWithStats(np.asarray(ink, np.uint8))
    side, best = MARK * dots, None
    for (_, _, width, height, area), centre in zip(stats[1:], centres[1:], strict=True):
        if not (0.7 * side < width < 1.45 * side and 0.7 * side < height < 1.45 * side):
            continue
        if not 0.72 * side * side < area < 1.35 * side * side:
            continue
        at = (float(centre[0]) + left, float(centre[1]) + top)
        away = float(np.hypot(at[0] - near[0], at[1] - near[1]))
        if best is None or away < best[0]:
            best = (away, at)
    return best[1] if best else None
