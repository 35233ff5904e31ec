"""One suite on every OCR engine, on a page drawn here."""

from __future__ import annotations

import numpy as np
import pypdfium2
import pytest

from ingest.engines import by_onnx
from ingest.engines.port import OcrEngine
from ingest.readers.source import Grey
from ingest.stages.reading import engine_named
from rooms.letters import letter_pdf

DPI = 200.0


@pytest.fixture(params=["tesserocr", "pytesseract", "rapidocr"])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    return by_onnx.engine() if request.param == "rapidocr" else engine_named(request.param)


@pytest.fixture(scope="module")
def page() -> Grey:
    drawn = pypdfium2.PdfDocument(letter_pdf())[0].render(scale=DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(drawn.reshape(drawn.shape[:2]))


def test_the_words_are_read_in_order_with_their_accents(engine: OcrEngine, page: Grey) -> None:
    words = [word.text for word in engine.recognize(page, DPI)]
    text = " ".join(words)
    for expected in (
        "Société des Carrières du Mono",
        "12 octobre 2026",
        "Monsieur le Ministre",
        "transformateur existant",
    ):
        assert expected in text
    assert text.index("Objet") < text.index("transformateur")


def test_boxes_lie_on_their_ink(engine: OcrEngine, page: Grey) -> None:
    height, width = page.shape
    for word in engine.recognize(page, DPI):
        left, top, right, bottom = word.box_px
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert 0.0 <= word.confidence <= 1.0
        assert page[top:bottom, left:right].min() < 128, word.text


def test_words_of_one_line_share_its_number(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    subject = next(word for word in words if word.text.startswith("Objet"))
    line = [word.text for word in words if word.line == subject.line]
    assert "d'exploitation" in " ".join(line).replace("’", "'")
    assert [word.line for word in words] == sorted(word.line for word in words)


def test_an_empty_page_has_no_word(engine: OcrEngine) -> None:
    assert engine.recognize(np.full((600, 800), 255, np.uint8), DPI) == []


def test_an_engine_says_its_name_and_version(engine: OcrEngine) -> None:
    name, version, language = engine.name.split()
    assert name in {"tesseract", "tesseract-command", "rapidocr"}
    assert language == "fra"
    assert version[0].isdigit()
