"""A page on its head is told by its letters, and read once; where they tell nothing, it is read as it lies."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.engines.port import LANGUAGE, RawWord
from ingest.readers.source import Grey, PageImage
from ingest.stages.clean import clean
from ingest.stages.reading import engine_named
from ingest.stages.recognize import recognize
from ingest.stages.way_up import densest_strip, standing
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 200.0


def turned(grey: Grey) -> Grey:
    return np.ascontiguousarray(grey[::-1, ::-1])


@pytest.fixture(scope="module")
def letter() -> Grey:
    return drawn_page(letter_pdf(), int(DPI))


def test_letters_stand_on_their_feet_or_on_their_heads(letter: Grey) -> None:
    assert standing(letter, DPI) > 3
    assert standing(turned(letter), DPI) < -3


def test_capitals_and_empty_paper_tell_nothing() -> None:
    capitals = "MINISTERE DES MINES ET DE L ENERGIE DU TOGO "
    shouted = drawn_page(letter_pdf(sender=capitals, subject=capitals * 3, body=capitals * 40), int(DPI))
    assert abs(standing(densest_strip(shouted, 300), DPI)) < 2
    for size in ((300, 200), (3, 3), (1, 900)):
        assert standing(np.full(size, 255, np.uint8), DPI) == 0


def test_the_densest_strip_holds_the_ink() -> None:
    page = np.full((900, 100), 255, np.uint8)
    page[500:560] = 0
    assert (densest_strip(page, 80) == 0).sum() == 60 * 100
    assert densest_strip(page, 2000).shape == page.shape


class Counted:
    """The engine, and the heights of what it was asked to read."""

    def __init__(self) -> None:
        self._engine = engine_named("tesserocr")
        self.name, self.languages = self._engine.name, self._engine.languages
        self.heights: list[int] = []

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:
        """Return what the engine reads."""
        self.heights.append(len(grey))
        return self._engine.recognize(grey, resolution_dpi, language)


@pytest.mark.parametrize("on_its_head", [False, True])
def test_a_page_is_read_whole_once_whichever_end_is_up(letter: Grey, *, on_its_head: bool) -> None:
    engine = Counted()
    cleaned = clean(PageImage(turned(letter) if on_its_head else letter, DPI))
    page = recognize(cleaned, 1, engine)
    assert page.rotation_deg == (180 if on_its_head else 0)
    assert "carrière" in page.text or "quartier" in page.text
    assert engine.heights.count(len(cleaned.grey)) == 1
