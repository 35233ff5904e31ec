"""Streaks and folds go; the print beneath them stays where it shows, and is drawn on where it does not."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.readers.source import Grey, PageImage
from ingest.stages.streaks import without_streaks
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 200
DOWN = np.s_[:, 700:704]


@pytest.fixture(scope="module")
def sheet() -> Grey:
    return drawn_page(letter_pdf(), DPI)


def mended(page: Grey, *, one_bit: bool = False) -> Grey:
    return without_streaks(PageImage(page, DPI), one_bit=one_bit).grey


def apart(one: Grey, other: Grey) -> float:
    """Return how far two images are from one another, in grey levels."""
    return float(np.abs(one.astype(np.float32) - other).mean())


def test_the_print_under_a_streak_comes_back(sheet: Grey) -> None:
    scratched = sheet.copy()
    scratched[DOWN] = np.minimum(scratched[DOWN], 120)
    found = mended(scratched)
    assert (sheet[DOWN] < 60).any(), "a streak beside all print proves nothing"
    assert apart(found[DOWN], sheet[DOWN]) < 3
    outside = np.delete(np.arange(sheet.shape[1]), np.s_[690:714])
    assert np.array_equal(found[:, outside], sheet[:, outside])


def test_the_line_that_a_fold_goes_through_comes_back(sheet: Grey) -> None:
    row = int((sheet < 60).mean(axis=1).argmax())
    away = np.abs(np.arange(sheet.shape[0]) - row)[:, None]
    folded = (sheet * (1 - 0.45 * np.exp(-away / 2.0))).astype(np.uint8)
    line = np.s_[row - 2 : row + 3]
    assert apart(mended(folded)[line], sheet[line]) < 0.3 * apart(folded[line], sheet[line])


def test_a_streak_as_dark_as_print_is_filled_from_beside(sheet: Grey) -> None:
    scratched = sheet.copy()
    scratched[DOWN] = 0
    assert np.median(mended(scratched)[DOWN]) > 250


def test_strokes_are_drawn_on_across_a_streak_without_toner() -> None:
    page = np.full((1600, 1200), 255, np.uint8)
    page[100:1500:40, 200:1000] = page[101:1500:40, 200:1000] = 30
    spoilt = page.copy()
    spoilt[:, 600:604] = 255
    found = mended(spoilt)
    assert apart(found[:, 600:604], page[:, 600:604]) < 2
    assert apart(spoilt[:, 600:604], page[:, 600:604]) > 8


def test_nothing_shows_through_a_streak_of_a_page_in_one_bit(sheet: Grey) -> None:
    page = np.where(sheet < 128, 0, 255).astype(np.uint8)
    page[900:903] = 0
    found = mended(page, one_bit=True)
    assert found[900:903].mean() > 200


def test_a_page_without_streaks_stays_as_it_is(sheet: Grey) -> None:
    for turned in (sheet, np.ascontiguousarray(np.rot90(sheet))):
        assert np.array_equal(mended(turned), turned)
