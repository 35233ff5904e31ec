"""Streaks: what a scratched drum or a dirty glass draws down the whole page, taken out before anything is judged."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.readers.source import Grey, PageImage

_DARKER = 14
"""A streak is so much darker than what lies beside it, in grey levels."""
_WHOLE = 0.8
"""Share of the page's height or width that a streak goes down."""
_WIDE_INCH = 0.05
_MOST_SHARE = 0.06
"""More of a page than this is no streak: a dark page, a photograph, a table."""


def without_streaks(page: PageImage) -> PageImage:
    """Return the page without lines that run straight from edge to edge, down or across it."""
    side = max(3, round(_WIDE_INCH * page.resolution_dpi)) | 1
    down = _mended(page.grey, side)
    across = _mended(np.ascontiguousarray(down.T), side)
    grey = np.ascontiguousarray(across.T)
    return PageImage(grey, page.resolution_dpi)


def _mended(grey: Grey, side: int) -> Grey:
    """Return the image with each streak column filled from the columns beside it."""
    rows = grey[:: max(1, grey.shape[0] // 240)]
    beside = cv2.morphologyEx(rows, cv2.MORPH_CLOSE, np.ones((1, 2 * side + 1), np.uint8))
    streak = (cv2.subtract(beside, rows) > _DARKER).mean(axis=0) > _WHOLE
    if not streak.any() or streak.mean() > _MOST_SHARE:
        return grey
    streak = cv2.dilate(streak.astype(np.uint8)[None, :], np.ones((1, 3), np.uint8))[0] > 0
    kept = np.nonzero(~streak)[0]
    at = np.nonzero(streak)[0]
    after = np.searchsorted(kept, at)
    left, right = kept[np.maximum(after - 1, 0)], kept[np.minimum(after, len(kept) - 1)]
    filled = grey.copy()
    filled[:, at] = ((grey[:, left].astype(np.uint16) + grey[:, right]) // 2).astype(np.uint8)
    return filled
