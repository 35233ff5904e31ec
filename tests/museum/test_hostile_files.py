"""Bombs, loops and lies, each made here: each is refused with a sentence, or read, within the memory it is given.

Memory is measured by the kernel, in the process that opened the file; none of them is a matter of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from api.press.package import check_package
from api.wiring import House
from ged.errors import GedError, Refused
from ged.mail.access import Actor
from ged.mail.journal import Act
from ingest.capture.folder import Station
from ingest.capture.unopened import ask
from ingest.confined.bounds import Bounds, Stopped
from ingest.confined.confined import Confined
from ingest.readers.inspection import Limits, inspect
from ingest.side_by_side import Reading
from ingest.stages.reading import read_page
from ingest.stages.render import page_images, render_pdf
from ingest.stages.triage import triage
from rooms import museum
from rooms.letters import letter_pdf

MEMORY = 400_000_000
BOUNDS = Bounds(processor_s=20, timeout_s=300, memory_bytes=MEMORY)
LIMITS = Limits()
Make = Callable[[], bytes]

AT_THE_DOOR: dict[str, tuple[Make, str]] = {
    "60,000 × 60,000 of one bit, PDF": (museum.one_bit_60000, "capture.too_many_pixels"),
    "60,000 × 60,000 of one bit, PNG": (museum.one_bit_60000_png, "capture.too_many_pixels"),
    "35,000 × 35,000, JBIG2": (partial(museum.jbig2_35000, 35_000), "capture.too_many_pixels"),
    "3,000 blank pages": (partial(museum.blank_pages, 3_000), "capture.too_many_pages"),
    "a tree of pages that holds itself": (museum.looping_pages, "capture.damaged"),
    "a tree of pages 4,000 deep": (museum.deep_pages, "capture.damaged"),
    "arrays 200,000 deep": (museum.deep_arrays, "capture.damaged"),
    "a note of half a gigabyte, PNG": (museum.png_text_bomb, "capture.damaged"),
    "a colour profile of half a gigabyte, PNG": (museum.png_profile_bomb, "capture.damaged"),
    "a strip of four gigabytes that is not there, TIFF": (museum.lying_tiff, "capture.damaged"),
    "65,535 × 65,535, GIF": (partial(museum.huge, "GIF", 65_535, 65_535), "capture.too_many_pixels"),
    "40,000 × 40,000, BMP": (partial(museum.huge, "BMP", 40_000, 40_000), "capture.too_many_pixels"),
    "65,000 × 65,000, JPEG": (partial(museum.huge, "JPEG", 65_000, 65_000), "capture.too_many_pixels"),
    "60,000 × 60,000, JPEG 2000": (partial(museum.huge, "JPEG2000", 60_000, 60_000), "capture.too_many_pixels"),
    "16,383 × 16,383, WebP": (partial(museum.huge, "WEBP", 16_383, 16_383), "capture.too_many_pixels"),
}
ON_THE_PAGE: dict[str, Make] = {
    "objects in a stream without end": museum.object_stream_bomb,
    "drawings without end": museum.contents_bomb,
    "forms that draw forms, ten by ten": museum.laughing_forms,
    "a form that draws itself": museum.form_that_draws_itself,
    "a sheet of three kilometres": partial(museum.endless_sheet, 9_000_000, 9_000_000),
    "a ribbon of three kilometres": partial(museum.endless_sheet, 9, 9_000_000),
}
READ: dict[str, Make] = {
    "35,000 × 35,000, JBIG2, that says otherwise": partial(museum.jbig2_35000, 1_500),
    "an image that goes on for half a gigabyte": museum.lying_image,
    "a broken table of references": museum.bad_xref,
    "two thousand million pages that are one": museum.claimed_pages,
    "a font that names every character there could be": museum.endless_font_map,
    "a font that is none": museum.broken_font,
    "a script, an address and a program": museum.acting,
    "a form in XML that laughs": museum.xfa,
    "a portfolio": museum.portfolio,
    "a ZIP behind a PDF": museum.with_zip_behind,
    "a ZIP behind a JPEG": partial(museum.behind, "JPEG", museum.zipped({"a.exe": b"MZ"})),
    "a page of the web behind a PNG": partial(museum.behind, "PNG", b"<script>alert(1)</script>"),
    "a PDF behind a GIF": lambda: museum.behind("GIF", letter_pdf()),
    "points that go on for half a gigabyte, PNG": museum.png_data_bomb,
    "a TIFF whose last page leads to its first": museum.looping_tiff,
    "notes that claim four gigabytes, JPEG": museum.exif_bomb,
}
OF_OTHER_KINDS: dict[str, Make] = {
    "half a gigabyte of zeros, ZIP": museum.flat_zip_bomb,
    "ZIP in ZIP in ZIP": museum.nested_zip_bomb,
    "a thousand million laughs, DOCX": museum.laughing_docx,
    "a thousand million laughs, ODT": museum.laughing_odt,
}


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with Confined(BOUNDS, at_once=2) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "piece"


def is_a_sentence(said: str) -> bool:
    return said[0].isupper() and said.endswith(".") and said.count(".") >= 2


@pytest.mark.parametrize("piece", AT_THE_DOOR)
def test_what_cannot_be_read_is_refused_at_the_door(confined: Confined, file: Path, piece: str) -> None:
    make, code = AT_THE_DOOR[piece]
    file.write_bytes(make())
    with pytest.raises(Refused) as refused:
        ask(confined, inspect, file, LIMITS)
    assert refused.value.code == code
    assert is_a_sentence(refused.value.sentence)


@pytest.mark.parametrize("piece", ON_THE_PAGE)
def test_what_is_a_bomb_only_when_drawn_costs_its_letter_alone(confined: Confined, file: Path, piece: str) -> None:
    file.write_bytes(ON_THE_PAGE[piece]())
    assert ask(confined, inspect, file, LIMITS).page_count == 1, "nothing tells it from a letter yet"

    with pytest.raises(Stopped) as stopped:
        _draw(file, confined.call)
    assert stopped.value.peak_bytes < MEMORY * 1.1
    with Reading("tesserocr", confined) as reading, pytest.raises(GedError) as told:
        _draw(file, lambda act, *arguments: reading.each(act, [arguments])[0])
    assert told.value.code in {"reading.too_heavy", "reading.too_slow"}
    assert is_a_sentence(told.value.sentence)


def _draw(file: Path, call: Callable[..., Any]) -> None:
    """Go through the stages until one of them is stopped."""
    (source,) = call(triage, file)
    call(page_images, file, call(read_page, file, 1, source, "tesserocr"), (909,))


@pytest.mark.parametrize("piece", READ)
def test_what_is_a_letter_for_all_its_tricks_is_read(confined: Confined, file: Path, piece: str) -> None:
    file.write_bytes(READ[piece]())
    found = confined.run(inspect, file, LIMITS)
    assert found.value.page_count == 1
    (source,) = confined.call(triage, file)
    read = confined.run(read_page, file, 1, source, "tesserocr")
    drawn = confined.run(page_images, file, read.value, (909,))
    copied = confined.run(render_pdf, file, (read.value,), "lettre")
    assert max(found.peak_bytes, read.peak_bytes, drawn.peak_bytes, copied.peak_bytes) < MEMORY * 0.75
    assert drawn.value[0][:3] == b"\xff\xd8\xff"
    assert copied.value.data.startswith(b"%PDF-")


@pytest.mark.parametrize("piece", OF_OTHER_KINDS)
def test_what_is_packed_is_opened_no_wider_than_its_bounds(confined: Confined, file: Path, piece: str) -> None:
    file.write_bytes(OF_OTHER_KINDS[piece]())
    try:
        peak, said = confined.run(inspect, file, LIMITS).peak_bytes, "Ouvert. Entier."
    except Refused as error:
        peak, said = 0, error.sentence
    assert peak < MEMORY
    assert is_a_sentence(said)


@pytest.mark.parametrize("piece", museum.PACKAGES)
def test_a_word_document_that_is_none_is_refused_in_words(piece: str) -> None:
    with pytest.raises(Refused) as refused:
        check_package(museum.PACKAGES[piece]())
    assert refused.value.code.startswith("press.")
    assert is_a_sentence(refused.value.sentence)


def test_a_file_of_any_name_is_taken_or_explained(house: House, kossi: Actor, tmp_path: Path) -> None:
    names = (
        b"\xff\xfe.pdf",
        b"a\nb\r.pdf",
        b"C:\\..\\c.pdf",
        b" ",
        b"%s%n.pdf",
        b"'; DROP TABLE letter; --.pdf",
        b"d" * 240,
    )
    for name in names:
        for place, data in (
            (b"bon", letter_pdf(subject=name.hex())),
            (b"mauvais", b"\x7fELF\x02\x01\x01" + bytes(200)),
        ):
            folder = tmp_path / place.decode()
            folder.mkdir(exist_ok=True)
            (folder / name.decode("utf-8", "surrogateescape")).write_bytes(data)
    good, bad = (Station(tmp_path / place, lambda: kossi, house.entrance) for place in ("bon", "mauvais"))
    assert good.look() == bad.look() == bad.look() == []
    assert len(good.look()) == len(names)
    assert [path for path in good.folder.rglob("*") if path.is_file()] == []
    reasons = list(bad.folder.rglob("*.motif.txt"))
    assert len(reasons) == len(names)
    assert all("(capture.unknown_type)" in path.read_text(encoding="utf-8") for path in reasons)
    with house.store.unit() as unit:
        assert len(unit.journal.recent(Act.REFUSED, "kossi")) == len(names)
