"""Stamps, signatures and handwriting: told apart from print, kept with the page, and what they cover is still read."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ged.mail.page import Page, RegionKind, TextSource
from ingest.readers.source import Grey
from ingest.stages.reading import read_page
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 200
STAMP_INK, PEN_INK = 105, 95


def frame(sheet: Grey, x: int, y: int, ink: int) -> None:
    """Stamp « COURRIER ARRIVEE 12 OCT 2026 » into a frame two degrees askew."""
    stamp = np.full((190, 430), 255, np.uint8)
    cv2.rectangle(stamp, (15, 25), (415, 165), ink, 4)
    for row, text in enumerate(("COURRIER ARRIVEE", "12 OCT 2026")):
        cv2.putText(stamp, text, (45, 80 + 55 * row), cv2.FONT_HERSHEY_DUPLEX, 1.1, ink, 2, cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D((215, 95), 2, 1)
    stamp = np.asarray(cv2.warpAffine(stamp, turn, (430, 190), borderValue=(255,)), np.uint8)
    sheet[y : y + 190, x : x + 430] = np.minimum(sheet[y : y + 190, x : x + 430], stamp)


def stroke(sheet: Grey, x: int, y: int, ink: int) -> None:
    along = np.linspace(0, 4 * np.pi, 200)
    points = np.stack([x + along * 18, y - 50 * np.sin(along) - along * 2], axis=1).astype(np.int32)
    layer = np.full_like(sheet, 255)
    cv2.polylines(layer, [points], isClosed=False, color=(ink,), thickness=3, lineType=cv2.LINE_AA)
    np.minimum(sheet, layer, out=sheet)


def read(tmp_path: Path, sheet: Grey) -> Page:
    path = tmp_path / "scan.png"
    Image.fromarray(sheet).save(path, dpi=(DPI, DPI))
    return read_page(path, 1, TextSource.OCR, "tesserocr")


def place_of(page: Page, text: str) -> tuple[int, int]:
    word = next(word for word in page.words if text in word.text)
    return round(word.box.left * page.width_px), round(word.box.top * page.height_px)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return read(tmp_path_factory.mktemp("plain"), drawn_page(letter_pdf(), DPI))


def test_a_page_of_print_alone_has_no_region(plain: Page) -> None:
    assert plain.regions == ()
    assert all(word.printed for word in plain.words)


def test_a_stamp_over_print_is_a_region_and_the_print_under_it_is_read(tmp_path: Path, plain: Page) -> None:
    sheet = drawn_page(letter_pdf(), DPI)
    x, y = place_of(plain, "0123")
    frame(sheet, x + 20, y - 70, STAMP_INK)
    page = read(tmp_path, sheet)
    assert [region.kind for region in page.regions] == [RegionKind.STAMP]
    printed = " ".join(word.text for line in page.printed_lines() for word in line)
    assert printed == " ".join(word.text for word in plain.words)
    assert "12 OCT 2026" in page.text
    assert "OCT" not in printed


def test_what_a_pen_wrote_on_an_empty_part_is_handwriting_and_no_print(tmp_path: Path, plain: Page) -> None:
    sheet = drawn_page(letter_pdf(), DPI)
    stroke(sheet, 300, sheet.shape[0] - 220, PEN_INK)
    page = read(tmp_path, sheet)
    assert [region.kind for region in page.regions] == [RegionKind.HANDWRITING]
    assert [word.text for word in page.words if word.printed] == [word.text for word in plain.words]


def test_a_printed_box_is_no_stamp(tmp_path: Path) -> None:
    sheet = drawn_page(letter_pdf(), DPI)
    height = sheet.shape[0]
    cv2.rectangle(sheet, (200, height - 400), (640, height - 240), 0, 3)
    cv2.putText(sheet, "CADRE RESERVE", (230, height - 300), cv2.FONT_HERSHEY_DUPLEX, 1.1, 0, 2, cv2.LINE_AA)
    assert read(tmp_path, sheet).regions == ()


def test_the_dashes_under_a_heading_are_read_as_they_stand(tmp_path: Path) -> None:
    page = read(tmp_path, drawn_page(letter_pdf(subject="Relance</p><p>-------------</p><p>Suite"), DPI))
    assert "-------------" in page.text.split()
