"""Photographs: the sheet is found and laid straight, its words keep their place in the untouched picture."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from ged.mail.page import Page, TextSource
from ingest.readers.source import Grey
from ingest.stages.photo import corners_of, find_outline, on_image
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 200
CORNERS = np.array([[210, 190], [1840, 150], [1905, 2560], [140, 2480]], np.float32)


def photographed(sheet: Grey) -> Grey:
    """Lay a sheet askew on a dark desk, half of it in shadow."""
    height, width = sheet.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, CORNERS)
    shot = cv2.warpPerspective(sheet, matrix, (2050, 2720), borderValue=(70,)).astype(np.float32)
    shot *= np.linspace(1.0, 0.6, 2050, dtype=np.float32)[None, :]
    return np.asarray(cv2.GaussianBlur(shot, (0, 0), 0.6), np.uint8)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "photo.jpg"
    Image.fromarray(photographed(drawn_page(letter_pdf(), DPI))).save(path, quality=88)
    return path


@pytest.fixture(scope="module")
def page(path: Path) -> Page:
    return read_page(path, 1, TextSource.OCR, "tesserocr")


def test_the_sheet_is_found_on_the_desk_and_read_without_it(page: Page) -> None:
    assert page.outline is not None
    assert np.abs(np.array(page.outline) * (2049, 2719) - CORNERS).max() < 25
    assert page.height_px / page.width_px == pytest.approx(2**0.5, abs=0.01)
    assert "le transformateur existant" in " ".join(page.text.split())


def test_each_word_keeps_its_place_in_the_picture(page: Page, path: Path) -> None:
    picture = np.asarray(Image.open(path).convert("L"))
    height, width = picture.shape
    assert page.outline is not None
    for word in page.words:
        across, down = zip(*on_image(page, page.outline, corners_of(word.box)), strict=True)
        ink = picture[round(min(down) * height) : round(max(down) * height) + 1, :][
            :, round(min(across) * width) : round(max(across) * width) + 1
        ]
        assert ink.min() < 0.6 * ink.max(), word.text


def test_the_copy_shows_the_sheet_and_keeps_the_picture_as_it_came(page: Page, path: Path) -> None:
    copy = render_pdf(path, [page], "ARR-2026-000001")
    assert "transformateur" in pypdfium2.PdfDocument(copy.data)[0].get_textpage().get_text_range()
    with pikepdf.open(BytesIO(copy.data)) as found:
        (image,) = found.pages[0].get_images().values()
        assert image.read_raw_bytes() == path.read_bytes()
        left, bottom, right, top = (float(side) for side in found.pages[0].cropbox)
        whole = [float(side) for side in found.pages[0].mediabox]
    assert 0 < left < right < whole[2]
    assert 0 < bottom < top < whole[3]


def test_the_image_that_people_see_is_the_sheet_alone(page: Page, path: Path) -> None:
    (data,) = page_images(path, page, (909,))
    shown = np.asarray(Image.open(BytesIO(data)).convert("L"))
    assert np.median(shown[:10]) > 130
    assert np.median(shown[:, :10]) > 130


@pytest.mark.parametrize("paper", [255, 120])
def test_a_scan_that_is_all_sheet_has_no_outline(paper: int) -> None:
    sheet = np.minimum(drawn_page(letter_pdf(), DPI), paper).astype(np.uint8)
    assert find_outline(sheet) is None
