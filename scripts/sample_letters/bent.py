"""Bent: a page as a telephone sees a sheet that does not lie flat, its columns straight, its lines bent.

The sheet is a cylinder whose axis runs up the page: `BENDS` say how high it stands across its width. It is seen from a
point above the page, in perspective; where it slopes away from the light it is darker.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.sample_letters.spoil import Image, Random, grain

Heights = NDArray[np.float64]
BENDS: dict[str, Callable[[Heights], Heights]] = {
    "curled": lambda x: np.sin(np.pi * x),
    "edge": lambda x: x**3,
    "book": lambda x: np.exp(-x / 0.18),
    "wave": lambda x: 0.6 * (1 + np.sin(2 * np.pi * x)) * 0.8,
}
"""How high a sheet stands, in shares of its greatest height, across its width (0 left, 1 right)."""


def bent(page: Image, r: Random, bend: str, strength: float) -> Image:
    """Return a page seen bent; `strength` is its greatest height over the distance of the eye, 0 for a flat one."""
    x, y, up = places(page.shape[:2], r, bend, strength)
    paper = (250, 250, 250)
    seen = cv2.remap(page, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=paper)
    light = 1 - np.clip(1.2 * np.abs(np.gradient(up)), 0, 0.55)
    return grain(np.asarray(seen * light[None, :, None], np.uint8), r, 5)


def places(
    size: tuple[int, int], r: Random, bend: str, strength: float
) -> tuple[NDArray[np.float32], NDArray[np.float32], Heights]:
    """Return, for each pixel of the bent page, the x and y that it has on the flat one, and how high a column stands."""
    height, width = size
    along, distance = np.linspace(0, 1, 4 * width), 1.6 * height
    stands = strength * distance * BENDS[bend](along)
    run = np.sqrt(np.maximum(0.05, 1 - np.gradient(stands, along * width) ** 2))
    place = np.concatenate([[0.0], np.cumsum(run[:-1])]) * width / (4 * width - 1)
    eye_x, eye_y = width * float(r.uniform(0.3, 0.7)), height * float(r.uniform(0.3, 0.9))
    seen = eye_x + (place - eye_x) * distance / (distance - stands)
    seen = (seen - seen[0]) / (seen[-1] - seen[0]) * (width - 1)
    across = np.arange(width)
    up = np.interp(across, seen, stands)
    x = np.broadcast_to(np.interp(across, seen, along * (width - 1)), size)
    y = eye_y + (np.arange(height)[:, None] - eye_y) * (1 - up / distance)[None, :]
    return np.ascontiguousarray(x, np.float32), np.asarray(y, np.float32), up
