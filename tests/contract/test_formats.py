"""One suite for every format: known by content, counted, read, seen, and copied with its words in their place."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from ged.mail.electronic import Piece
from ged.mail.page import Page
from ingest.office.converter import Office
from ingest.readers.inspection import Limits, inspect
from ingest.readers.source import Grey
from ingest.readers.table import is_paged, of_type, pages_of
from ingest.readers.unpack import unpack
from ingest.stages.lay_out import lay_out
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from rooms.formats import MADE, ODD, drawn

ENGINE = "tesserocr"


def read(path: Path) -> list[Page]:
    return [read_page(path, number, source, ENGINE) for number, source in enumerate(triage(path), 1)]


def laid_out(path: Path, media_type: str, folder: Path) -> Path:
    """Return a file as pages, with those of what it holds, as the reading machine has them."""
    known = of_type(media_type)
    if known is not None and known.office is not None:
        (folder / "office.pdf").write_bytes(Office().convert(path.read_bytes(), known.office))
        return folder / "office.pdf"
    (folder / "pieces").mkdir()
    held = unpack(path, media_type, folder / "pieces", Limits(), lambda act, *arguments: act(*arguments))
    if is_paged(media_type) and not held:
        return path
    pieces = [
        (Piece("", one.rank, one.parent, "", 1, one.name, one.media_type, one.page_count, one.remark), one.path)
        for one in held
    ]
    made = lay_out(path, media_type, pieces, 500)
    (folder / "pages.pdf").write_bytes(made.pdf)
    assert all(piece.page_count for piece in made.pieces), made.pieces
    return folder / "pages.pdf"


@pytest.mark.parametrize("what", MADE)
def test_every_format_is_counted_read_seen_and_copied(what: str, tmp_path: Path) -> None:
    media_type, count, make = MADE[what]
    path = tmp_path / "nom-trompeur.exe"
    path.write_bytes(make())
    assert inspect(path, Limits()).media_type == media_type
    path = laid_out(path, media_type, tmp_path)
    pages = read(path)
    assert len(pages) == count
    assert "gravier" in " ".join(page.text for page in pages[:2])

    seen = np.asarray(Image.open(BytesIO(*page_images(path, pages[0], (500,)))).convert("L"))
    assert np.median(seen) > 200, "paper is white"
    assert seen.min() < 120, "ink is black"

    copy = pypdfium2.PdfDocument(render_pdf(path, pages, "ARR-1").data)
    assert len(copy) == count
    assert any(ink_under(page, "gravier") for page in list(copy)[:2]), "a word is found where it is seen"


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


def ink_under(page: pypdfium2.PdfPage, word: str) -> bool:
    """Whether a page shows ink, and paper, where its text says that a word stands."""
    text = page.get_textpage()
    found = text.search(word).get_next()
    if found is None:
        return False
    start, length = found
    left, bottom, right, top = text.get_charbox(start)
    right = text.get_charbox(start + length - 1)[2]
    drawn = np.asarray(page.render(scale=2, grayscale=True).to_pil().convert("L"))
    height = drawn.shape[0]
    under = drawn[int(height - top * 2) : int(height - bottom * 2) + 1, int(left * 2) : int(right * 2) + 1]
    return int(under.max()) - int(under.min()) > 80
