"""Way up: whether a page stands on its head, by its letters' outlines, before anything is read.

Side by side on a line, small letters and tall ones stand on the same foot and part at the top; far fewer hang below
it (Latin print: b d f h k l t, capitals, figures and accents against g j p q y). On its head, a page has them the
other way round. Over 47 pages of shared/data/letters a strip tells this in 4 ms; reading a page takes 450.
"""

from __future__ import annotations

import cv2
import numpy as np

from ingest.readers.source import Grey

_STRIP_INCH, _STEP_PX = 2.0, 8
_INK = 150
_TALL_INCH, _WIDE_INCH, _NEXT_INCH = (0.04, 0.25), (0.01, 0.3), 0.05
"""A letter's height and width, and how far from its right side the next one is looked for."""
_LEVEL, _APART = 0.1, 0.15
"""Two sides are level, or apart, by these shares of the taller letter."""


def densest_strip(grey: Grey, height_px: int) -> Grey:
    """Return the rows, `height_px` of them at most, that hold most ink."""
    light = cv2.reduce(grey, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S).ravel()
    window = max(1, min(len(light), height_px))
    above = np.concatenate([[0], np.cumsum(light, dtype=np.int64)])
    starts = np.arange(0, len(light) - window + 1, _STEP_PX)
    start = int(starts[(above[starts + window] - above[starts]).argmin()])
    return grey[start : start + window]


def standing(grey: Grey, resolution_dpi: float) -> float:
    """Return how surely a level page stands on its feet, in standard deviations: negative on its head, 0 untold."""
    strip = densest_strip(grey, round(_STRIP_INCH * resolution_dpi))
    _, labels, stats, _ = cv2.connectedComponentsWithStats((strip < _INK).astype(np.uint8))
    left, top, wide, tall = (stats[:, column] for column in range(4))
    letters = (tall >= _TALL_INCH[0] * resolution_dpi) & (tall <= _TALL_INCH[1] * resolution_dpi)
    letters &= (wide >= _WIDE_INCH[0] * resolution_dpi) & (wide <= _WIDE_INCH[1] * resolution_dpi)
    letters[0] = False
    (each,) = np.nonzero(letters)
    reach = (left + wide)[each, None] + np.arange(max(1, round(_NEXT_INCH * resolution_dpi)))
    met = labels[(top + tall // 2)[each, None], np.minimum(reach, strip.shape[1] - 1)]
    following = met[np.arange(len(each)), (met > 0).argmax(axis=1)]
    pairs = letters[following]
    one, other = each[pairs], following[pairs]
    taller = np.maximum(tall[one], tall[other])
    tops, feet = np.abs(top[one] - top[other]) / taller, np.abs((top + tall)[one] - (top + tall)[other]) / taller
    rising = int(((tops > _APART) & (feet <= _LEVEL)).sum())
    hanging = int(((feet > _APART) & (tops <= _LEVEL)).sum())
    return (rising - hanging) / max(1.0, float(np.sqrt(rising + hanging)))
