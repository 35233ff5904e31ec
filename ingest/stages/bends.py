"""Bends: how the lines of a sheet that does not lie flat run, and the page as if it did, for reading alone.

A line is followed from one narrow strip of the page to the next, by how far the rows of the one must move to lie on
those of the other. From these slopes a field is fitted, smooth across and up the page, and rows are followed along it.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ged.mail.page import Box

_STRIPS, _REACH_PX = 28, 5
"""Strips across the page, and how far rows are looked for from one to the next, in pixels of the ink map."""
_FAR, _PASSES = 4, 2
"""What is nearly flat is measured over so many strips, and what was made straight is measured so often again."""
_WINDOW_PX, _STEP_PX = 120, 40
_SURE, _ENOUGH = 0.5, 40
"""Rows of two strips that agree this well are one; a page with fewer such windows says nothing of its bend."""
_KNOTS, _UP = 9, 3
"""The field: straight between so many knots across, of this many powers up the page."""
_STIFF = 0.6
_BENT_PX = 1.5
"""A page whose rows leave a straight line by less (half a millimetre) is read as well as it is."""
_CLEAR = 0.9
"""Rows must stand out nearly as clearly once they are straight, or it was no bend: a fold's few words weigh little."""
_ROWS = 32

Bend = NDArray[np.float32]
"""How far below its straight line a row lies, in shares of the height; a grid, (`_ROWS` + 1, `_STRIPS` + 1)."""
Ink = NDArray[np.float32]
Pixels = TypeVar("Pixels", NDArray[np.uint8], Ink)


def find_bend(ink: Ink) -> Bend | None:
    """Return how the lines of a level page bend, from its ink map (`clean`); None of a page that is flat enough."""
    height, width = ink.shape
    if height < 2 * _WINDOW_PX or width < 4 * _STRIPS or (far := _seen(ink, _FAR)) is None:
        return None
    if float(np.abs(_untilted(far)).max()) * height < _BENT_PX:
        return None
    bend = _seen(ink, 1)
    for _ in range(_PASSES):
        more = None if bend is None else _seen(straight(ink, bend), _FAR)
        bend = None if bend is None or more is None else _after(bend, more)
    if bend is None or _clearness(straight(ink, bend)) < _CLEAR * _clearness(ink):
        return None
    return bend


def straight(image: Pixels, bend: Bend) -> Pixels:
    """Return an image with its lines straight."""
    height, width = image.shape
    rows = np.linspace(0, _ROWS, height, dtype=np.float32)[:, None] + np.zeros((1, width), np.float32)
    columns = np.linspace(0, _STRIPS, width, dtype=np.float32)[None, :] + np.zeros((height, 1), np.float32)
    down = cv2.remap(bend, columns, rows, cv2.INTER_LINEAR)
    y = np.arange(height, dtype=np.float32)[:, None] + down * height
    x = np.broadcast_to(np.arange(width, dtype=np.float32), (height, width))
    made = cv2.remap(
        np.ascontiguousarray(image), np.ascontiguousarray(x), y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(made, image.dtype)


def as_it_lies(bend: Bend, box: Box) -> Box:
    """Return the box on the page as it lies that holds what a box of the straight page does."""
    places = [(x, y) for x in (box.left, (box.left + box.right) / 2, box.right) for y in (box.top, box.bottom)]
    x, y = (np.array([side], np.float32) for side in zip(*places, strict=True))
    down = cv2.remap(bend, x * _STRIPS, y * _ROWS, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    lies = np.clip(y + down, 0, 1)[0]
    return Box(box.left, float(lies[::2].min()), box.right, float(lies[1::2].max()))


def _seen(ink: Ink, lag: int) -> Bend | None:
    """Return the bend that strips so far from one another show; None where too few agree."""
    across, up, slopes, trust = _slopes(ink, lag)
    return _followed(_fitted(across, up, slopes, trust), *ink.shape) if len(slopes) >= _ENOUGH else None


def _untilted(bend: Bend) -> Bend:
    """Return a bend without what is a mere tilt of each row: pages level to a third of a degree are not turned."""
    across = np.linspace(-1, 1, _STRIPS + 1, dtype=np.float32)
    level = bend - bend.mean(axis=1, keepdims=True)
    return np.asarray(level - (level @ across / (across @ across))[:, None] * across, np.float32)


def _after(bend: Bend, more: Bend) -> Bend:
    """Return two bends as one: the second was seen on the page that the first had made straight."""
    rows = np.arange(_ROWS + 1, dtype=np.float32)[:, None] + more * _ROWS
    columns = np.broadcast_to(np.arange(_STRIPS + 1, dtype=np.float32), rows.shape)
    there = cv2.remap(bend, np.ascontiguousarray(columns), rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(there + more, np.float32)


def _slopes(ink: Ink, lag: int) -> tuple[NDArray[np.float64], ...]:
    """Return (x, y, slope, trust) of each window in which the rows of two strips were found to be the same."""
    height, width = ink.shape
    wide = width // _STRIPS
    rows = ink[:, : wide * _STRIPS].reshape(height, _STRIPS, wide).mean(axis=2)
    rows = cv2.GaussianBlur(rows, (1, 5), 0)
    rows -= cv2.blur(rows, (1, 31))
    left, right = rows[:, :-lag], rows[:, lag:]
    power = cv2.blur(left * left, (1, _WINDOW_PX))
    alike = []
    for shift in range(-_REACH_PX, _REACH_PX + 1):
        moved = np.roll(right, -shift, axis=0)
        both = np.sqrt(np.maximum(0, power * cv2.blur(moved * moved, (1, _WINDOW_PX)))) + 1e-6
        alike.append((cv2.blur(left * moved, (1, _WINDOW_PX)) / both)[_WINDOW_PX // 2 :: _STEP_PX])
    found = np.stack(alike)
    best = np.clip(found.argmax(axis=0), 1, 2 * _REACH_PX - 1)
    at = np.indices(best.shape)
    before, middle, after = (found[best + step, at[0], at[1]] for step in (-1, 0, 1))
    fine = np.clip((before - after) / (2 * (before - 2 * middle + after) - 1e-9), -1, 1)
    sure = (middle > _SURE) & (power[_WINDOW_PX // 2 :: _STEP_PX] > 2e-4)
    x = (at[1][sure] + (lag + 1) / 2) / _STRIPS
    y = (at[0][sure] * _STEP_PX + _WINDOW_PX // 2) / height
    return x, y, ((best + fine - _REACH_PX) / (lag * wide))[sure], middle[sure]


def _basis(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    hats = np.maximum(0, 1 - np.abs(x[:, None] * (_KNOTS - 1) - np.arange(_KNOTS)[None, :]))
    powers = (2 * y - 1)[:, None] ** np.arange(_UP)
    return np.asarray((hats[:, :, None] * powers[:, None, :]).reshape(len(x), -1), np.float64)


def _fitted(
    x: NDArray[np.float64], y: NDArray[np.float64], slopes: NDArray[np.float64], trust: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the field of slopes: stiff across, and deaf to windows that contradict the others."""
    basis = _basis(x, y)
    curve = np.diff(np.eye(_KNOTS), 2, axis=0)
    stiff = _STIFF * np.kron(curve, np.diag([1.0, 1.0, 2.0]))
    flat = 0.2 * np.kron(np.eye(_KNOTS), np.diag([0.0, 1.0, 4.0]))
    weights, field = trust.copy(), np.zeros(basis.shape[1])
    for _ in range(4):
        rows = np.concatenate([basis * weights[:, None], stiff, flat])
        wanted = np.concatenate([slopes * weights, np.zeros(len(stiff) + len(flat))])
        field = np.linalg.lstsq(rows, wanted, rcond=None)[0]
        away = np.abs(basis @ field - slopes)
        weights = trust / (1 + (away / (1.5 * np.median(away) + 1e-3)) ** 2)
    return field


def _followed(field: NDArray[np.float64], height: int, width: int) -> Bend:
    """Return how far rows that begin in the middle of the page have left their line, followed to both sides."""
    start = np.linspace(0, 1, _ROWS + 1)
    bend = np.zeros((_ROWS + 1, _STRIPS + 1))
    middle, step = _STRIPS // 2, width / _STRIPS / height
    for columns in (range(middle, _STRIPS), range(middle, 0, -1)):
        y, way = start.copy(), 1 if columns.step > 0 else -1
        for column in columns:
            x = np.full_like(y, (column + way / 2) / _STRIPS)
            y = y + way * step * (_basis(x, np.clip(y, 0, 1)) @ field)
            bend[:, column + way] = y - start
    return np.asarray(bend - bend.mean(axis=1, keepdims=True), np.float32)


def _clearness(ink: Ink) -> float:
    return float(np.square(np.diff(ink.sum(axis=1))).sum())
