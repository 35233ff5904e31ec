"""Spoiling: a clean page becomes what a scanner, a fax, a copier or a phone makes of it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""A colour page, shape (height, width, 3), BGR."""
Random = np.random.Generator


def grain(page: Image, r: Random, strength: float) -> Image:
    """Return a page with the noise of a sensor, in grey levels."""
    noise = r.normal(0, strength, page.shape[:2]).astype(np.float32)[..., None]
    grained: Image = np.clip(page.astype(np.float32) + noise, 0, 255).astype(np.uint8)
    return grained


def turned(page: Image, degrees: float) -> Image:
    """Return a page turned about its centre, its size kept."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(250, 250, 250)), np.uint8)


def clean(page: Image, r: Random) -> Image:
    """A good flatbed scan."""
    return grain(page, r, 3)


def skewed(page: Image, r: Random) -> Image:
    """A sheet that went in crooked."""
    return grain(turned(page, float(r.uniform(-3, 3))), r, 4)


def noisy(page: Image, r: Random) -> Image:
    """An old scanner: grain, dust, a little blur."""
    page = grain(np.asarray(cv2.GaussianBlur(page, (3, 3), 0), np.uint8), r, 14)
    dust = r.random(page.shape[:2]) < 0.0006
    page[dust] = 60
    return page


def pale(page: Image, r: Random) -> Image:
    """A copy whose toner runs out."""
    return grain((page.astype(np.float32) * 0.42 + 135).astype(np.uint8), r, 5)


def fax(page: Image, r: Random) -> Image:
    """One bit a point."""
    grey = cv2.cvtColor(grain(page, r, 8), cv2.COLOR_BGR2GRAY)
    bits = cv2.threshold(grey, 168, 255, cv2.THRESH_BINARY)[1]
    return np.asarray(cv2.cvtColor(bits, cv2.COLOR_GRAY2BGR), np.uint8)


def bled(page: Image, r: Random) -> Image:
    """Thin paper: the back shows through."""
    back = cv2.GaussianBlur(page[:, ::-1], (5, 5), 0).astype(np.float32)
    mixed = np.minimum(page.astype(np.float32), 255 - (255 - back) * 0.17)
    return grain(mixed.astype(np.uint8), r, 4)


def tinted(page: Image, r: Random) -> Image:
    """Coloured paper."""
    tint = np.array(((176, 222, 248), (190, 238, 205), (236, 214, 190))[int(r.integers(3))], np.float32) / 255
    return grain((page.astype(np.float32) * tint).astype(np.uint8), r, 4)


def punched(page: Image, r: Random) -> Image:
    """Filed once: two holes, a coffee ring."""
    height, width = page.shape[:2]
    for y in (0.36, 0.64):
        cv2.circle(page, (int(width * 0.035), int(height * y)), int(width * 0.013), (40, 40, 40), -1)
    ring = page.copy()
    centre = (int(width * r.uniform(0.3, 0.8)), int(height * r.uniform(0.4, 0.9)))
    cv2.circle(ring, centre, int(width * 0.11), (120, 160, 190), int(width * 0.008))
    return grain(np.asarray(cv2.addWeighted(page, 0.55, ring, 0.45, 0), np.uint8), r, 4)


def upside_down(page: Image, r: Random) -> Image:
    """Fed the wrong way round."""
    return np.ascontiguousarray(clean(page, r)[::-1, ::-1])


def phone(page: Image, r: Random) -> Image:
    """Photographed: perspective, a shadow, warm light."""
    height, width = page.shape[:2]
    shift = r.uniform(0, 0.018, (4, 2)) * (width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    matrix = cv2.getPerspectiveTransform(corners, (corners + shift * inward).astype(np.float32))
    page = np.asarray(cv2.warpPerspective(page, matrix, (width, height), borderValue=(96, 110, 120)), np.uint8)
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    light = 1 - 0.38 * np.clip((x + y * float(r.uniform(-0.4, 0.9))) - 0.45, 0, 1)
    warm = page.astype(np.float32) * light[..., None] * np.array([0.92, 0.97, 1.0], np.float32)
    return grain(np.clip(warm, 0, 255).astype(np.uint8), r, 5)


WAYS: dict[str, tuple[Callable[[Image, Random], Image], int]] = {
    "propre": (clean, 300),
    "gris200": (clean, 200),
    "travers": (skewed, 300),
    "grain": (noisy, 200),
    "pale": (pale, 300),
    "fax": (fax, 200),
    "transparence": (bled, 300),
    "teinte": (tinted, 200),
    "perfore": (punched, 200),
    "retourne": (upside_down, 200),
    "telephone": (phone, 200),
}
"""Each way with the resolution that it is made at, in dots per inch."""
