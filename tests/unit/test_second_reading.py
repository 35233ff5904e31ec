"""A page read with doubt is read again by the second engine, behind walls; the surer reading is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ged.mail.page import Page, TextSource
from ingest.confined.bounds import Bounds
from ingest.confined.confined import Confined
from ingest.engines import by_onnx
from ingest.second_reading import doubtful
from ingest.side_by_side import Reading
from ingest.stages.reading import read_page
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 75


def spoilt(path: Path, *, upside_down: bool = False) -> Path:
    """Write the letter as a bad copy of a bad copy gives it."""
    grey = cv2.GaussianBlur(drawn_page(letter_pdf(), DPI), (0, 0), 0.8).astype(np.float64)
    grainy = np.clip(grey + np.random.default_rng(7).normal(0, 18, grey.shape), 0, 255).astype(np.uint8)
    page = np.ascontiguousarray(grainy[::-1, ::-1]) if upside_down else grainy
    Image.fromarray(page).save(path, "PDF", resolution=DPI, quality=80)
    return path


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    with Confined(at_once=1) as confined, Reading("tesserocr", confined) as reading:
        yield reading


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_doubtful_page_is_kept_as_the_surer_engine_reads_it(
    tmp_path: Path, reading: Reading, *, upside_down: bool
) -> None:
    path = spoilt(tmp_path / "scan.pdf", upside_down=upside_down)
    first = read_page(path, 1, TextSource.OCR, "tesserocr")
    assert doubtful(first)
    (kept,) = reading.again(path, [first])
    assert kept.engine == by_onnx.engine().name
    assert kept.confidence > first.confidence
    assert kept.rotation_deg == first.rotation_deg == (180 if upside_down else 0)
    assert "aux besoins du quartier" in kept.text
    assert where(kept, "Objet") == pytest.approx(where(first, "Objet"), abs=0.02)


def where(page: Page, start: str) -> tuple[float, float]:
    """Return where on the page the word stands that starts so."""
    box = next(word.box for word in page.words if word.text.startswith(start))
    return (box.left, box.top)


def test_a_page_read_well_is_left_alone(tmp_path: Path, reading: Reading) -> None:
    path = tmp_path / "scan.pdf"
    Image.fromarray(drawn_page(letter_pdf(), 200)).save(path, "PDF", resolution=200)
    first = read_page(path, 1, TextSource.OCR, "tesserocr")
    assert reading.again(path, [first]) == [first]


def test_a_page_too_heavy_for_the_second_engine_stays_as_first_read(tmp_path: Path) -> None:
    path = spoilt(tmp_path / "scan.pdf")
    first = read_page(path, 1, TextSource.OCR, "tesserocr")
    with Confined(Bounds(memory_bytes=200_000_000), at_once=1) as confined, Reading("tesserocr", confined) as reading:
        assert reading.again(path, [first]) == [first]
