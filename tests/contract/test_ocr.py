"""One suite on every OCR engine, on a page drawn here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pypdfium2
import pytest

from ingest.engines import by_onnx
from ingest.engines.port import LANGUAGE, OcrEngine
from ingest.readers.source import Grey
from ingest.stages.left_out import with_left_out
from ingest.stages.numbers_again import with_numbers_again
from ingest.stages.reading import engine_named
from rooms.letters import letter_pdf

DPI = 200.0


@pytest.fixture(params=["tesserocr", "pytesseract", "rapidocr"])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    return by_onnx.engine() if request.param == "rapidocr" else engine_named(request.param)


@pytest.fixture(scope="module")
def page() -> Grey:
    return drawn(letter_pdf())


def drawn(letter: bytes) -> Grey:
    pixels = pypdfium2.PdfDocument(letter)[0].render(scale=DPI / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(pixels.reshape(pixels.shape[:2]))


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


def test_small_print_far_under_the_rest_is_read_by_itself(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    last = max(word.box_px[3] for word in words)
    footed = np.vstack([page[: last + 40], np.full((900, page.shape[1]), 255, np.uint8)])
    small = next(word for word in words if word.text.startswith("Objet"))
    strip = page[small.box_px[1] - 6 : small.box_px[3] + 8]
    footed[-100 : -100 + len(strip)] = strip
    missed = [word for word in engine.recognize(footed, DPI) if word.box_px[3] < len(footed) - 150]
    found = with_left_out(missed, footed, DPI, engine, LANGUAGE)
    assert [word.text for word in found[: len(missed)]] == [word.text for word in missed]
    added = found[len(missed) :]
    assert any(word.text.startswith("Objet") for word in added)
    assert all(word.box_px[1] > len(footed) - 150 for word in added)
    assert added[0].line == missed[-1].line + 1


def test_a_date_alone_on_its_line_that_was_passed_over_is_read(engine: OcrEngine) -> None:
    page = drawn(letter_pdf(sender="04.10.24"))
    words = engine.recognize(page, DPI)
    missed = [word for word in words if word.text != "04.10.24"]
    assert len(missed) == len(words) - 1
    found = with_left_out(missed, page, DPI, engine, LANGUAGE)
    assert [word.text for word in found] == [word.text for word in words]


def test_a_page_whose_print_was_all_read_is_left_as_it_is(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    assert [word.text for word in with_left_out(words, page, DPI, engine, LANGUAGE)] == [word.text for word in words]


def test_small_print_cut_by_the_edge_of_the_page_stops_no_reading(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    first, last = min(word.box_px[1] for word in words), max(word.box_px[3] for word in words)
    cut = np.ascontiguousarray(page[first + 5 : last - 5])
    found = with_left_out([], cut, DPI, engine, LANGUAGE)
    assert all(0 <= word.box_px[1] < word.box_px[3] <= len(cut) for word in found)


def test_a_number_that_was_misread_is_read_again(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    at = next(at for at, word in enumerate(words) if word.text.count("/") > 1)
    wrong = replace(words[at], text=words[at].text.replace("/", "I", 1), confidence=0.5)
    found = with_numbers_again([*words[:at], wrong, *words[at + 1 :]], page, DPI, engine, LANGUAGE)
    assert " ".join(word.text for word in found) == " ".join(word.text for word in words)
    again = next(word for word in found if word.text == words[at].text)
    assert again.confidence > wrong.confidence
    assert again.line == words[at].line
    assert all(abs(one - other) < 0.05 * DPI for one, other in zip(again.box_px, words[at].box_px, strict=True))


def test_a_date_that_was_lost_altogether_is_read_again(engine: OcrEngine, page: Grey) -> None:
    words = engine.recognize(page, DPI)
    dated = next(word.line for word in words if word.text == "octobre")
    lost = [replace(word, text='n"2', confidence=0.05) if word.line == dated else word for word in words]
    found = with_numbers_again(lost, page, DPI, engine, LANGUAGE)
    assert [word.text for word in found] == [word.text for word in words]


def test_numbers_that_were_read_surely_and_running_text_stay_as_they_are(engine: OcrEngine, page: Grey) -> None:
    words = [replace(word, confidence=0.99) for word in engine.recognize(page, DPI)]
    assert with_numbers_again(words, page, DPI, engine, LANGUAGE) == words
    doubted = [replace(word, confidence=0.5 if word.text.isalpha() else 0.99) for word in words]
    assert with_numbers_again(doubted, page, DPI, engine, LANGUAGE) == doubted
