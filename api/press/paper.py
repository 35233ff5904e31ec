"""Letters written here, and blocks of signature, set by WeasyPrint on `sheets/`: French, as they leave the house."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ged.errors import Corrupt
from ged.mail.sheet import Sheet, fields_of
from ged.mail.signature_block import SignatureBlock

_ARCHIVE = "pdf/a-3b"
_sheets = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "sheets"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def fetch_nothing(url: str, *_: object, **__: object) -> dict[str, Any]:
    """Refuse whatever a print asks for from outside: what it shows is in the template."""
    raise Corrupt("print.outside", "Une impression a demandé un fichier extérieur ; elle est arrêtée.", url=url)


def sheet_pdf(sheet: Sheet) -> bytes:
    """Return a letter as PDF/A-3b. Source: ISO 19005-3."""
    return _pdf("letter.html", sheet=sheet, fields=fields_of(sheet), parts=_parts(sheet.body))


def block_pdf(block: SignatureBlock) -> bytes:
    """Return the block of a signature as a page of its own size."""
    return _pdf("signature.html", block=block)


def _parts(body: tuple[str, ...]) -> list[tuple[bool, list[str]]]:
    """Return the body as (is a list, its texts): lines that begin with a dash, one after the other, are one list."""
    parts: list[tuple[bool, list[str]]] = []
    for text in body:
        item = text.lstrip().startswith(("- ", "– ", "• "))
        if item and parts and parts[-1][0]:
            parts[-1][1].append(text.lstrip()[2:])
        else:
            parts.append((item, [text.lstrip()[2:] if item else text]))
    return parts


def _pdf(template: str, **context: Any) -> bytes:
    text = _sheets.get_template(template).render(**context)
    made = weasyprint.HTML(string=text, url_fetcher=fetch_nothing).write_pdf(pdf_variant=_ARCHIVE)
    assert isinstance(made, bytes)  # noqa: S101 - no target was given
    return made
