"""A message as pages: its headers and text set as text alone, then the pages of the pieces that have some."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import pikepdf
import weasyprint

from ged.errors import Corrupt, GedError
from ged.mail.electronic import Piece
from ingest.readers.mime import TEXT_LENGTH, Mail, read_mail
from ingest.readers.table import pages_of

_STYLE = """@page { size: A4; margin: 20mm 18mm } body { font: 10.5pt/1.45 sans-serif }
table { border-collapse: collapse; margin-bottom: 8mm; width: 100%; border-bottom: 0.5pt solid #555 }
th { text-align: left; font-weight: 600; width: 26mm; vertical-align: top } td, th { padding: 0.6mm 0 }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0 }
ul { border-top: 0.5pt solid #555; margin-top: 8mm; padding: 3mm 0 0 5mm }"""
_ACTS = ("/Annots", "/AA")


def compose(raw: Path, pieces: Sequence[tuple[Piece, Path]], target: Path) -> None:
    """Write a message as a PDF: its own pages, then those of its shown pieces; nothing in it acts or calls elsewhere.

    A piece that can no longer be opened leaves as many blank pages as it was counted for.
    """
    mail = read_mail(raw.read_bytes())
    with pikepdf.open(_body(mail, [piece for piece, _ in pieces], target)) as pdf:
        for piece, path in pieces:
            if piece.page_count:
                _add(pdf, piece, path)
        for page in pdf.pages:
            for key in _ACTS:
                if key in page:
                    del page[key]
        for key in ("/OpenAction", "/AA", "/Names", "/AcroForm"):
            if key in pdf.Root:
                del pdf.Root[key]
        pdf.save(target)


def composed(raw: Path, pieces: Sequence[tuple[Piece, Path]]) -> bytes:
    """Return a message as a PDF, as `compose` writes it."""
    with tempfile.TemporaryDirectory(prefix="ged-message-") as folder:
        target = Path(folder) / "message.pdf"
        compose(raw, pieces, target)
        return target.read_bytes()


def _body(mail: Mail, pieces: Sequence[Piece], target: Path) -> Path:
    """Set the message's own pages beside the target."""
    facts = mail.facts
    rows = (
        ("De", f"{facts.name} <{facts.sender}>" if facts.name else facts.sender),
        ("À", facts.to),
        ("Date", facts.sent_at.strftime("%d/%m/%Y %H:%M UTC") if facts.sent_at else ""),
        ("Objet", facts.subject),
    )
    table = "".join(f"<tr><th>{name}</th><td>{escape(value)}</td></tr>" for name, value in rows if value)
    text = mail.text if len(mail.text) < TEXT_LENGTH else mail.text + "\n\n(La suite est dans le message d'origine.)"
    items = "".join(f"<li>{escape(piece.name)}{_said(piece)}</li>" for piece in pieces)
    files = f"<ul>{items}</ul>" if items else ""
    body = f"<pre>{escape(text) or '(Ce message ne porte pas de texte.)'}</pre>"
    page = f"<html lang=fr><head><style>{_STYLE}</style></head><body><table>{table}</table>{body}{files}</body></html>"
    path = target.with_suffix(".corps.pdf")
    weasyprint.HTML(string=page, url_fetcher=_nothing).write_pdf(str(path))
    return path


def _said(piece: Piece) -> str:
    if piece.page_count:
        return f" ({piece.page_count} p.)"
    return f" : {escape(piece.remark)}" if piece.remark else ""


def _add(pdf: pikepdf.Pdf, piece: Piece, path: Path) -> None:
    before = len(pdf.pages)
    try:
        with pages_of(path).as_pdf(path) as source:
            pdf.pages.extend(source.pages)
    except (GedError, pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError):
        del pdf.pages[before:]
    while len(pdf.pages) < before + piece.page_count:
        pdf.add_blank_page(page_size=(595, 842))


def _nothing(url: str, *_: object, **__: object) -> dict[str, Any]:
    raise Corrupt("print.outside", "Une impression a demandé un fichier extérieur ; elle est arrêtée.", url=url)
