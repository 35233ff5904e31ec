"""Letters written here, and blocks of signature, set by WeasyPrint on `sheets/`: French, as they leave the house."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import segno
import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ged.errors import Refused
from ged.mail.french_dates import plain
from ged.mail.markup import blocks
from ged.mail.sheet import Sheet, fields_of
from ged.mail.signature_block import SignatureBlock
from ged.seal.place import find_place
from ingest.readers.typeset import fetch_nothing

_ARCHIVE = "pdf/a-3b"
_sheets = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "sheets"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def sheet_pdf(sheet: Sheet) -> bytes:
    """Return a letter as PDF/A-3b. Source: ISO 19005-3."""
    return _pdf("letter.html", sheet=sheet, fields=fields_of(sheet), blocks=blocks(sheet.text), called=_called(sheet))


def block_pdf(block: SignatureBlock) -> bytes:
    """Return the block of a signature as a page of its own size."""
    return _pdf("signature.html", block=block)


def code_pdf(code: str) -> bytes:
    """Return a code as a QR, a page of its own size. Level M stands a fold or a stain (ISO/IEC 18004: 15 %)."""
    drawing = segno.make(code, error="m", micro=False).svg_inline(scale=2, border=2)
    return _pdf("code.html", drawing=drawing)


def copies_pdf(copies: tuple[str, ...]) -> bytes:
    """Return who receives a copy as a page of its own size."""
    return _pdf("copies.html", copies=copies)


def names_copies(pdf: bytes) -> bool:
    """Whether a PDF says itself who receives a copy.

    Raises:
        Refused: `press.unreadable`.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise _unreadable() from error
    try:
        return any("ampliation" in page.get_textpage().get_text_range().lower() for page in document)
    finally:
        document.close()


def marked(pdf: bytes, mark: bytes, *, at_foot: bool = False) -> bytes:
    """Return a PDF with a mark drawn in free room of its first page, or of another; or at the foot of its last.

    Raises:
        Refused: `press.unreadable`.
    """
    try:
        longer, place = find_place(pdf, mark, on_first=not at_foot, at_foot=at_foot)
        made = BytesIO()
        with pikepdf.open(BytesIO(longer)) as document, pikepdf.open(BytesIO(mark)) as drawn:
            document.pages[place.page].add_overlay(drawn.pages[0], pikepdf.Rectangle(*place.box))
            document.save(made)
    except (ValueError, pikepdf.PdfError) as error:
        raise _unreadable() from error
    return made.getvalue()


def _unreadable() -> Refused:
    return Refused("press.unreadable", "Ce PDF ne peut pas être imprimé : il est protégé ou abîmé. Faites-en un autre.")


def _called(sheet: Sheet) -> str:
    """Return the salutation to print: none when whoever wrote the text began with one."""
    begun = plain(sheet.text.lstrip("* #\n"))[:14]
    return "" if begun.startswith(("monsieur", "madame", "messieurs", "mesdames")) else sheet.salutation


def _pdf(template: str, **context: Any) -> bytes:
    text = _sheets.get_template(template).render(**context)
    made = weasyprint.HTML(string=text, url_fetcher=fetch_nothing).write_pdf(pdf_variant=_ARCHIVE)
    assert isinstance(made, bytes)  # noqa: S101 - no target was given
    return made
