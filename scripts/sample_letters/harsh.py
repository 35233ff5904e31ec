"""Harsh: images as people make them, on desks, by telephones, tired copiers and old printers.

    python -m scripts.sample_letters.harsh --count 34 --seed 1 --to FOLDER

`TUNING_SEED` is for looking at; letters of `UNSEEN_SEED` are only ever measured (scripts/measure_ingest.py).
"""

from __future__ import annotations

import argparse
import html
import io
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image as Picture
from weasyprint import HTML

from scripts.sample_letters.compose import Letter, compose
from scripts.sample_letters.sheet import set_letter
from scripts.sample_letters.spoil import Image, Random, bled, grain, tinted, turned

TUNING_SEED, UNSEEN_SEED = 611, 90417
_NEEDLE_TYPE, _STRUCK = "Liberation Mono", 190
"""A needle printer prints the one typeface that was drawn for its needles: ten characters an inch, each stroke struck."""


def _light(page: Image, r: Random, depth: float) -> Image:
    """Light that falls off across the page, and the soft shadow of a hand or a telephone."""
    height, width = page.shape[:2]
    x, y = np.meshgrid(np.linspace(0, 1, width, dtype=np.float32), np.linspace(0, 1, height, dtype=np.float32))
    slope = float(r.uniform(0, 2 * np.pi))
    light = 1 - depth * 0.5 * np.clip(0.5 + (x - 0.5) * np.cos(slope) + (y - 0.5) * np.sin(slope), 0, 1)
    edge = x * float(r.uniform(0.5, 1)) + y * float(r.uniform(-0.6, 0.6)) - float(r.uniform(0.35, 0.7))
    light *= 1 - depth / (1 + np.exp(-edge * float(r.uniform(15, 60))))
    return np.asarray(np.clip(page * light[..., None], 0, 255), np.uint8)


def _photographed(page: Image, r: Random, tilt: float, depth: float) -> Image:
    height, width = page.shape[:2]
    wide, tall = int(width * r.uniform(1.15, 1.4)), int(height * r.uniform(1.12, 1.3))
    ground = np.array(r.choice(((70, 90, 120), (60, 60, 66), (120, 110, 96), (40, 70, 90))), np.float32)
    streaks = cv2.resize(r.normal(0, 14, (tall, 12)).astype(np.float32), (wide, tall))
    desk = np.clip(ground + streaks[..., None], 0, 255).astype(np.uint8)
    angle = np.radians(r.uniform(-6, 6))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    sheet = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    there = (sheet - (width / 2, height / 2)) @ turn.T * 0.98 + (wide / 2, tall / 2)
    there += r.uniform(-tilt, tilt, (4, 2)) * (width, height)
    matrix = cv2.getPerspectiveTransform(sheet, there.astype(np.float32))
    shot = cv2.warpPerspective(page, matrix, (wide, tall))
    cover = cv2.warpPerspective(np.ones(page.shape[:2], np.float32), matrix, (wide, tall))[..., None]
    whole = (shot * cover + desk * (1 - cover)).astype(np.uint8)
    soft = cv2.GaussianBlur(_light(whole, r, depth), (0, 0), float(r.uniform(0.4, 0.8)))
    return grain(np.asarray(soft, np.uint8), r, 5)


def desk(page: Image, r: Random) -> Image:
    """A telephone held over a desk."""
    return _photographed(page, r, 0.02, 0.15)


def shadow(page: Image, r: Random) -> Image:
    """The same in the evening, the telephone's own shadow on it."""
    return _photographed(page, r, 0.035, 0.45)


def sideways(page: Image, r: Random) -> Image:
    """Fed by its long side."""
    return np.ascontiguousarray(np.rot90(grain(page, r, 4), int(r.choice((1, 3)))))


def overturned(page: Image, r: Random) -> Image:
    """Fed head first, a little crooked."""
    return np.ascontiguousarray(grain(turned(page, float(r.uniform(-1.5, 1.5))), r, 4)[::-1, ::-1])


def stained(page: Image, r: Random) -> Image:
    """Tea and damp."""
    height, width = page.shape[:2]
    stain = np.zeros((height, width), np.float32)
    for _ in range(5):
        centre = (int(r.uniform(0, width)), int(r.uniform(0, height)))
        axes = (int(width * r.uniform(0.05, 0.22)), int(width * r.uniform(0.05, 0.16)))
        layer = np.zeros_like(stain)
        cv2.ellipse(layer, centre, axes, float(r.uniform(0, 180)), 0, 360, (float(r.uniform(0.12, 0.3)),), -1)
        stain = np.maximum(stain, cv2.GaussianBlur(layer, (0, 0), float(r.uniform(3, 18))))
    brown = np.array([90, 140, 175], np.float32)
    return grain((page * (1 - stain[..., None]) + brown * stain[..., None] * (page / 255.0)).astype(np.uint8), r, 4)


def folded(page: Image, r: Random) -> Image:
    """Folded in three, a corner gone."""
    height, width = page.shape[:2]
    shade = np.ones((height, width), np.float32)
    for share in (1 / 3, 2 / 3):
        y = int(height * (share + r.uniform(-0.02, 0.02)))
        away = np.abs(np.arange(height) - y)[:, None]
        shade *= 1 - 0.45 * np.exp(-away / 3.0) - 0.1 * np.exp(-away / 60.0)
    page = (page * shade[..., None]).astype(np.uint8)
    side = int(width * 0.07)
    cv2.fillPoly(page, [np.array([[width, 0], [width - side, 0], [width, side]])], (70, 70, 70))
    return grain(page, r, 4)


def bound(page: Image, r: Random) -> Image:
    """Out of a binder: two holes, a staple, the scanner's lid left open on two sides."""
    height, width = page.shape[:2]
    for share in (0.37, 0.63):
        cv2.circle(page, (int(width * 0.04), int(height * share)), int(width * 0.014), (25, 25, 25), -1)
    cv2.line(page, (int(width * 0.05), int(height * 0.03)), (int(width * 0.09), int(height * 0.022)), (90, 90, 90), 5)
    border = int(width * r.uniform(0.02, 0.05))
    edged = cv2.copyMakeBorder(page, 0, border, 0, border * 2, cv2.BORDER_CONSTANT, value=(12, 12, 12))
    return grain(np.asarray(edged, np.uint8), r, 4)


def carbon(page: Image, r: Random) -> Image:
    """The third copy: blurred, violet, uneven."""
    ink = 255 - cv2.GaussianBlur(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), (0, 0), 1.3).astype(np.float32)
    uneven = cv2.resize(r.uniform(0.55, 1.0, (14, 10)).astype(np.float32), page.shape[1::-1])
    spread = np.clip(ink * uneven * 1.15, 0, 255)[..., None] / 255
    colour = np.array([120, 60, 80], np.float32)
    return grain((np.array([225, 236, 240]) * (1 - spread) + colour * spread).astype(np.uint8), r, 7)


def dot_matrix(page: Image, r: Random) -> Image:
    """Needles and a worn ribbon; a needle strikes where a stroke takes a quarter of its dot."""
    height, width = page.shape[:2]
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    coarse = cv2.resize(grey, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    worn = np.asarray(r.uniform(0.55, 1.0, size=np.shape(coarse)), np.float32)
    needles = np.asarray(coarse < _STRUCK, np.float32) * worn
    wide = np.zeros((height, width), np.float32)
    wide[1 : 1 + 3 * coarse.shape[0] : 3, 1 : 1 + 3 * coarse.shape[1] : 3] = needles
    dots = np.clip(cv2.GaussianBlur(wide, (0, 0), 1.1) * 6.5, 0, 1)
    return grain(np.repeat((245 - 205 * dots)[..., None], 3, axis=2).astype(np.uint8), r, 5)


def coarse_fax(page: Image, r: Random) -> Image:
    """Standard fax: half the lines, one bit, some of them lost."""
    height, width = page.shape[:2]
    grey = cv2.cvtColor(grain(page, r, 10), cv2.COLOR_BGR2GRAY)
    lines = cv2.resize(grey, (width, height // 2), interpolation=cv2.INTER_AREA)
    bits = cv2.threshold(lines, 165, 255, cv2.THRESH_BINARY)[1]
    bits[r.random(len(bits)) < 0.004] = 255
    whole = cv2.resize(bits, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.cvtColor(whole, cv2.COLOR_GRAY2BGR), np.uint8)


def streaked(page: Image, r: Random) -> Image:
    """A copier with a scratched drum and little toner."""
    height, width = page.shape[:2]
    page = (page.astype(np.float32) * 0.75 + 55).astype(np.uint8)
    for _ in range(int(r.integers(3, 7))):
        x = int(r.uniform(0.05, 0.95) * width)
        page[:, x : x + int(r.integers(2, 6))] = np.minimum(page[:, x : x + 6][:, :1], int(r.uniform(70, 170)))
    for _ in range(2):
        x = int(r.uniform(0.1, 0.9) * width)
        page[:, x : x + int(r.integers(3, 8))] = 250
    dust = r.random((height, width)) < 0.0008
    page[dust] = 40
    return grain(np.asarray(cv2.GaussianBlur(page, (0, 0), 0.7), np.uint8), r, 6)


def thermal(page: Image, r: Random) -> Image:
    """Thermal paper after a summer: grey ink on grey paper, faded in bands."""
    height, width = page.shape[:2]
    ink = (255 - cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)).astype(np.float32) / 255
    fade = cv2.resize(r.uniform(0.35, 0.9, (9, 1)).astype(np.float32), (width, height))
    return grain(np.repeat((214 - 130 * ink * fade)[..., None], 3, axis=2).astype(np.uint8), r, 5)


WAYS: dict[str, tuple[Callable[[Image, Random], Image], int]] = {
    "bureau": (desk, 220),
    "ombre": (shadow, 220),
    "cote": (sideways, 200),
    "tete-beche": (overturned, 200),
    "taches": (stained, 200),
    "plis": (folded, 300),
    "classeur": (bound, 200),
    "couleur": (tinted, 200),
    "carbone": (carbon, 200),
    "matricielle": (dot_matrix, 200),
    "telecopie": (coarse_fax, 204),
    "verso": (bled, 300),
    "stries": (streaked, 200),
    "thermique": (thermal, 200),
    "ticket": (desk, 260),
    "a3": (stained, 200),
}
"""Each way with the resolution that it is made at, in dots per inch."""


def generate_harsh(count: int, seed: int, folder: Path) -> list[Path]:
    """Write `count` letters as PDF of one image a page, each way in turn, with their truth; the same for a seed."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_one(compose(seed * 100_000 + index), index, folder) for index in range(count)]


def _one(letter: Letter, index: int, folder: Path) -> Path:
    way = list(WAYS)[index % len(WAYS)]
    spoil, dpi = WAYS[way]
    r = np.random.default_rng(letter.seed)
    typeface = _NEEDLE_TYPE if way == "matricielle" else ""
    printed = _receipt(letter) if way == "ticket" else set_letter(letter, typeface=typeface)
    truth = printed if way == "ticket" else set_letter(letter, marks=False, typeface=typeface)
    drawn = [
        np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[..., :3]) for page in pypdfium2.PdfDocument(printed)
    ]
    if way == "a3":
        drawn = [np.hstack([drawn[0], drawn[1] if len(drawn) > 1 else np.full_like(drawn[0], 255)])]
    pages = [Picture.fromarray(cv2.cvtColor(spoil(page, r), cv2.COLOR_BGR2RGB)) for page in drawn]
    buffer = io.BytesIO()
    kept = [page.convert("1", dither=Picture.Dither.NONE) for page in pages] if way == "telecopie" else pages
    quality = {} if way == "telecopie" else {"quality": 80}
    kept[0].save(buffer, "PDF", save_all=True, append_images=kept[1:], resolution=dpi, **quality)
    path = folder / f"rude-{index + 1:03d}-{way}.pdf"
    path.write_bytes(buffer.getvalue())
    texts = [str(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(truth)]
    said = {
        "seed": letter.seed,
        "way": way,
        "scanned": len(pages),
        "stamped": way != "ticket",
        "pages": [text.replace("\r\n", "\n") for text in texts],
    }
    path.with_suffix(".json").write_text(json.dumps(said, ensure_ascii=False, indent=1), "utf-8")
    return path


def _receipt(letter: Letter) -> bytes:
    rows = "".join(
        f"<p>{html.escape(text)}</p>"
        for text in (*letter.head, letter.contact, letter.printed_date, letter.subject, *letter.paragraphs[:2])
    )
    style = "@page{size:80mm 150mm;margin:5mm} body{font:8.5pt 'DejaVu Sans Mono'} p{margin:0 0 4pt}"
    return bytes(HTML(string=f"<html lang=fr><style>{style}</style><body>{rows}</body></html>").write_pdf())


def main() -> None:
    """Write the letters."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2 * len(WAYS))
    parser.add_argument("--seed", type=int, default=TUNING_SEED)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    generate_harsh(given.count, given.seed, given.to)


if __name__ == "__main__":
    main()
