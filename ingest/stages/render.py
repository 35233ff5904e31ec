"""Render: the searchable copy (PDF/A-2b, image bytes untouched) and the page images that the viewer shows."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from pikepdf import Array, Name

from ged.mail.page import Outline, Page, TextSource, Word
from ingest.readers import pdf as pdf_reader
from ingest.readers.source import Grey
from ingest.readers.table import pages_of
from ingest.stages.clean import turn
from ingest.stages.glyphless import add_font
from ingest.stages.pdf_a import declare
from ingest.stages.photo import corners_of, on_image, straightened
from ingest.stages.rasterize import rasterize

JPEG_QUALITY, JPEG_QUALITY_SMALL = 50, 40
"""The small image, progressive, weighs no more than WebP of quality 52 did, in a sixth of its time (measured)."""
_BENDS = 0.8
"""A line bends whose words stand on feet so far apart, in heights of a word: a tail is a third of one."""
_TURN_BACK = {0: 0, 90: 270, 180: 180, 270: 90}
BORN_DIGITAL_REMARK = "Cette copie est le document reçu lui-même : il porte déjà son texte."


@dataclass(frozen=True, slots=True)
class Rendered:
    """The searchable copy, and what is to be said of it: "" when it is PDF/A-2b."""

    data: bytes
    remark: str


def page_images(path: Path, page: Page, widths_px: Sequence[int]) -> list[bytes]:
    """Return a page in grey at each width, in the very frame of its words' boxes: upright and level.

    Each is a JPEG (`IMAGE_TYPE`). The page is decoded once; each image is made from the one before, the
    widest first.
    """
    widest = max(widths_px)
    shown = _upright(path, page, widest)
    found: dict[int, bytes] = {}
    for width_px in sorted(widths_px, reverse=True):
        height_px = max(1, round(width_px * page.height_px / page.width_px))
        # By area the grain goes, which weighs; the large image may keep its own, and is made four times as quickly.
        nearly = width_px == widest and 2 * width_px > shown.shape[1]
        how = cv2.INTER_LINEAR if nearly or width_px > shown.shape[1] else cv2.INTER_AREA
        shown = np.asarray(cv2.resize(shown, (width_px, height_px), interpolation=how), np.uint8)
        found[width_px] = _encoded(shown, small=width_px < widest)
    return [found[width_px] for width_px in widths_px]


def _encoded(shown: Grey, *, small: bool) -> bytes:
    quality = JPEG_QUALITY_SMALL if small else JPEG_QUALITY
    how = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1, cv2.IMWRITE_JPEG_PROGRESSIVE, int(small))
    return cv2.imencode(".jpg", shown, how)[1].tobytes()


def _upright(path: Path, page: Page, width_px: int) -> Grey:
    if page.source in {TextSource.BORN_DIGITAL, TextSource.OCR_LAYER}:
        return pdf_reader.raster(path, page.number, width_px)
    own = rasterize(path, page.number)
    sheet = straightened(own, page.outline) if page.outline else own
    grey = np.ascontiguousarray(np.rot90(sheet.grey, page.rotation_deg // 90))
    return turn(grey, page.skew_deg)


def render_pdf(path: Path, pages: Sequence[Page], title: str) -> Rendered:
    """Return a copy in which every word can be selected and found, in its place over the untouched image.

    A wholly born-digital document is given as it came: its fonts and colours are its author's,
    and a claim of PDF/A over them could not be kept.
    """
    if pages and all(page.source is TextSource.BORN_DIGITAL for page in pages):
        return Rendered(path.read_bytes(), BORN_DIGITAL_REMARK)
    with pages_of(path).as_pdf(path) as document:
        font = add_font(document)
        for page in pages:
            _write_text(document.pages[page.number - 1], page, font)
        declare(document, title)
        buffer = io.BytesIO()
        document.save(buffer, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    mixed = any(page.source is not TextSource.OCR and page.words for page in pages)
    return Rendered(buffer.getvalue(), "Certaines pages portaient déjà leur texte." if mixed else "")


def _write_text(sheet: pikepdf.Page, page: Page, font: pikepdf.Object) -> None:
    for key in ("/Group", "/AA", "/Annots"):
        if key in sheet:
            del sheet[key]
    if page.source is not TextSource.OCR or not page.words:
        return
    left, bottom, right, top = (float(side) for side in sheet.mediabox)
    width, height = right - left, top - bottom
    sheet.add_resource(font, Name.Font, Name("/FGl"))
    if page.outline:
        _write_on_photograph(sheet, page, page.outline)
        return
    if page.skew_deg:
        sheet.contents_add(_level(page.skew_deg, left + width / 2, bottom + height / 2), prepend=True)
        sheet.contents_add(b"\nQ")
    upright = (height, width) if page.rotation_deg in {90, 270} else (width, height)
    frame = {
        0: "1 0 0 1 0 0",
        90: f"0 -1 1 0 0 {height:.3f}",
        180: f"-1 0 0 -1 {width:.3f} {height:.3f}",
        270: f"0 1 -1 0 {width:.3f} 0",
    }[page.rotation_deg]
    text = "\n".join(_text(page, *upright))
    sheet.contents_add(f"q 1 0 0 1 {left:.3f} {bottom:.3f} cm {frame} cm\nBT 3 Tr\n{text}\nET Q".encode())
    if page.rotation_deg:
        sheet.obj.Rotate = (int(sheet.get("/Rotate", 0)) + _TURN_BACK[page.rotation_deg]) % 360


def _write_on_photograph(sheet: pikepdf.Page, page: Page, outline: Outline) -> None:
    """Write each word where it stands in the photograph, which stays as it is; show the part that the sheet takes."""
    left, bottom, right, top = (float(side) for side in sheet.mediabox)
    width, height = right - left, top - bottom

    def on_page(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(left + x * width, top - y * height) for x, y in on_image(page, outline, points)]

    text = "\n".join(_word_at(word.text, on_page(corners_of(word.box))) for word in page.words)
    sheet.contents_add(f"q BT 3 Tr\n{text}\nET Q".encode())
    across, up = zip(*((left + x * width, top - y * height) for x, y in outline), strict=True)
    sheet.obj.CropBox = Array([round(min(across), 2), round(min(up), 2), round(max(across), 2), round(max(up), 2)])
    if page.rotation_deg:
        sheet.obj.Rotate = (int(sheet.get("/Rotate", 0)) + _TURN_BACK[page.rotation_deg]) % 360


def _word_at(text: str, corners: list[tuple[float, float]]) -> str:
    """Return the operator for a word whose corners are given on the page, clockwise from its top left."""
    (top_x, top_y), _, (end_x, end_y), (x, y) = corners
    wide, size = math.hypot(end_x - x, end_y - y), max(1.0, math.hypot(top_x - x, top_y - y))
    cos, sin = ((end_x - x) / wide, (end_y - y) / wide) if wide else (1.0, 0.0)
    return f"{cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} {x:.2f} {y:.2f} Tm {_shown(text, max(0.1, wide), size)}"


def _level(degrees: float, x: float, y: float) -> bytes:
    """Return the operator that turns the page's own content level, about its centre."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    across, up = x - cos * x + sin * y, y - sin * x - cos * y
    return f"q {cos:.6f} {sin:.6f} {-sin:.6f} {cos:.6f} {across:.4f} {up:.4f} cm\n".encode()


def _text(page: Page, width: float, height: float) -> Iterator[str]:
    """Yield one text operator a word, stretched to its box, on the foot of its line; where that bends, on its own."""
    for line in page.lines():
        foot = float(np.median([word.box.bottom for word in line]))
        size = max(1.0, (foot - min(word.box.top for word in line)) * height)
        feet, tall = [word.box.bottom for word in line], np.median([word.box.bottom - word.box.top for word in line])
        bends = max(feet) - min(feet) > _BENDS * tall
        for word in line:
            own = max(1.0, (word.box.bottom - word.box.top) * height)
            yield _word(word, width, height * (1 - (word.box.bottom if bends else foot)), own if bends else size)


def _word(word: Word, width: float, foot: float, size: float) -> str:
    wide = max(0.1, (word.box.right - word.box.left) * width)
    return f"1 0 0 1 {word.box.left * width:.2f} {foot:.2f} Tm {_shown(word.text, wide, size)}"


def _shown(text: str, wide: float, size: float) -> str:
    """Return the operators that set a text in the glyphless font, `wide` points in all, with a space after it."""
    known = "".join(c if ord(c) < 0x10000 else "?" for c in text)
    stretch = 100 * wide / (len(known) * size * 0.5)
    return f"/FGl {size:.2f} Tf {stretch:.2f} Tz <{known.encode('utf-16-be').hex()}0020> Tj"
