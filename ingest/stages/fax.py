"""Fax: lines lost on the way are drawn again, and the coarse lines of a standard fax run into one another."""

from __future__ import annotations

import cv2
import numpy as np

from ingest.readers.source import Grey

_BLACK = 128
_DOUBLED = 0.98
"""A standard fax has half the lines of a fine one, each kept twice: so many pairs of lines are equal."""
_LEAST_INK = 0.003
"""A white line between two that have this share of ink was lost."""
_ALONG_PX = 0.6


def without_losses(grey: Grey) -> Grey:
    """Return a page of one bit a point with its lost lines drawn again; coarse lines become slopes of grey."""
    height, width = grey.shape
    coarse = _coarse(grey)
    lines = _mended(grey[::2] if coarse else grey)
    if not coarse:
        return lines
    soft = cv2.GaussianBlur(lines, (0, 0), sigmaX=_ALONG_PX, sigmaY=0.01)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _coarse(grey: Grey) -> bool:
    """Whether each line stands there twice."""
    first, second = grey[0 : len(grey) // 2 * 2 : 2], grey[1::2]
    inked = (first < _BLACK).any(axis=1) | (second < _BLACK).any(axis=1)
    return bool(inked.any()) and float((first == second).all(axis=1)[inked].mean()) > _DOUBLED


def _mended(lines: Grey) -> Grey:
    """Return the lines; where one is white and both its neighbours have ink, what both have is drawn on it."""
    ink = (lines < _BLACK).mean(axis=1)
    before, here, after = ink[:-2], ink[1:-1], ink[2:]
    lost = 1 + np.nonzero((here == 0) & (np.minimum(before, after) > _LEAST_INK))[0]
    if not lost.size:
        return lines
    mended = lines.copy()
    mended[lost] = np.maximum(lines[lost - 1], lines[lost + 1])
    return mended
