"""Ticking: boxes of a printed slip marked as hands do, by pen or pencil, neatly or not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ged.mail.slip import BOX, Box
from scripts.sample_letters.spoil import Image, Random

_PENS = ((120, 40, 20), (30, 30, 30), (150, 60, 30), (40, 40, 160))
_PENCIL = (165, 165, 165)


def _stroke(
    page: Image, dots: float, points: list[tuple[float, float]], ink: tuple[int, int, int], width: float
) -> None:
    """Draw a line through points in millimetres, a little smoothed as ink is."""
    line = np.array([[x * dots * 16, y * dots * 16] for x, y in points], np.int32)
    cv2.polylines(
        page, [line], isClosed=False, color=ink, thickness=max(1, round(width * dots)), lineType=cv2.LINE_AA, shift=4
    )


def _cross(
    page: Image, dots: float, box: Box, r: Random, *, over: float = 0.0, ink: tuple[int, int, int], width: float
) -> None:
    low, high = 0.6 - over, BOX - 0.6 + over
    for ends in (((low, low), (high, high)), ((high, low), (low, high))):
        (x1, y1), (x2, y2) = ((x + r.uniform(-0.4, 0.4), y + r.uniform(-0.4, 0.4)) for x, y in ends)
        bent = ((x1 + x2) / 2 + r.uniform(-0.3, 0.3), (y1 + y2) / 2 + r.uniform(-0.3, 0.3))
        _stroke(page, dots, [(box.x + x, box.y + y) for x, y in ((x1, y1), bent, (x2, y2))], ink, width)


def cross(page: Image, dots: float, box: Box, r: Random) -> None:
    """A cross by pen."""
    _cross(page, dots, box, r, ink=_pen(r), width=float(r.uniform(0.35, 0.7)))


def overshot(page: Image, dots: float, box: Box, r: Random) -> None:
    """A cross whose arms leave the box."""
    _cross(page, dots, box, r, over=float(r.uniform(0.8, 2.4)), ink=_pen(r), width=float(r.uniform(0.35, 0.7)))


def tick(page: Image, dots: float, box: Box, r: Random) -> None:
    """A tick, its tail above the box."""
    points = [(0.7, 2.2), (1.8, BOX - 0.7), (BOX + r.uniform(-0.6, 1.6), r.uniform(-1.4, 0.6))]
    moved = [(box.x + x + r.uniform(-0.3, 0.3), box.y + y + r.uniform(-0.3, 0.3)) for x, y in points]
    _stroke(page, dots, moved, _pen(r), float(r.uniform(0.35, 0.7)))


def blob(page: Image, dots: float, box: Box, r: Random) -> None:
    """A spot of ink, somewhere in the box."""
    at = (box.x + BOX / 2 + r.uniform(-0.7, 0.7), box.y + BOX / 2 + r.uniform(-0.7, 0.7))
    centre = (round(at[0] * dots), round(at[1] * dots))
    cv2.circle(page, centre, round(float(r.uniform(0.7, 1.5)) * dots), _pen(r), -1, cv2.LINE_AA)


def off_centre(page: Image, dots: float, box: Box, r: Random) -> None:
    """A cross beside the middle, half out of the box."""
    moved = Box(box.name, box.x + float(r.uniform(-1.3, 1.3)), box.y + float(r.uniform(-1.3, 1.3)), "")
    _cross(page, dots, moved, r, ink=_pen(r), width=float(r.uniform(0.35, 0.7)))


def pencil(page: Image, dots: float, box: Box, r: Random) -> None:
    """A light cross by pencil."""
    _cross(page, dots, box, r, ink=_PENCIL, width=float(r.uniform(0.3, 0.5)))


def slash(page: Image, dots: float, box: Box, r: Random) -> None:
    """One bar across."""
    _stroke(
        page,
        dots,
        [
            (box.x + 0.5 + r.uniform(-0.4, 0.4), box.y + BOX - 0.5),
            (box.x + BOX - 0.5 + r.uniform(-0.4, 0.4), box.y + 0.5),
        ],
        _pen(r),
        float(r.uniform(0.35, 0.6)),
    )


def _pen(r: Random) -> tuple[int, int, int]:
    return _PENS[int(r.integers(len(_PENS)))]


HANDS: dict[str, Callable[[Image, float, Box, Random], None]] = {
    "croix": cross,
    "déborde": overshot,
    "coche": tick,
    "tache": blob,
    "décentrée": off_centre,
    "crayon": pencil,
    "barre": slash,
}


def faint(page: Image, dots: float, box: Box, r: Random) -> None:
    """A cross by a hard pencil, hardly there."""
    _cross(page, dots, box, r, ink=(205, 205, 205), width=float(r.uniform(0.25, 0.4)))


def tiny(page: Image, dots: float, box: Box, r: Random) -> None:
    """A mark of a millimetre, somewhere in the box."""
    x, y = box.x + float(r.uniform(1.2, 2.8)), box.y + float(r.uniform(1.2, 2.8))
    _stroke(page, dots, [(x - 0.5, y), (x, y + 0.5), (x + 0.7, y - 0.7)], _pen(r), 0.4)


HARD_HANDS = {"à peine": faint, "minuscule": tiny}
"""Hands that may leave a doubt; they must leave no wrong reading."""


def dirt(page: Image, dots: float, box: Box, r: Random) -> None:
    """A speck of dust or of toner in an empty box."""
    at = (round((box.x + r.uniform(1.2, 3.3)) * dots), round((box.y + r.uniform(1.2, 3.3)) * dots))
    cv2.circle(page, at, max(1, round(float(r.uniform(0.1, 0.22)) * dots)), (70, 70, 70), -1, cv2.LINE_AA)


def _jpeg(page: Image, r: Random) -> Image:
    data = cv2.imencode(".jpg", spoil_noise(page, r), (cv2.IMWRITE_JPEG_QUALITY, 18))[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def spoil_noise(page: Image, r: Random) -> Image:
    """A little grain."""
    noise = r.normal(0, 5, page.shape[:2])[..., None]
    return np.asarray(np.clip(page + noise, 0, 255), np.uint8)


def _fitted(page: Image, r: Random) -> Image:
    """Printed « fit to page »: smaller, and off the middle."""
    height, width = page.shape[:2]
    scale = float(r.uniform(0.93, 0.985))
    matrix = np.array([[scale, 0, width * r.uniform(0.0, 1 - scale)], [0, scale, height * r.uniform(0.0, 1 - scale)]])
    return spoil_noise(
        np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8), r
    )


def _sideways(page: Image, r: Random) -> Image:
    return np.ascontiguousarray(np.rot90(spoil_noise(page, r)))


def _crooked(page: Image, r: Random) -> Image:
    """Fed well aside: up to nine degrees, on a white background."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(r.choice((-1, 1)) * r.uniform(4, 9)), 0.9)
    return spoil_noise(
        np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(252, 252, 252)), np.uint8), r
    )


def _bent(page: Image, r: Random) -> Image:
    """Paper that is not flat, pulled unevenly through the feeder: up to half a millimetre."""
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    dots = width / 210
    x += np.float32(0.5 * dots) * np.sin(y / height * np.float32(r.uniform(4, 9)) + np.float32(r.uniform(0, 6)))
    y += np.float32(0.5 * dots) * np.sin(x / width * np.float32(r.uniform(4, 9)) + np.float32(r.uniform(0, 6)))
    return spoil_noise(np.asarray(cv2.remap(page, x, y, cv2.INTER_LINEAR, borderValue=(255, 255, 255)), np.uint8), r)


def _copied(page: Image, r: Random) -> Image:
    """A copy of a copy: blurred, its contrast pushed."""
    soft = cv2.GaussianBlur(page, (0, 0), page.shape[1] / 210 * 0.14).astype(np.float32)
    return spoil_noise(np.asarray(np.clip((soft - 60) * 1.6, 0, 255), np.uint8), r)


def _torn(page: Image, r: Random) -> Image:
    """A corner gone, with its mark."""
    height, width = page.shape[:2]
    side = int(width * 0.13)
    corner = np.array([[0, height], [side, height], [0, height - side]], np.int32)
    return spoil_noise(np.asarray(cv2.fillPoly(page, [corner], (250, 250, 250)), np.uint8), r)


HARDER: dict[str, tuple[Callable[[Image, Random], Image], int]] = {
    "jpeg 18": (_jpeg, 200),
    "ajusté à la page": (_fitted, 200),
    "couché": (_sideways, 200),
    "très de travers": (_crooked, 200),
    "gondolé": (_bent, 200),
    "copie de copie": (_copied, 150),
    "coin arraché": (_torn, 200),
}
