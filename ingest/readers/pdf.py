"""PDF, scanned or born digital: pages counted, their own image in one decode, their words with boxes."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pdfplumber
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.utils.exceptions import MalformedPDFException, PdfminerException

from ged.errors import Refused
from ged.mail.page import Box, Word
from ingest.readers.limits import Limits, damaged
from ingest.readers.source import File, Grey, PageImage

RASTER_DPI = 300.0
_POINTS = 72.0
_DRAWN_PIXELS = 70_000_000
"""A page is drawn with no more points than this, coarser if it must be: a plan of A0 at 212 dots per inch."""
_UNREADABLE = (PdfminerException, MalformedPDFException, ValueError, TypeError, KeyError, IndexError, RecursionError)


def bid(_path: Path, head: bytes) -> int:
    """Return how sure the bytes are a PDF: it may carry up to 1,024 before its header (ISO 32000-1, H.3.4.1).

    What comes before is text of a printer or of a mail program: an archive or a program that holds a PDF is none.
    """
    before, found, _ = head[:1024].partition(b"%PDF-")
    if not found or b"\x00" in before:
        return 0
    return 40 if before else 95


def count_pages(path: Path, limits: Limits) -> int:
    """Return how many pages a PDF has, its structure read and its images' headers checked.

    A signed PDF passes untouched; one that needs a password does not.

    Raises:
        Refused: `capture.damaged`, `capture.encrypted`, `capture.too_many_pixels`.
    """
    try:
        with pikepdf.open(path) as pdf:
            count = len(pdf.pages)
            if count == 0:
                raise damaged("no page")
            if count <= limits.max_pages:
                for page in pdf.pages:
                    for image in page.get_images(recursive=False).values():
                        limits.check_pixels(int(image.get("/Width", 0)), int(image.get("/Height", 0)))
    except pikepdf.PasswordError as error:
        raise Refused(
            "capture.encrypted",
            "Ce PDF est protégé par un mot de passe. Demandez à l'expéditeur une copie sans mot de passe.",
        ) from error
    except (pikepdf.PdfError, TypeError, ValueError, KeyError, RecursionError) as error:
        raise damaged(str(error)) from error
    with opened(path):
        return count


def files(path: Path, _limits: Limits) -> Generator[File]:
    """Yield the files that a PDF carries: attached to it (a portfolio) or to a page, and the data of an XFA form.

    What cannot be read of them is left out: the PDF itself is the letter.
    """
    try:
        with pikepdf.open(path) as pdf:
            for name, given in pdf.attachments.items():
                yield File(given.filename or name, given.get_file().read_bytes())
            for page in pdf.pages:
                yield from _pinned(page)
            yield from _form(pdf)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RuntimeError):
        return


def _pinned(page: pikepdf.Page) -> Generator[File]:
    for note in page.obj.get("/Annots", ()):
        if note.get("/Subtype") == "/FileAttachment":
            name = str(note.FS.get("/UF", note.FS.get("/F", "piece")))
            yield File(name, note.FS.EF.F.read_bytes())


def _form(pdf: pikepdf.Pdf) -> Generator[File]:
    """Yield what was typed in a form that only Adobe's own program draws. Source: XFA 3.3, ISO 32000-1 12.7.8."""
    fields = pdf.Root.get("/AcroForm")
    form = None if fields is None else fields.get("/XFA")
    if form is None or not pdf.Root.get("/NeedsRendering", False):
        return
    packets = list(form) if isinstance(form, pikepdf.Array) else []
    for name, packet in zip(packets[::2], packets[1::2], strict=False):
        if str(name) == "datasets":
            yield File("Données du formulaire.xml", packet.read_bytes())


def page_count(path: Path) -> int:
    """Return how many pages a PDF has."""
    with opened(path) as document:
        return len(document)


def read_text(path: Path, number: int) -> str:
    """Return what a page's own text layer says, without boxes: quick enough to ask of every page."""
    with opened(path) as document, _page(document, number) as page:
        text = page.get_textpage()
        try:
            return str(text.get_text_range())
        finally:
            text.close()


def read_words(path: Path, number: int) -> tuple[Word, ...]:
    """Return the words that a page's own text layer holds, boxes on the page as it is shown.

    pdfplumber wants a file in order, where pdfium and qpdf mend it: what it cannot open is mended for it first.

    Raises:
        Refused: `capture.damaged`.
    """
    try:
        return _words_of(path, number)
    except _UNREADABLE:
        try:
            return _words_of(_mended(path, number), 1)
        except (*_UNREADABLE, pikepdf.PdfError) as error:
            raise damaged(str(error)) from error


def _words_of(file: Path | BytesIO, number: int) -> tuple[Word, ...]:
    with pdfplumber.open(file, pages=[number]) as document:
        page = document.pages[0]
        left, top = float(page.bbox[0]), float(page.bbox[1])
        found = page.extract_words(use_text_flow=True)
        for one in found:
            one.update(x0=one["x0"] - left, x1=one["x1"] - left, top=one["top"] - top, bottom=one["bottom"] - top)
        return tuple(_lines(found, float(page.width), float(page.height)))


def _mended(path: Path, number: int) -> BytesIO:
    """Return one page of a PDF as a file in order."""
    made = BytesIO()
    with pikepdf.open(path) as whole, pikepdf.new() as alone:
        alone.pages.append(whole.pages[number - 1])
        alone.save(made)
    return made


def image_share(path: Path, number: int) -> float:
    """Return the share of the page's area that its largest image covers, in [0, 1]."""
    with opened(path) as document, _page(document, number) as page:
        width, height = page.get_size()
        shares = [0.0]
        for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            left, bottom, right, top = item.get_bounds()
            shares.append(abs(right - left) * abs(top - bottom) / max(1.0, width * height))
        return min(1.0, max(shares))


def size_points(path: Path, number: int) -> tuple[float, float]:
    """Return the width and height of a page as shown, in points."""
    with opened(path) as document, _page(document, number) as page:
        width, height = page.get_size()
        return float(width), float(height)


def read_image(path: Path, number: int) -> PageImage:
    """Return a page in grey: its own image when one covers an unturned page, else a rasterisation.

    Raises:
        Refused: `capture.damaged`.
    """
    try:
        with pikepdf.open(path) as pdf:
            own = _own_image(pdf.pages[number - 1], path, number)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, NotImplementedError, RuntimeError) as error:
        own = None
        reason = str(error)
    else:
        reason = ""
    return own or _raster(path, number, RASTER_DPI, reason)


def own_image(path: Path, number: int) -> PageImage | None:
    """Return the one image that a page is, decoded without drawing the page; None for a page that is anything else."""
    try:
        with pikepdf.open(path) as opened:
            return _own_image(opened.pages[number - 1], path, number) if number <= len(opened.pages) else None
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, NotImplementedError, RuntimeError):
        return None


def raster(path: Path, number: int, width_px: int) -> Grey:
    """Return a page drawn `width_px` wide."""
    width, _ = size_points(path, number)
    return _raster(path, number, _POINTS * width_px / width, "").grey


def _own_image(page: pikepdf.Page, path: Path, number: int) -> PageImage | None:
    images = list(page.get_images(recursive=False).values())
    if len(images) != 1 or int(page.get("/Rotate", 0)) % 360 != 0:
        return None
    left, bottom, right, top = (float(side) for side in page.mediabox)
    found = pikepdf.PdfImage(
        images[0]  # type: ignore[arg-type]
    )
    dpi = found.width / (right - left) * _POINTS
    if abs(found.height / (top - bottom) * _POINTS - dpi) > 3 or not 90 < dpi < 1250 or _moved(page, right - left):
        return None
    if found.filters == ["/DCTDecode"]:
        data = np.frombuffer(images[0].read_raw_bytes(), np.uint8)
        grey = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
        if grey is not None:
            return PageImage(np.asarray(grey, np.uint8), dpi)
    if "/JBIG2Decode" in found.filters:  # PDFium decodes it itself; pikepdf asks for a program that may not be there
        return PageImage(_decoded(path, number), dpi)
    return PageImage(np.asarray(found.as_pil_image().convert("L")), dpi)


def _decoded(path: Path, number: int) -> Grey:
    """Return the pixels of the one image of a page as PDFium decodes them."""
    with opened(path) as document, _page(document, number) as page:
        item = next(iter(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE])))
        return np.asarray(item.get_bitmap(render=False).to_pil().convert("L"))


def _moved(page: pikepdf.Page, width: float) -> bool:
    """Whether the page draws its image otherwise than straight over itself."""
    matrices = [
        [float(value) for value in step.operands]
        for step in pikepdf.parse_content_stream(page)
        if str(step.operator) == "cm"
    ]
    if len(matrices) != 1:
        return True
    a, b, c, d, e, f = matrices[0]
    return abs(b) + abs(c) > 1e-3 or abs(a - width) > 2 or d <= 0 or abs(e) + abs(f) > 2


def _raster(path: Path, number: int, dpi: float, reason: str) -> PageImage:
    with opened(path, reason) as document, _page(document, number) as page:
        width, height = page.get_size()
        dpi = min(dpi, _POINTS * (_DRAWN_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=dpi / _POINTS, grayscale=True)
        grey = np.array(bitmap.to_numpy(), np.uint8)
        bitmap.close()
    return PageImage(grey[..., 0] if grey.ndim == 3 else grey, dpi)


def _lines(found: list[dict[str, Any]], width: float, height: float) -> Iterator[Word]:
    """Yield words as the page says them, counting a line more whenever one stands clear of the line before."""
    line, top, bottom = -1, 0.0, 0.0
    for one in found:
        if line < 0 or not top < (one["top"] + one["bottom"]) / 2 < bottom:
            line, top, bottom = line + 1, one["top"], one["bottom"]
        box = _box(one["x0"] / width, one["top"] / height, one["x1"] / width, one["bottom"] / height)
        yield Word(one["text"], box, 1.0, line)


def _box(left: float, top: float, right: float, bottom: float) -> Box:
    return Box(*(min(1.0, max(0.0, side)) for side in (left, top, right, bottom)))


@contextmanager
def opened(path: Path, reason: str = "") -> Iterator[pdfium.PdfDocument]:
    """Lend a PDF with its forms.

    Raises:
        Refused: `capture.damaged`.
    """
    try:
        document = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        raise damaged(reason or str(error)) from error
    try:
        document.init_forms()  # else the block of a signature, and what was typed in a form, would not be drawn
        yield document
    except pdfium.PdfiumError as error:
        raise damaged(reason or str(error)) from error
    finally:
        document.close()


@contextmanager
def _page(document: pdfium.PdfDocument, number: int) -> Iterator[pdfium.PdfPage]:
    page = document[number - 1]
    try:
        yield page
    finally:
        page.close()
