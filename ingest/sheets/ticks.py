"""Boxes of a sheet laid straight: how much of each is inked, and what that says. A doubt goes to a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ged.mail.slip import BOX, MARK, MARKS, WITNESSES, Box, Layout, Mark, SlipReading
from ingest.readers.source import Grey
from ingest.sheets.straight import DOTS, Points, laid_straight

# Calibrated by scripts/measure_slips.py (docs/measures.md): the share of a box's inside that is inked.
EMPTY_BELOW, TICKED_FROM, BLACKENED_FROM = 0.018, 0.06, 0.86
_INK = 0.20
"""A point is ink when it is darker than the paper around by this share of what a printed mark is."""
_SHADE_SPREADS, _SHADE_LEAST = 4.0, 0.010
"""An empty box this much greyer than the sheet's other boxes may hold a pencil: it is doubtful."""
_WITNESS_LEAST, _WITNESS_SHARE = 0.02, 0.85
"""The pale crosses printed on the sheet stand off its empty boxes by this much, or it shows no pale tick: no box of
it is surely empty. An empty box as grey as this share of what they show is doubtful, whatever shines through."""
_TONES_LEAST = 0.004
"""A page with fewer greys than this was made black and white: a printer's dots for a pale cross prove nothing there."""
_STAIN = 0.06
_FRAME_LEAST = 0.16
"""A box whose printed frame is not there, by this share of a mark's black, is not where it should be: doubtful."""
_FRAME_MM = 0.75
"""The frame, and what a scan shifts it by, left out on each side."""
_SHIFT_MM = 0.7


@dataclass(frozen=True, slots=True)
class Fill:
    """What is in a box: the inked share of its inside, how grey it is on the whole, how black its printed frame is."""

    ink: float
    shade: float
    frame: float


def read_slip(grey: Grey, qr_corners_px: Points, layout: Layout) -> tuple[SlipReading, Grey | None]:
    """Return what the boxes hold, and the sheet laid straight: None, and each box doubtful, when it cannot be."""
    sheet = laid_straight(grey, qr_corners_px)
    if sheet is None:
        return SlipReading({box.name: Mark.DOUBTFUL for box in layout.boxes}, laid=False), None
    fills = box_fills(sheet, layout.boxes)
    pale = 0.0 if _black_and_white(grey) else witness(sheet)
    return SlipReading(_judged(fills, layout.boxes, pale), laid=True), sheet


def box_fills(sheet: Grey, boxes: Sequence[Box]) -> dict[str, Fill]:
    """Return what is in each box, each measure in [0, 1]."""
    smooth, black = _smooth_and_black(sheet)
    return {box.name: _fill(smooth, box, black) for box in boxes}


def witness(sheet: Grey) -> float:
    """Return how grey the paler of the printed crosses is: 0 for a sheet that lost them, or never had any."""
    smooth, black = _smooth_and_black(sheet)
    return min(_fill(smooth, Box("", x, y, ""), black, framed=False).shade for x, y in WITNESSES)


def _black_and_white(grey: Grey) -> bool:
    darkest, lightest = (float(each) for each in np.percentile(grey, (1, 90)))
    between = (grey > darkest + 24) & (grey < lightest - 24)
    return float(between.mean()) < _TONES_LEAST


def _smooth_and_black(sheet: Grey) -> tuple[Grey, float]:
    smooth = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.14 * DOTS), np.uint8)
    return smooth, float(np.median([_part(smooth, x - 1, y - 1, 2).mean() for x, y in MARKS]))


def _fill(sheet: Grey, box: Box, black: float, *, framed: bool = True) -> Fill:
    around = _part(sheet, box.x - 1.6, box.y - 1.6, BOX + 3.2)
    paper = float(np.percentile(around, 80))
    depth = max(24.0, paper - black)
    dx, dy, frame = _frame(sheet, box, paper) if framed else (0.0, 0.0, 0.0)
    inside = _part(sheet, box.x + dx + _FRAME_MM, box.y + dy + _FRAME_MM, BOX - 2 * _FRAME_MM)
    dark = (paper - inside.astype(np.float32)) / depth
    return Fill(float((dark > _INK).mean()), float(np.clip(dark, 0, 0.35).mean()), frame / depth)


def _frame(sheet: Grey, box: Box, paper: float) -> tuple[float, float, float]:
    """Return by how much the printed frame stands off its place, in millimetres, and how dark it is.

    Paper bends, scanners pull: each box is looked for by itself.
    """
    reach, side = round(_SHIFT_MM * DOTS), round(BOX * DOTS)
    x, y = round(box.x * DOTS), round(box.y * DOTS)
    part = paper - sheet[y - reach : y + side + reach + 1, x - reach : x + side + reach + 1].astype(np.float32)
    frame = np.zeros((side + 1, side + 1), np.float32)
    cv2.rectangle(frame, (0, 0), (side, side), (1.0,), 3)
    score = cv2.matchTemplate(np.clip(part, 0, None), frame, cv2.TM_CCORR)
    _, best, _, (best_x, best_y) = cv2.minMaxLoc(score)
    return (best_x - reach) / DOTS, (best_y - reach) / DOTS, float(best) / float(frame.sum())


def _judged(fills: Mapping[str, Fill], boxes: Sequence[Box], pale: float) -> dict[str, Mark]:
    shades = np.array([fill.shade for fill in fills.values()])
    usual = float(np.median(shades))
    spread = 1.4826 * float(np.median(np.abs(shades - usual)))
    greyest = min(usual + max(_SHADE_LEAST, _SHADE_SPREADS * spread), _WITNESS_SHARE * pale)
    if pale - float(np.percentile(shades, 10)) < _WITNESS_LEAST:
        greyest = -1.0  # nothing is so pale that it would surely be seen
    return {
        box.name: _mark(fills[box.name], [fills[one.name].ink for one in boxes if _touch(one, box)], greyest)
        for box in boxes
    }


def _mark(fill: Fill, beside: Sequence[float], greyest: float) -> Mark:
    if fill.frame < _FRAME_LEAST or EMPTY_BELOW <= fill.ink < TICKED_FROM or fill.ink >= BLACKENED_FROM:
        return Mark.DOUBTFUL
    if fill.ink < EMPTY_BELOW:
        return Mark.DOUBTFUL if fill.shade > greyest else Mark.EMPTY
    # A stroke that runs out of a box touches its neighbour: a light mark beside a full one is no sure tick.
    spilt = fill.ink < 0.12 and max(beside, default=0.0) > 2.0 * fill.ink
    # A stain greys a box more than its ink does: a speck on it is no sure tick either.
    stained = fill.ink < 0.12 and fill.shade > 0.35 * fill.ink + _STAIN
    return Mark.DOUBTFUL if spilt or stained else Mark.TICKED


def _touch(one: Box, other: Box) -> bool:
    return one is not other and abs(one.x - other.x) < 3 * BOX and abs(one.y - other.y) < 2.2 * BOX


def inked(sheet: Grey, left: float, top: float, width: float, height: float) -> float:
    """Return the inked share of a part of the sheet, given in millimetres."""
    smooth = np.asarray(cv2.GaussianBlur(sheet, (0, 0), 0.14 * DOTS), np.uint8)
    black = float(np.median([_part(smooth, x - MARK / 5, y - MARK / 5, 2 * MARK / 5).mean() for x, y in MARKS]))
    rows = slice(round(top * DOTS), round((top + height) * DOTS))
    part = smooth[rows, round(left * DOTS) : round((left + width) * DOTS)]
    paper = float(np.percentile(part, 80))
    depth = max(24.0, paper - black)
    return float(((paper - part.astype(np.float32)) / depth > _INK).mean())


def _part(sheet: Grey, x: float, y: float, side: float) -> NDArray[np.uint8]:
    return sheet[round(y * DOTS) : round((y + side) * DOTS), round(x * DOTS) : round((x + side) * DOTS)]
