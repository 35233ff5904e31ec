"""Photo: the sheet found in a photograph, or inside the dark border of a scan, and laid straight.

The original and the image in the searchable copy stay as they came; only what is read, and the page images that
people see, are straightened. An outline goes with the page, so that a word's place is known on both.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ged.mail.page import Box, Outline, Page, Point
from ingest.readers.source import Grey, PageImage

_SMALL_PX, _NARROW_PX = 500, 30
"""The outline is judged on an image with this longer side; one narrower than the second then is a ribbon, no sheet."""
_LEAST_SHARE, _MOST_SHARE = 0.25, 0.965
"""Share of the image that the sheet takes: less is a label or a card, more is the whole image."""
_FILLS_HULL, _FILLS_CORNERS = 0.93, 0.93
_DARKER_AROUND = 22
"""What lies around the sheet is so much darker, in grey levels, along most of its edge."""
_EDGE_SEEN, _INSIDE = 0.7, 0.4
_SAME = 0.025
"""Outlines at two thresholds are one when no corner differs by more than this share of the image."""
_THRESHOLDS = (1.15, 1.0, 0.85, 0.72, 0.6, 0.5)
"""Tried, as shares of Otsu's: a shadow makes part of the sheet nearly as dark as the ground. The outline found most
often wins, then the largest."""
_A4, _NEARLY_A4 = math.sqrt(2), 0.14
_A4_LONG_INCH = 11.69

Points = NDArray[np.float32]
"""Points in pixels, shape (n, 2): x, y."""


def find_outline(grey: Grey) -> Outline | None:
    """Return the corners of the sheet that lies on something darker; None when the image is all sheet."""
    factor = _SMALL_PX / max(grey.shape)
    if factor >= 1 or factor * min(grey.shape) < _NARROW_PX:
        return None
    size = (round(factor * grey.shape[1]), round(factor * grey.shape[0]))
    # By a whole number first, which is many times as quick as by any other.
    nearly = 1 / max(1, int(1 / factor / 2))
    grey = np.asarray(cv2.resize(grey, None, fx=nearly, fy=nearly, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    if not _has_border(small):
        return None
    height, width = small.shape
    plain = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), 5)
    middle = cv2.threshold(plain, 0, 255, cv2.THRESH_OTSU)[0]
    found: list[Points] = []
    for threshold in (middle * share for share in _THRESHOLDS):
        bright = cv2.morphologyEx((plain > threshold).astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
        contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        sheet = max(contours, key=cv2.contourArea, default=None)
        corners = None if sheet is None else _corners(sheet)
        if corners is not None and _stands_out(plain, corners):
            found.append(corners)
    fitting = [one for one in found if _LEAST_SHARE <= cv2.contourArea(one) / (height * width) <= _MOST_SHARE]
    if not fitting:
        return None
    (a, b), (c, d), (e, f), (g, h) = (
        (float(np.clip(x / (width - 1), 0, 1)), float(np.clip(y / (height - 1), 0, 1)))
        for x, y in max(fitting, key=lambda one: (_agreeing(one, fitting), cv2.contourArea(one)))
    )
    return (a, b), (c, d), (e, f), (g, h)


def _agreeing(corners: Points, others: list[Points]) -> int:
    return sum(float(np.abs(corners - other).max()) < _SAME * _SMALL_PX for other in others)


def straightened(page: PageImage, outline: Outline) -> PageImage:
    """Return the sheet alone, its corners square; a sheet of nearly A4's shape is taken for A4."""
    height, width = page.grey.shape
    corners = _in_pixels(outline, width, height)
    top, right, bottom, left = (float(np.linalg.norm(one - other)) for one, other in pairwise([*corners, corners[0]]))
    wide, tall = (top + bottom) / 2, (left + right) / 2
    resolution = page.resolution_dpi
    long, short = max(wide, tall), min(wide, tall)
    if abs(long / short / _A4 - 1) < _NEARLY_A4:
        long = max(long, short * _A4)
        wide, tall = (long / _A4, long) if tall >= wide else (long, long / _A4)
        resolution = long / _A4_LONG_INCH
    size = (max(1, round(wide)), max(1, round(tall)))
    flat = cv2.warpPerspective(
        page.grey,
        to_sheet(outline, (width, height), size),
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return PageImage(np.asarray(flat, np.uint8), resolution)


def to_sheet(outline: Outline, image_px: tuple[int, int], sheet_px: tuple[int, int]) -> NDArray[np.float64]:
    """Return the 3 x 3 matrix from pixels of the image to pixels of the straightened sheet."""
    wide, tall = sheet_px
    square = np.array([[0, 0], [wide - 1, 0], [wide - 1, tall - 1], [0, tall - 1]], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(_in_pixels(outline, *image_px), square), np.float64)


def corners_of(box: Box) -> list[Point]:
    """Return the corners of a box, clockwise from the top left."""
    return [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]


def on_image(page: Page, outline: Outline, points: list[Point]) -> list[Point]:
    """Return points of the page as it is shown, upright and level, as points of the image that it came in.

    All are in fractions of width and height.
    """
    size = (page.width_px, page.height_px)
    level = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), page.skew_deg, 1)
    crooked = cv2.transform(
        np.array([[(x * size[0], y * size[1]) for x, y in points]]), cv2.invertAffineTransform(level)
    )
    turned = [_TURNED_BACK[page.rotation_deg](x / size[0], y / size[1]) for x, y in crooked[0].tolist()]
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    matrix = cv2.getPerspectiveTransform(square, np.array(outline, np.float32))
    placed = cv2.perspectiveTransform(np.array([turned]), matrix)[0]
    return [(float(x), float(y)) for x, y in placed]


_TURNED_BACK: dict[int, Callable[[float, float], Point]] = {
    0: lambda x, y: (x, y),
    90: lambda x, y: (1 - y, x),
    180: lambda x, y: (1 - x, 1 - y),
    270: lambda x, y: (y, 1 - x),
}


def _in_pixels(outline: Outline, width: int, height: int) -> Points:
    return np.array([(x * (width - 1), y * (height - 1)) for x, y in outline], np.float32)


def _has_border(small: Grey) -> bool:
    """Whether some side of the image is clearly darker than its paper: only then is there anything to look for."""
    paper = float(np.percentile(small, 75))
    band = max(2, round(0.012 * max(small.shape)))
    sides = (small[:band], small[-band:], small[:, :band], small[:, -band:])
    return any(float(np.median(side)) < paper - _DARKER_AROUND for side in sides)


def _corners(contour: NDArray[np.int32] | cv2.typing.MatLike) -> Points | None:
    """Return the four corners of a sheet, from its top left corner clockwise; None for any other shape."""
    hull = cv2.convexHull(contour)
    area = cv2.contourArea(hull)
    if area < 1 or cv2.contourArea(contour) < _FILLS_HULL * area:
        return None
    around = cv2.arcLength(hull, closed=True)
    for share in (0.01, 0.015, 0.02, 0.03, 0.045, 0.06):
        found = cv2.approxPolyDP(hull, share * around, closed=True)
        if len(found) == 4:
            break
    else:
        return None
    points = found[:, 0, :].astype(np.float32)
    if not _FILLS_CORNERS < area / max(1.0, cv2.contourArea(points)) < 1 / _FILLS_CORNERS:
        return None
    points = points[np.argsort(np.arctan2(*(points - points.mean(axis=0)).T[::-1]))]
    start = int(points.sum(axis=1).argmin())
    ordered = np.roll(points, -start, axis=0)
    sides = np.roll(ordered, -1, axis=0) - ordered
    angles = np.degrees(np.arctan2(sides[:, 1], sides[:, 0]))
    turns = (np.roll(angles, -1) - angles + 180) % 360 - 180
    return ordered if np.all((turns > 55) & (turns < 125)) else None


def _stands_out(small: Grey | cv2.typing.MatLike, corners: Points) -> bool:
    """Whether there is darker ground just outside most of the outline, and most of it lies inside the image."""
    height, width = small.shape[:2]
    middle = corners.mean(axis=0)
    sides = pairwise([*corners, corners[0]])
    places = [one + (other - one) * step for one, other in sides for step in np.arange(0.05, 1, 0.06)]
    seen = inside = 0
    for place in places:
        outward = 7 * (place - middle) / max(1.0, float(np.linalg.norm(place - middle)))
        (x, y), (inner_x, inner_y) = place + outward, place - outward
        if 0 <= x < width and 0 <= y < height:
            inside += 1
            seen += int(small[int(inner_y), int(inner_x)]) - int(small[int(y), int(x)]) > _DARKER_AROUND
    return inside >= _INSIDE * len(places) and seen >= _EDGE_SEEN * inside
