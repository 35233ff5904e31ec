"""Regions: stamps, signatures and handwriting told apart from print, and their ink lifted off the print beneath.

Print is the darkest ink of a page: what a pad or a pen adds is lighter once the page is evenly lit. Where both are
as dark (a fax), a region is still found by its shape, but nothing is lifted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ged.mail.page import RegionKind
from ingest.readers.source import Grey
from ingest.stages.clean import Cleaned

MAP_DPI = 100
_MM = MAP_DPI / 25.4
_INK = 205
_STEP_LEAST, _STEP_MOST, _STEP_OF_SPREAD = 24.0, 45.0, 1.5
"""How much lighter than print an ink must be, in grey levels: by how much print itself varies, within bounds."""
_STAMP_LEAST_MM, _STAMP_MOST_MM = (18.0, 8.0), (95.0, 70.0)
_HULL_FILLS, _CLOSED, _CLOSED_LEVEL = 0.8, 0.6, 0.85
"""A frame fills its smallest rectangle, and this share of its outline was stamped; more when it stands as straight as
print does, which a coloured letterhead with a rule and a logo does too."""
_RING, _RING_OF_PRINTS_INK = (0.6, 3.0), (0.85, 1.5)
"""A ring was stamped on this share of its round, within so many pixels of it; more is asked where print is as dark."""
_TILT_LEAST_DEG = 0.7
_TABLE_MM = 95.0
_JOIN_MM = 4.0
_PIECED: tuple[tuple[float, float, float], ...] = ((7.0, 0.0, 4.0), (3.0, 0.0, 7.0))
_WHOLE: tuple[tuple[float, float, float], ...] = ((7.0, _STAMP_LEAST_MM[1], 4.0),)
"""How strokes make a frame: how long each is at least, how wide, how near to the next (mm). A frame that was lifted off
print may be in pieces, with gaps as wide as print is tall; one that could not be lifted must be whole."""

Mask = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]
"""left, top, right, bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something set on the print, in pixels of the cleaned image.

    `tilt_deg` is the counter-clockwise turn that levels it; `lifted` says whether its ink could be told from the
    print's, `framed` whether it is a frame with lines in it.
    """

    kind: RegionKind
    box_px: Rectangle
    tilt_deg: float
    lifted: bool
    framed: bool = False


@dataclass(frozen=True, slots=True)
class Parted:
    """A cleaned page in two layers: what is printed, and what was set on it (both paper-white elsewhere)."""

    printed: Grey
    added: Grey
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class _Ink:
    """The ink of a page at MAP_DPI: all of it, and what is clearly lighter than print (both 0 or 1)."""

    ink: Mask
    light: Mask
    threshold: float


def part(cleaned: Cleaned) -> Parted:
    """Return the page's two layers and the marks that made a second one necessary."""
    grey = cleaned.grey
    factor = cleaned.resolution_dpi / MAP_DPI
    found = _inks(grey, factor)
    if found is None:
        return Parted(grey, grey, ())
    stamps: list[Mark] = []
    for mask, lifted in ((found.light, True), (found.ink, False)):
        for mark in sorted(_stamps(mask, found.ink, lifted=lifted), key=lambda mark: -_area(mark.box_px)):
            if not _meets(mark.box_px, [other.box_px for other in stamps]):
                stamps.append(mark)
    taken = [mark.box_px for mark in stamps]
    light_pen = list(_strokes(_without(found.light, taken), found.ink, lifted=True))
    taken += [mark.box_px for mark in light_pen]
    dark_pen = list(_strokes(_without(found.ink, taken), found.ink, lifted=False))
    marks = tuple(_at_full_size(mark, factor, grey.shape) for mark in (*stamps, *light_pen, *dark_pen))
    return _lifted(grey, marks, found.threshold)


def _inks(grey: Grey, factor: float) -> _Ink | None:
    small = cv2.resize(grey, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    side = max(1, round(factor)) | 1
    darkest = cv2.resize(
        cv2.erode(grey, np.ones((side, side), np.uint8)), small.shape[::-1], interpolation=cv2.INTER_NEAREST
    )
    ink = (small < _INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    wide, tall, area = (stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    letters = (tall >= 4) & (tall <= 5 * _MM) & (wide >= 2) & (wide < 40 * _MM) & (area > 6)
    large = (np.maximum(wide, tall) > 9 * _MM) & (np.minimum(wide, tall) > 4.5 * _MM)
    letters[0] = large[0] = False
    if count < 2 or not letters.any():
        return None
    tables = np.maximum(wide, tall) > _TABLE_MM * _MM
    tables[0] = False
    around = np.zeros_like(ink)
    for left, top, width, height in stats[large & (wide < 100 * _MM), :4]:
        around[top : top + height, left : left + width] = 1
    alone = letters[labels] & (small < 150) & (around == 0)
    levels = darkest[alone] if alone.any() else darkest[letters[labels]]
    print_level, high = np.percentile(levels, (50, 80))
    step = float(np.clip(_STEP_OF_SPREAD * (high - print_level), _STEP_LEAST, _STEP_MOST))
    dark = cv2.dilate((darkest < print_level + step).astype(np.uint8), np.ones((3, 3), np.uint8))
    ink[tables[labels]] = 0
    return _Ink(ink, np.where(dark > 0, 0, ink).astype(np.uint8), float(print_level) + step)


def _stamps(mask: Mask, ink: Mask, *, lifted: bool) -> Iterator[Mark]:
    """Yield what is framed by strokes that close upon themselves, with letters of the same ink inside."""
    ways = _PIECED if lifted else _WHOLE
    for points in _long_strokes(mask, ways):
        ring = _ring(points, *(_RING if lifted else _RING_OF_PRINTS_INK))
        if ring is not None:
            yield Mark(RegionKind.STAMP, ring, 0.0, lifted)
            continue
        hull = cv2.convexHull(points)
        left, top, wide, tall = cv2.boundingRect(hull)
        size = (max(wide, tall), min(wide, tall))
        least, most = ([side * _MM for side in sides] for sides in (_STAMP_LEAST_MM, _STAMP_MOST_MM))
        if not (least[0] <= size[0] <= most[0] and least[1] <= size[1] <= most[1]):
            continue
        (_, (first, second), angle) = cv2.minAreaRect(hull)
        tilt = float((angle + 45) % 90 - 45)
        closed = _CLOSED if abs(tilt) >= _TILT_LEAST_DEG else _CLOSED_LEVEL
        if cv2.contourArea(hull) < _HULL_FILLS * first * second or _closed(points, hull) < closed:
            continue
        inside = np.zeros((tall, wide), np.uint8)
        cv2.fillPoly(inside, [hull - np.array([left, top])], (1,))
        within = cv2.erode(inside, np.ones((9, 9), np.uint8), borderValue=(0,)) > 0
        own, whole = (int(part[top : top + tall, left : left + wide][within].sum()) for part in (mask, ink))
        if own < 0.25 * max(1, whole) or whole < 0.02 * within.sum():
            continue
        if not lifted and abs(tilt) < _TILT_LEAST_DEG:
            continue  # as dark as print and as level: a printed box
        yield Mark(RegionKind.STAMP, (left, top, left + wide, top + tall), tilt, lifted, framed=True)


def _closed(points: NDArray[np.int32], hull: cv2.typing.MatLike) -> float:
    """Return the share of a hull's outline that has a stroke on it."""
    left, top, wide, tall = cv2.boundingRect(hull)
    outline = np.zeros((tall, wide), np.uint8)
    cv2.polylines(outline, [hull - np.array([left, top])], isClosed=True, color=(1,))
    strokes = np.zeros_like(outline)
    strokes[points[:, 0, 1] - top, points[:, 0, 0] - left] = 1
    near = cv2.dilate(strokes, np.ones((7, 7), np.uint8))
    return float(near[outline > 0].mean())


def _ring(points: NDArray[np.int32], goes_round: float, within_px: float) -> Rectangle | None:
    """Return the box of the circle that most of these points go round, a signature across it or not."""
    left, top, wide, tall = cv2.boundingRect(points)
    if not (min(wide, tall) >= 20 * _MM and max(wide, tall) <= 100 * _MM):
        return None
    strokes = np.zeros((tall, wide), np.uint8)
    strokes[points[:, 0, 1] - top, points[:, 0, 0] - left] = 255
    circles = cv2.HoughCircles(
        strokes,
        cv2.HOUGH_GRADIENT,
        2,
        10 * _MM,
        param1=100,
        param2=50,
        minRadius=round(10 * _MM),
        maxRadius=round(27 * _MM),
    )
    for x, y, radius in [] if circles is None else circles[0][:3]:
        across, down = points[:, 0, 0] - left - x, points[:, 0, 1] - top - y
        angles = np.degrees(np.arctan2(down, across)).astype(int) // 5
        distances = np.hypot(across, down)
        for outer in np.arange(radius - 2 * _MM, 27 * _MM, 2.0):
            outside = (distances > outer + 4) & (distances < outer + 5 * _MM)
            if len(set(angles[np.abs(distances - outer) < within_px].tolist())) < goes_round * 72:
                continue
            if len(set(angles[outside].tolist())) < 0.6 * 72:
                edge = outer + 1.5 * _MM
                return round(left + x - edge), round(top + y - edge), round(left + x + edge), round(top + y + edge)
    return None


def _long_strokes(mask: Mask, ways: Iterable[tuple[float, float, float]]) -> Iterator[NDArray[np.int32]]:
    """Yield, for each way, the points of thin strokes so long at least, and wide, those near enough together (mm)."""
    joined = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    wide, tall, area = (stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    longer, thinner = np.maximum(wide, tall), np.minimum(wide, tall)
    thin = (area < 0.35 * wide * tall + 4 * longer) & (longer < _TABLE_MM * _MM)
    thin[0] = False
    for long_mm, least_mm, join_mm in ways:
        long = thin & (longer > long_mm * _MM) & (thinner >= least_mm * _MM)
        if not long.any():
            continue
        strokes = (long[labels] & (mask > 0)).astype(np.uint8)
        side = round(join_mm * _MM)
        groups, group_labels = cv2.connectedComponents(cv2.dilate(strokes, np.ones((side, side), np.uint8)))
        rows, columns = np.nonzero(strokes)
        belongs = group_labels[rows, columns]
        for group in range(1, groups):
            which = belongs == group
            yield np.stack([columns[which], rows[which]], axis=1).astype(np.int32)[:, None, :]


def _strokes(mask: Mask, ink: Mask, *, lifted: bool) -> Iterator[Mark]:
    """Yield what a pen wrote: connected strokes larger than letters, with no ruler's line in them."""
    ruled = cv2.max(
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, round(10 * _MM)), np.uint8)),
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((round(8 * _MM), 1), np.uint8)),
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    wide, tall, area = (stats[:, column] for column in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    least = (6.0, 3.5) if lifted else (9.0, 4.5)
    pen = (np.maximum(wide, tall) > least[0] * _MM) & (np.minimum(wide, tall) > least[1] * _MM)
    pen &= (area < 0.33 * wide * tall) & (wide < 90 * _MM) & (tall < 60 * _MM)
    pen[0] = False
    if count < 2 or not pen.any():
        return
    with_rules = np.bincount(labels[ruled > 0], minlength=count) > 0
    pen &= ~with_rules
    boxes = [_rectangle(row) for row in stats[pen]]
    others = [_rectangle(row) for row in stats[(area > 4) & ~pen & ~with_rules][1:]] if lifted else []
    for box in _grown(boxes, others):
        yield Mark(RegionKind.HANDWRITING, box, 0.0, lifted)


def _grown(boxes: Iterable[Rectangle], others: Iterable[Rectangle]) -> list[Rectangle]:
    """Join boxes that lie close to one another, then let each take in the small marks close to it."""
    joined: list[Rectangle] = []
    for box in boxes:
        near = [other for other in joined if _close(box, other)]
        joined = [other for other in joined if other not in near] + [_union([box, *near])]
    for other in sorted(others):
        joined = [_union([box, other]) if _close(box, other) else box for box in joined]
    return joined


def _lifted(grey: Grey, marks: tuple[Mark, ...], threshold: float) -> Parted:
    lifted = [mark for mark in marks if mark.lifted]
    if not lifted:
        return Parted(grey, grey, marks)
    printed, added = grey.copy(), grey.copy()
    for mark in lifted:
        left, top, right, bottom = mark.box_px
        part = grey[top:bottom, left:right]
        core = (part < threshold).astype(np.uint8)
        print_here = cv2.dilate(core, np.ones((3, 3), np.uint8)) > 0
        printed[top:bottom, left:right] = np.where(print_here, part, 255)
        added[top:bottom, left:right] = np.where(print_here, 255, part)
    return Parted(printed, added, marks)


def _at_full_size(mark: Mark, factor: float, shape: tuple[int, ...]) -> Mark:
    pad = 1.0 * _MM
    left, top, right, bottom = mark.box_px
    return Mark(
        mark.kind,
        (
            max(0, int((left - pad) * factor)),
            max(0, int((top - pad) * factor)),
            min(shape[1], int((right + pad) * factor) + 1),
            min(shape[0], int((bottom + pad) * factor) + 1),
        ),
        mark.tilt_deg,
        mark.lifted,
        mark.framed,
    )


def _without(mask: Mask, boxes: Iterable[Rectangle]) -> Mask:
    left_over = mask.copy()
    for left, top, right, bottom in boxes:
        left_over[top:bottom, left:right] = 0
    return left_over


def _rectangle(stats: NDArray[np.int32]) -> Rectangle:
    left, top, width, height = (int(value) for value in stats[:4])
    return left, top, left + width, top + height


def _meets(box: Rectangle, others: Iterable[Rectangle], gap: float = 0.0) -> bool:
    return any(
        box[0] < other[2] + gap and other[0] < box[2] + gap and box[1] < other[3] + gap and other[1] < box[3] + gap
        for other in others
    )


def _area(box: Rectangle) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _close(box: Rectangle, other: Rectangle) -> bool:
    return _meets(box, [other], _JOIN_MM * _MM)


def _union(boxes: list[Rectangle]) -> Rectangle:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
