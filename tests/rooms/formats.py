"""One file of each format, made here, that says the same words; and the oddities of scanners and telephones."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache, partial
from io import BytesIO
from typing import Any

import numpy as np
import pikepdf
import pillow_heif
from PIL import Image, ImageChops, ImageDraw, ImageFont

from rooms.compound_files import msg
from rooms.documents import template
from rooms.letters import letter_pdf
from rooms.office_files import odp, ods, odt, rtf, saved_as, xlsx

_OOXML = "application/vnd.openxmlformats-officedocument"
SAID = "carrière de gravier de Kpalimé"
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


@cache
def _drawn(words: str) -> Image.Image:
    page = Image.new("L", (1000, 1414), 255)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(_FONT, 24)
    for line in range(6):
        pen.text((90, 100 + line * 60), f"{line} : {words}, au bord du fleuve Mono", 0, font=font)
    return page


def drawn(mode: str = "L", words: str = SAID) -> Image.Image:
    """Return a page that says some words, line after line."""
    return _drawn(words).convert(mode)


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def heic() -> bytes:
    out = BytesIO()
    pillow_heif.from_pillow(drawn("RGB")).save(out, quality=80)
    return out.getvalue()


def turned(orientation: int) -> bytes:
    """Return a JPEG that shows its page upright only to who obeys its EXIF orientation."""
    ways = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    held = Image.Exif()
    held[0x0112] = orientation
    page = drawn().transpose(ways[orientation]) if orientation in ways else drawn()
    return saved(page, "JPEG", exif=held, quality=85)


def on_clear() -> bytes:
    """Return a PNG whose ink is opaque black and whose paper is transparent black, as tablets save signatures."""
    ink = np.zeros((1414, 1000, 4), np.uint8)
    ink[..., 3] = 255 - np.asarray(drawn())
    return saved(Image.fromarray(ink), "PNG")


def sixteen_bits() -> bytes:
    return saved(Image.fromarray(np.asarray(drawn(), np.uint16) * 257), "TIFF")


def jbig2_pdf() -> bytes:
    """Return a scan of one page, its image a JBIG2 region coded as a fax. Source: ITU-T T.88, 7.2 and 7.4."""
    page = ImageChops.invert(drawn()).convert("1")  # a fax counts black, JBIG2 in a PDF white
    with pikepdf.open(BytesIO(saved(page, "PDF", resolution=120))) as pdf:
        found = next(iter(pdf.pages[0].get_images().values()))
        fax, (width, height) = found.read_raw_bytes(), page.size
        size = struct.pack(">II", width, height)
        info = size + struct.pack(">IIBH", 0, 0, 0, 0)
        region = size + struct.pack(">IIBB", 0, 0, 0, 1) + fax  # combined by OR; MMR
        coded = b"".join(
            struct.pack(">IBBBI", number, kind, 0, 1, len(data)) + data
            for number, (kind, data) in enumerate(((48, info), (38, region)))
        )
        found.write(coded, filter=pikepdf.Name.JBIG2Decode)
        found.ColorSpace, found.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        if "/Decode" in found:
            del found["/Decode"]
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def message(*, depth: int = 1) -> bytes:
    """Return a message with a letter of one page, and another message inside, which holds a note and so on."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Ama Mensah <ama@exemple.tg>", "courrier@mines.example"
    made["Subject"], made["Date"] = f"Demande {depth}", "Thu, 12 Nov 2026 09:30:00 +0000"
    made.set_content(f"Voici le plan de la {SAID}.")
    if depth:
        made.add_attachment(letter_pdf(), maintype="application", subtype="pdf", filename="Lettre signée.pdf")
        made.add_attachment(message_from_bytes(message(depth=depth - 1), policy=SMTP))
    else:
        made.add_attachment(f"Note : {SAID}.".encode(), maintype="text", subtype="plain", filename="note.txt")
    return made.as_bytes()


def portfolio() -> bytes:
    """Return a letter to which a note is attached as a whole, and another one to its page."""
    with pikepdf.open(BytesIO(letter_pdf())) as pdf:
        pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"Note du portefeuille.", filename="note.txt")
        pinned = pikepdf.AttachedFileSpec(pdf, b"Note sur la page.", filename="page.txt")
        name = pikepdf.Name
        note = pikepdf.Dictionary(Type=name.Annot, Subtype=name.FileAttachment, Rect=[0, 0, 9, 9], FS=pinned.obj)
        pdf.pages[0].obj.Annots = pikepdf.Array([pdf.make_indirect(note)])
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def zipped(*held: tuple[str, bytes]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in held:
            archive.writestr(name, data)
    return out.getvalue()


def pages(first: Image.Image, *more: Image.Image, form: str, **options: Any) -> bytes:
    return saved(first, form, save_all=True, append_images=list(more), **options)


MADE: dict[str, tuple[str, int, Callable[[], bytes]]] = {
    "a born-digital PDF": ("application/pdf", 2, lambda: letter_pdf(pages=2)),
    "a portfolio": ("application/pdf", 3, portfolio),
    "a JPEG": ("image/jpeg", 1, lambda: saved(drawn(), "JPEG")),
    "a PNG": ("image/png", 1, lambda: saved(drawn("P"), "PNG")),
    "a WebP": ("image/webp", 1, lambda: saved(drawn("RGB"), "WEBP")),
    "a HEIC": ("image/heic", 1, heic),
    "an AVIF": ("image/avif", 1, lambda: saved(drawn("RGB"), "AVIF", quality=70)),
    "a JPEG 2000": ("image/jp2", 1, lambda: saved(drawn(), "JPEG2000")),
    "a fax of two pages": ("image/tiff", 2, lambda: pages(drawn("1"), drawn("1"), form="TIFF", compression="group4")),
    "a GIF": ("image/gif", 1, lambda: saved(drawn(), "GIF")),
    "a BMP": ("image/bmp", 1, lambda: saved(drawn(), "BMP")),
    "a message": ("message/rfc822", 4, message),
    "a message of Outlook": ("application/vnd.ms-outlook", 4, msg),
    "a ZIP": ("application/zip", 6, lambda: zipped(("Plans/lettre.pdf", letter_pdf()), ("courriel.eml", message()))),
    "a Word document": (f"{_OOXML}.wordprocessingml.document", 1, lambda: template((SAID,))),
    "a workbook of Excel": (f"{_OOXML}.spreadsheetml.sheet", 1, lambda: xlsx(SAID)),
    "a text of OpenDocument": ("application/vnd.oasis.opendocument.text", 1, lambda: odt(SAID)),
    "slides of OpenDocument": ("application/vnd.oasis.opendocument.presentation", 1, lambda: odp(SAID)),
    "a workbook of OpenDocument": ("application/vnd.oasis.opendocument.spreadsheet", 1, lambda: ods(SAID)),
    "an old Word document": ("application/msword", 1, lambda: saved_as(odt(SAID), "odt", "doc")),
    "an old workbook of Excel": ("application/vnd.ms-excel", 1, lambda: saved_as(ods(SAID), "ods", "xls")),
    "old slides": ("application/vnd.ms-powerpoint", 1, lambda: saved_as(odp(SAID), "odp", "ppt")),
    "slides": (f"{_OOXML}.presentationml.presentation", 1, lambda: saved_as(odp(SAID), "odp", "pptx")),
    "rich text": ("application/rtf", 1, lambda: rtf(SAID)),
    "a page of the web": ("text/html", 1, f"<html><body><p>La {SAID}</p></body></html>".encode),
    "a table": ("text/csv", 1, lambda: f"lieu;tonnes\r\n{SAID};12\r\nTsévié;3\r\n".encode("cp1252")),
    "a text": ("text/plain", 1, f"Note : {SAID}.\n".encode),
    "a text of Windows": ("text/plain", 1, lambda: f"Note : {SAID}.\n".encode("utf-16")),
}
"""Name → media type, pages in all once it is laid out with what it holds, and what makes it."""
ODD: dict[str, Callable[[], bytes]] = {
    "a JPEG in four inks": lambda: saved(drawn("CMYK"), "JPEG"),
    "a JPEG of a telephone with a second picture": lambda: pages(drawn("RGB"), drawn("RGB", "gains"), form="MPO"),
    "a PNG on clear ground": on_clear,
    "a moving WebP": lambda: pages(drawn("RGB"), drawn("RGB", "suite"), form="WEBP"),
    "a TIFF in tiles": lambda: saved(drawn(), "TIFF", compression="tiff_lzw", tile=(256, 256)),
    "a TIFF of sixteen bits": sixteen_bits,
    "a TIFF compressed as JPEG": lambda: saved(drawn("RGB"), "TIFF", compression="jpeg"),
    "a PDF in JBIG2": jbig2_pdf,
    "a big TIFF": lambda: saved(drawn(), "TIFF", big_tiff=True),
    **{f"a JPEG turned {n}": partial(turned, n) for n in range(1, 9)},
}
"""One page each, that looks like `drawn()` to who reads it rightly."""
