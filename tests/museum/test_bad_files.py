"""One file per lie or accident, made here: each is refused with its sentence, none brings anything down."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from ged.errors import Refused
from ingest.capture.names import shown_name
from ingest.readers.inspection import Limits, inspect
from rooms.compound_files import compound, msg
from rooms.formats import heic, zipped
from rooms.letters import letter_pdf

LIMITS = Limits(max_bytes=2_000_000, max_pages=5, max_page_pixels=20_000_000)


def image(form: str, *, pages: int = 1, size: tuple[int, int] = (600, 850)) -> bytes:
    drawn = [Image.effect_noise(size, 40) for _ in range(pages)]
    out = BytesIO()
    more = {"save_all": True, "append_images": drawn[1:]} if form in {"TIFF", "PDF"} else {}
    drawn[0].save(out, form, **more)
    return out.getvalue()


def encrypted() -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="secret", user="secret"))
    return out.getvalue()


def no_page() -> bytes:
    out = BytesIO()
    pikepdf.new().save(out)
    return out.getvalue()


def claimed_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims any size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")


def pdf_with_huge_image() -> bytes:
    out = BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    picture = pikepdf.Stream(pdf, zlib.compress(b"\x00"))
    picture.update(pikepdf.Dictionary(Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=90000, Height=90000))
    pdf.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=pdf.make_indirect(picture)))
    pdf.save(out)
    return out.getvalue()


def locked(archive: bytes) -> bytes:
    """Say in both headers of each file of an archive that it is encrypted."""
    made = bytearray(archive)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), archive):
            made[found.start() + offset] |= 1
    return bytes(made)


def endless_list() -> bytes:
    """An archive whose end says that its list takes a gigabyte, as ZIP64 does."""
    end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, 1 << 30, 0)
    where = struct.pack("<IIQI", 0x07064B50, 0, 4, 1)
    return b"PK\x03\x04" + end + where + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, 0xFFFFFFFF, 0, 0)


LIES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "capture.empty"),
    "a program": (lambda: b"MZ\x90\x00" + b"\x00" * 200, "capture.unknown_type"),
    "an ELF program": (lambda: b"\x7fELF\x02\x01\x01" + b"\x00" * 200, "capture.unknown_type"),
    "an Office document with a password": (lambda: compound({"EncryptedPackage": b"?" * 5000}), "capture.encrypted"),
    "a compound file cut in two": (lambda: msg()[:900], "capture.unknown_type"),
    "an archive with a password": (lambda: locked(zipped(("a.pdf", letter_pdf()))), "capture.encrypted"),
    "an archive of nothing": (zipped, "capture.empty"),
    "an archive cut in two": (lambda: zipped(("a.pdf", letter_pdf()))[:3000], "capture.damaged"),
    "an archive of a list without end": (endless_list, "capture.archive"),
    "text that becomes a program": (lambda: b"Bonjour. " * 1000 + bytes(range(256)), "capture.damaged"),
    "a film": (lambda: b"\x00\x00\x00\x18ftypisom" + b"\x00" * 60, "capture.unknown_type"),
    "two letters of a BMP": (lambda: b"BM" + bytes(range(256)), "capture.unknown_type"),
    "random bytes": (lambda: bytes(range(256)) * 4, "capture.unknown_type"),
    "a PDF that is only a header": (lambda: b"%PDF-1.7\n", "capture.damaged"),
    "a PDF cut in two": (lambda: image("PDF")[:3000], "capture.damaged"),
    "a PDF without a page": (no_page, "capture.damaged"),
    "a PDF with a password": (encrypted, "capture.encrypted"),
    "a PDF with an endless image": (pdf_with_huge_image, "capture.too_many_pixels"),
    "a JPEG cut in two": (lambda: image("JPEG")[:9000], "capture.damaged"),
    "a PNG cut in two": (lambda: image("PNG")[:9000], "capture.damaged"),
    "a TIFF cut in two": (lambda: image("TIFF")[:9000], "capture.damaged"),
    "a WebP cut in two": (lambda: image("WEBP")[:9000], "capture.damaged"),
    "a JPEG 2000 cut to its header": (lambda: image("JPEG2000")[:70], "capture.damaged"),
    "a HEIC cut in two": (lambda: heic()[:900], "capture.damaged"),
    "a HEIC header and nothing": (lambda: b"\x00\x00\x00\x18ftypheic" + b"\x00" * 60, "capture.damaged"),
    "a TIFF header and nothing": (lambda: b"II*\x00\x08\x00\x00\x00", "capture.damaged"),
    "a JPEG header and nothing": (lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "capture.damaged"),
    "a PNG that claims a gigapixel": (lambda: claimed_png(40_000, 40_000), "capture.too_many_pixels"),
    "a PNG just over the limit": (lambda: claimed_png(5_000, 4_001), "capture.too_many_pixels"),
    "more pages than allowed": (lambda: image("PDF", pages=6, size=(100, 140)), "capture.too_many_pages"),
    "a TIFF of more pages than allowed": (lambda: image("TIFF", pages=6, size=(100, 140)), "capture.too_many_pages"),
    "heavier than allowed": (lambda: letter_pdf() + b"\x00" * 2_000_000, "capture.too_large"),
}


@pytest.mark.parametrize("lie", LIES)
def test_each_is_refused_with_its_reason_and_a_sentence(lie: str, tmp_path: Path) -> None:
    make, code = LIES[lie]
    path = tmp_path / "lettre.pdf"
    path.write_bytes(make())
    with pytest.raises(Refused) as error:
        inspect(path, LIMITS)
    assert error.value.code == code
    sentence = error.value.sentence
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert sentence.count(".") >= 2, "what happened, then what to do"


@pytest.mark.parametrize(
    ("make", "media_type", "pages"),
    [
        (letter_pdf, "application/pdf", 1),
        (lambda: letter_pdf(pages=3), "application/pdf", 3),
        (lambda: b"\n" * 900 + letter_pdf(), "application/pdf", 1),
        (lambda: image("PDF", pages=2), "application/pdf", 2),
        (lambda: image("TIFF", pages=3), "image/tiff", 3),
        (lambda: image("JPEG"), "image/jpeg", 1),
        (lambda: image("PNG"), "image/png", 1),
    ],
)
def test_what_is_a_letter_is_taken_by_its_content(
    make: Callable[[], bytes], media_type: str, pages: int, tmp_path: Path
) -> None:
    path = tmp_path / "nom-trompeur.exe"
    path.write_bytes(make())
    found = inspect(path, LIMITS)
    assert (found.media_type, found.page_count) == (media_type, pages)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\k\\lettre.pdf", "lettre.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "sans nom"),
        ("/", "sans nom"),
        ("é" * 500, "é" * 200),
        ("Lettre de la préfecture (2).pdf", "Lettre de la préfecture (2).pdf"),
    ],
)
def test_a_name_is_shown_and_never_obeyed(given: str, shown: str) -> None:
    assert shown_name(given) == shown
