"""A fax: lost lines are drawn again, coarse lines run together, and a good page in one bit stays as it is."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.readers.source import Grey, PageImage
from ingest.stages.clean import clean
from ingest.stages.fax import without_losses
from rooms.letters import letter_pdf
from rooms.scans import drawn_page

DPI = 200


@pytest.fixture(scope="module")
def page() -> Grey:
    return np.where(drawn_page(letter_pdf(), DPI) < 160, 0, 255).astype(np.uint8)


def test_a_lost_line_is_drawn_again_where_both_neighbours_have_ink(page: Grey) -> None:
    row = int((page == 0).mean(axis=1).argmax())
    spoilt = page.copy()
    spoilt[row] = 255
    found = without_losses(spoilt)
    both = (page[row - 1] == 0) & (page[row + 1] == 0)
    assert both.sum() > 20
    assert (found[row][both] == 0).all()
    assert np.array_equal(np.delete(found, row, axis=0), np.delete(spoilt, row, axis=0))


def test_the_lines_of_a_coarse_fax_run_into_one_another(page: Grey) -> None:
    coarse = np.repeat(page[1::2], 2, axis=0)
    found = without_losses(coarse)
    assert found.shape == coarse.shape
    assert np.abs(np.diff(coarse.astype(int), axis=0)).max() == 255
    assert np.abs(np.diff(found.astype(int), axis=0)).max() < 200
    assert np.abs(found.astype(int) - coarse).mean() < 5


def test_a_good_page_in_one_bit_stays_as_it_is(page: Grey) -> None:
    assert np.array_equal(without_losses(page), page)


def test_a_page_in_one_bit_is_cleaned_without_its_losses(page: Grey) -> None:
    row = 1 + int(((page[:-2] == 0) & (page[2:] == 0)).mean(axis=1).argmax())
    spoilt = page.copy()
    spoilt[row] = 255
    there, lost = clean(PageImage(page, DPI)), clean(PageImage(spoilt, DPI))
    assert there.offset_px == lost.offset_px
    line = row - there.offset_px[1]
    both = there.grey[line - 1 : line + 2].max(axis=0) < 60
    assert both.sum() > 20
    assert lost.grey[line][both].mean() < 60
