"""A page read with doubt is read again by the second engine, behind walls; the surer reading is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
from rooms.scans import copy_of_a_copy, drawn_page


@pytest.fixture(scope="module")
def reading() -> Iterator[Reading]:
    with Confined(at_once=1) as confined, Reading("tesserocr", confined) as reading:
        yield reading


@pytest.mark.parametrize("upside_down", [False, True])
def test_a_doubtful_page_is_kept_as_the_surer_engine_reads_it(
    tmp_path: Path, reading: Reading, *, upside_down: bool
) -> None:
    path = copy_of_a_copy(letter_pdf(), tmp_path / "scan.pdf", upside_down=upside_down)
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
    path = copy_of_a_copy(letter_pdf(), tmp_path / "scan.pdf")
    first = read_page(path, 1, TextSource.OCR, "tesserocr")
    with Confined(Bounds(memory_bytes=200_000_000), at_once=1) as confined, Reading("tesserocr", confined) as reading:
        assert reading.again(path, [first]) == [first]
