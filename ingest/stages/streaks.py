"""Streaks: what a scratched drum, a dirty glass or a fold draws across the whole page, taken out before it is judged.

Where the print still shows through, it is lifted back to the contrast of the page beside; where it does not, it is
drawn on from both sides.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from ingest.readers.source import Grey, PageImage

_DARKER = 14
"""A streak is so much darker than what lies beside it, in grey levels."""
_WHOLE = 0.8
"""Share of the page's height or width that a streak goes down."""
_WIDE_INCH = 0.05
_MOST_SHARE = 0.06
"""More of a page than this is no streak: a dark page, a photograph, a table."""
_INK = 60
"""Ink is so much darker than the paper, in grey levels."""
_SHOWS = 0.2
"""Print shows through a streak that leaves it this share of its contrast."""
_INK_SHARE = 25.0
"""Print's own darkness: this percentile of what is ink."""
_BLOCK_PX, _PAPER_SHARE, _STEADY = 40, 70.0, 9
"""Paper's level along a streak: this percentile of each block of so many pixels, the median of so many blocks."""
_MOST_GAPS, _LEAST_INK, _GAP_INK = 4, 0.02, 0.06
"""A page has few streaks without toner: more are the spaces of a typewriter. Beside one, print takes this share of the
height at least; on it, this share of what is beside."""
_LEAN = (0, -1, 1, -2, 2, -3, 3)
"""How far a stroke that crosses a gap may rise on either side, in pixels; the level way is preferred."""
_LEAN_COST, _STEM_PX = 6.0, 10
"""What each such pixel costs, in grey levels; a stroke taller than the second along a gap does not cross it."""
_BESIDE_PX = 60
"""Print's darkness is judged on so many columns on either side."""


def without_streaks(page: PageImage, *, one_bit: bool = False) -> PageImage:
    """Return the page without lines that run straight from edge to edge, down or across it.

    Of a page that was scanned in one bit a point nothing shows through a streak.
    """
    side = max(3, round(_WIDE_INCH * page.resolution_dpi)) | 1
    down = _mended(page.grey, side, one_bit=one_bit, bare=True)
    # Not without ink: the spaces between lines are so too.
    across = _mended(np.ascontiguousarray(down.T), side, one_bit=one_bit, bare=False)
    grey = np.ascontiguousarray(across.T)
    return PageImage(grey, page.resolution_dpi)


def _mended(grey: Grey, side: int, *, one_bit: bool, bare: bool) -> Grey:
    """Return the image with each streak column lifted, or filled from the columns beside it."""
    rows = grey[:: max(1, grey.shape[0] // 240)]
    beside = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, 2 * side + 1), np.uint8))
    streak = (cv2.subtract(beside, rows) > _DARKER).mean(axis=0) > _WHOLE
    if streak.mean() > _MOST_SHARE:
        return grey
    streak = cv2.dilate(streak.astype(np.uint8)[None, :], np.ones((1, 3), np.uint8))[0] > 0
    without = _bare(grey, rows, side) & ~streak if bare else np.zeros_like(streak)
    if not streak.any() and not without.any():
        return grey
    mended = grey.copy()
    for left, right in _runs(streak):
        (_fill if one_bit else _lift)(mended, left, right)
    for left, right in _runs(without):
        _bridge(mended, left, right, stems=False)
    return mended


def _bare(grey: Grey, rows: Grey, side: int) -> NDArray[np.bool_]:
    """Return the columns without any ink between columns full of it: where the drum gave no toner.

    All around, each column must have ink: what is bare beside bare columns is the space between two lines.
    """
    kept = np.zeros(grey.shape[1], np.bool_)
    if not _candidates(rows, side):
        return kept
    found = _candidates(grey, side)
    if len(found) <= _MOST_GAPS:
        for left, right in found:
            kept[max(0, left - 1) : right + 1] = True
    return kept


def _candidates(rows: Grey, side: int) -> list[tuple[int, int]]:
    ink = (rows < float(np.median(rows[:, ::8])) - _INK).mean(axis=0).astype(np.float32)[None, :]
    around = 2 * _BESIDE_PX + 1
    empty = (ink < _GAP_INK * cv2.blur(ink, (around, 1)))[0]
    emptiness = cv2.blur(empty.astype(np.float32)[None, :], (around, 1))[0] * around
    near = cv2.blur(ink, (side, 1))[0]
    return [
        (left, right)
        for left, right in _runs(empty)
        if 2 <= right - left <= side < left < right < len(empty) - side
        and emptiness[left:right].max() < right - left + 2
        and min(near[left - side // 2 - 2], near[right + side // 2 + 1]) > _LEAST_INK
    ]


def _runs(columns: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield (first, one past the last) of each run."""
    edges = np.diff(np.concatenate([[0], columns.astype(np.int8), [0]]))
    yield from zip(np.nonzero(edges == 1)[0].tolist(), np.nonzero(edges == -1)[0].tolist(), strict=True)


def _fill(mended: Grey, left: int, right: int) -> None:
    """Fill columns [left, right) from the columns beside them."""
    wide = mended.shape[1]
    one, other = mended[:, max(0, left - 1)], mended[:, min(right, wide - 1)]
    mended[:, left:right] = ((one.astype(np.uint16) + other) // 2).astype(np.uint8)[:, None]


def _lift(mended: Grey, left: int, right: int) -> None:
    """Bring a streak's paper to the level of the paper beside it, its print staying as dark as print is."""
    wide = mended.shape[1]
    beside = [column for column in (left - 3, left - 2, right + 1, right + 2) if 0 <= column < wide]
    near = mended[:, max(0, left - _BESIDE_PX) : right + _BESIDE_PX]
    dark = near[near < float(np.median(near)) - _INK]
    if not beside or not dark.size:
        _fill(mended, left, right)
        return
    ink = float(np.percentile(dark, _INK_SHARE))
    whole = np.maximum(_paper(mended[:, beside]) - ink, 1.0)
    buried: list[int] = []
    for column in range(left, right):
        own = mended[:, column]
        room = np.maximum(_paper(own[:, None]) - ink, 1.0)
        if float(np.median(room / whole)) < _SHOWS:
            buried.append(column)
        mended[:, column] = np.clip(ink + (own - ink) * np.maximum(whole / room, 1.0), 0, 255).astype(np.uint8)
    if buried:
        _bridge(mended, buried[0], buried[-1] + 1, stems=True)


def _paper(columns: Grey) -> NDArray[np.float32]:
    """Return the paper's level along some columns, shape (height,), from light to shade and past the print on it."""
    height = columns.shape[0]
    count = max(1, height // _BLOCK_PX)
    levels = np.array([np.percentile(block, _PAPER_SHARE) for block in np.array_split(columns, count)], np.float32)
    half = _STEADY // 2
    padded = np.pad(levels, half, mode="edge")
    steady = np.median(np.lib.stride_tricks.sliding_window_view(padded, _STEADY), axis=1)
    at = (np.arange(count) + 0.5) * height / count
    return np.interp(np.arange(height), at, steady).astype(np.float32)


def _bridge(mended: Grey, left: int, right: int, *, stems: bool) -> None:
    """Draw on across columns [left, right) what meets them on both sides, along the way on which both sides agree.

    Without `stems`, what stands upright on either side does not cross, and the columns stay as they are there.
    """
    height, wide = mended.shape
    if left < 1 or right >= wide:
        mended[:, left:right] = mended[:, [right if left < 1 else left - 1]] if right - left < wide else 255
        return
    before, after = mended[:, left - 1].astype(np.float32), mended[:, right].astype(np.float32)
    rows = np.arange(height)
    least, lean = np.full(height, np.inf, np.float32), np.zeros(height, np.int64)
    for step in _LEAN:
        apart = np.abs(before[_within(rows - step, height)] - after[_within(rows + step, height)])
        cost = cv2.blur(apart[:, None], (1, 3))[:, 0] + _LEAN_COST * abs(step)
        better = cost < least
        least[better], lean[better] = cost[better], step
    drawn = np.ones(height, np.bool_) if stems else ~_upright(before, after)
    for column in range(left, right):
        share = (column - left + 1) / (right - left + 1)
        one = before[_within(np.rint(rows - 2 * lean * share).astype(np.int64), height)]
        other = after[_within(np.rint(rows + 2 * lean * (1 - share)).astype(np.int64), height)]
        crossing = (one * (1 - share) + other * share).astype(np.uint8)
        mended[:, column] = np.where(drawn, crossing, mended[:, column])


def _within(rows: NDArray[np.int64], height: int) -> NDArray[np.int64]:
    return np.clip(rows, 0, height - 1)


def _upright(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the rows in which a stroke goes along either column rather than across it, shape (height,)."""
    both = np.stack([before, after], axis=1)
    ink = (both < float(np.median(both)) - _INK).astype(np.uint8)
    along = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_STEM_PX, 1), np.uint8)).max(axis=1)
    return cv2.dilate(along[:, None], np.ones((5, 1), np.uint8))[:, 0] > 0
