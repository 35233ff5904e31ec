"""A sheet that does not lie flat is read as if it did; its words are found where they are seen."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ged.mail.page import Page, TextSource
from ingest.readers.pdf import read_words
from ingest.readers.source import PageImage
from ingest.stages.clean import clean
from ingest.stages.reading import read_page
from ingest.stages.render import render_pdf
from rooms.letters import letter_pdf
from rooms.scans import drawn_page
from scripts.sample_letters.bent import BENDS, bent, places

DPI, STRENGTH = 200, 0.07
SHEET = np.repeat(drawn_page(letter_pdf(), DPI)[..., None], 3, axis=2)


def scan(path: Path, image: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Path:
    buffer = BytesIO()
    Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)).save(buffer, "PDF", resolution=DPI, quality=85)
    path.write_bytes(buffer.getvalue())
    return path


def read(path: Path) -> Page:
    return read_page(path, 1, TextSource.OCR, "tesserocr")


def middle(page: Page, text: str) -> tuple[float, float]:
    (box,) = [word.box for word in page.words if word.text == text]
    return (box.left + box.right) / 2 * page.width_px, (box.top + box.bottom) / 2 * page.height_px


def only_once(page: Page) -> set[str]:
    said = [word.text for word in page.words if len(word.text) > 3]
    return {text for text in said if said.count(text) == 1}


@pytest.mark.parametrize("bend", BENDS)
def test_a_bent_page_is_read_as_the_flat_one_and_its_words_lie_where_they_are_seen(bend: str, tmp_path: Path) -> None:
    flat = read(scan(tmp_path / "plat.pdf", SHEET))
    image = bent(SHEET, np.random.default_rng(7), bend, STRENGTH)
    path = scan(tmp_path / "bombe.pdf", image)
    seen = read(path)
    known, found = only_once(flat), only_once(flat) & only_once(seen)
    assert len(found) >= 0.95 * len(known), known - found

    from_x, from_y, _ = places(SHEET.shape[:2], np.random.default_rng(7), bend, STRENGTH)
    for text in found:
        x, y = middle(seen, text)
        there = from_x[round(y), round(x)], from_y[round(y), round(x)]
        away = np.abs(np.subtract(there, middle(flat, text)))
        assert (away < (25, 15)).all(), f"{text} lies a letter or two, or a third of a line, away: {away}"

    copy = tmp_path / "copie.pdf"
    copy.write_bytes(render_pdf(path, (seen,), "ARR-1").data)
    placed = {word.text: word.box for word in read_words(copy, 1)}
    for text in found & placed.keys():
        box, given = placed[text], next(word.box for word in seen.words if word.text == text)
        assert box.top < (given.top + given.bottom) / 2 < box.bottom, f"{text} is not selected where it is seen"


def test_a_flat_page_stays_as_it_is() -> None:
    grey = cv2.cvtColor(SHEET, cv2.COLOR_BGR2GRAY)
    assert clean(PageImage(np.asarray(grey, np.uint8), DPI)).bend is None
    upside_down = np.ascontiguousarray(np.asarray(grey, np.uint8)[::-1, ::-1])
    assert clean(PageImage(upside_down, DPI)).bend is None


def test_a_bent_page_may_come_head_first(tmp_path: Path) -> None:
    image = np.ascontiguousarray(bent(SHEET, np.random.default_rng(7), "curled", STRENGTH)[::-1, ::-1])
    seen = read(scan(tmp_path / "bombe.pdf", image))
    upright = read(scan(tmp_path / "droit.pdf", np.ascontiguousarray(image[::-1, ::-1])))
    assert seen.rotation_deg == 180
    for text in only_once(seen) & only_once(upright):
        assert np.abs(np.subtract(middle(seen, text), middle(upright, text))).max() < 12, text
