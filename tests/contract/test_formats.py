"""One suite for every format: known by content, counted, read, seen, and copied with its words in their place."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from ged.mail.page import Page
from ingest.readers.inspection import Limits, inspect
from ingest.readers.source import Grey
from ingest.readers.table import pages_of
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from rooms.formats import MADE, ODD, drawn

ENGINE = "tesserocr"


def read(path: Path) -> list[Page]:
    return [read_page(path, number, source, ENGINE) for number, source in enumerate(triage(path), 1)]


@pytest.mark.parametrize("what", MADE)
def test_every_format_is_counted_read_seen_and_copied(what: str, tmp_path: Path) -> None:
    media_type, count, make = MADE[what]
    path = tmp_path / "nom-trompeur.exe"
    path.write_bytes(make())
    found = inspect(path, Limits())
    assert (found.media_type, found.page_count) == (media_type, count)
    pages = read(path)
    assert len(pages) == count
    assert "gravier" in pages[0].text

    seen = np.asarray(Image.open(BytesIO(*page_images(path, pages[0], (500,)))).convert("L"))
    assert np.median(seen) > 200, "paper is white"
    assert seen.min() < 120, "ink is black"

    copy = pypdfium2.PdfDocument(render_pdf(path, pages, "ARR-1").data)
    assert len(copy) == count
    assert ink_under(copy, "gravier"), "a word is found where it is seen"


@pytest.mark.parametrize("what", ODD)
def test_an_odd_image_is_one_page_seen_as_it_was_meant(what: str, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(ODD[what]())
    assert inspect(path, Limits()).page_count == 1
    pages = pages_of(path)
    looks_like(pages.image(path, 1).grey)
    buffer = BytesIO()
    pages.as_pdf(path).save(buffer)
    looks_like(np.asarray(pypdfium2.PdfDocument(buffer)[0].render(scale=2).to_pil().convert("L")))


def looks_like(grey: Grey) -> None:
    """Ask that a page shows what `drawn()` does, ink black and paper white."""
    small = (100, 141)
    seen, meant = (np.asarray(page.resize(small), np.int16) for page in (Image.fromarray(grey), drawn()))
    assert np.abs(seen - meant).mean() < 5
    assert np.abs(seen - meant).max() < 90


def ink_under(copy: pypdfium2.PdfDocument, word: str) -> bool:
    """Whether the first page of a copy shows ink, and paper, where its text says that a word stands."""
    page = copy[0]
    text = page.get_textpage()
    start, length = text.search(word).get_next()
    left, bottom, right, top = text.get_charbox(start)
    right = text.get_charbox(start + length - 1)[2]
    drawn = np.asarray(page.render(scale=2, grayscale=True).to_pil().convert("L"))
    height = drawn.shape[0]
    under = drawn[int(height - top * 2) : int(height - bottom * 2) + 1, int(left * 2) : int(right * 2) + 1]
    return bool(under.min() < 120 and under.max() > 200)
