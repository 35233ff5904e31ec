"""Dashes: the row of hyphens under the name of a ministry, which the engine takes for a drawn line and leaves out."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

import cv2
import numpy as np

from ingest.engines.port import RawWord
from ingest.readers.source import Grey

_MAP_DPI, _INK, _DARK = 100.0, 205, 170
_LEAST_INCH, _MOST_INCH, _TALL_INCH = 0.25, 3.5, 0.05
_LEAST_DASHES = 5
_UNEVEN = 0.25
"""Steps from dash to dash vary by less than this share of their mean."""
_SURE = 0.9


def with_dashes(words: list[RawWord], grey: Grey, resolution_dpi: float) -> list[RawWord]:
    """Return the words with each row of dashes as a line of its own, after the line above it."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    for text, box in _rows_of_dashes(grey, resolution_dpi):
        lines = [kept for line in lines if (kept := [word for word in line if not _inside(word.box_px, box)])]
        above = [
            index
            for index, line in enumerate(lines)
            if any(word.box_px[3] <= box[1] + 2 and _across(word.box_px, box) for word in line)
        ]
        nearest = max(above, key=lambda index: max(word.box_px[3] for word in lines[index]), default=-1)
        lines.insert(nearest + 1, [RawWord(text, box, _SURE, 0)])
    return [replace(word, line=number) for number, line in enumerate(lines) for word in line]


def _rows_of_dashes(grey: Grey, resolution_dpi: float) -> list[tuple[str, tuple[int, int, int, int]]]:
    factor = resolution_dpi / _MAP_DPI
    small = cv2.resize(grey, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    joined = cv2.dilate((small < _INK).astype(np.uint8), np.ones((1, 3), np.uint8))
    stats = cv2.connectedComponentsWithStats(joined)[2][1:]
    wide, tall = stats[:, cv2.CC_STAT_WIDTH] / _MAP_DPI, stats[:, cv2.CC_STAT_HEIGHT] / _MAP_DPI
    found = []
    for left, top, width, height in stats[(wide > _LEAST_INCH) & (wide < _MOST_INCH) & (tall <= _TALL_INCH), :4]:
        box = tuple(round(float(side * factor)) for side in (left, top, left + width, top + height))
        count = _dashes(grey[box[1] : box[3] + 1, box[0] : box[2] + 1])
        if count:
            found.append(("-" * count, (box[0], box[1], box[2], box[3])))
    return found


def _dashes(strip: Grey) -> int:
    """Return how many dashes of one length follow one another at one step; 0 for a line, dots, or anything else."""
    if strip.size == 0:
        return 0
    dark = np.concatenate([[0], (strip.min(axis=0) < _DARK).astype(np.int8), [0]])
    edges = np.diff(dark)
    starts, ends = np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0]
    if len(starts) < _LEAST_DASHES:
        return 0
    steps, lengths = np.diff(starts), ends - starts
    even = steps.std() < _UNEVEN * steps.mean() and lengths.std() < 2 * _UNEVEN * lengths.mean()
    return len(starts) if even and lengths.mean() > 0.4 * steps.mean() else 0


def _across(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return box[0] < other[2] and other[0] < box[2]


def _inside(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    y = (box[1] + box[3]) / 2
    return other[1] - 4 <= y <= other[3] + 4 and _across(box, other) and box[3] - box[1] < 3 * (other[3] - other[1] + 4)
