"""Lay out: a file that is not made of pages, and the pieces that it holds, as one PDF; the files stay as they are."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

import pikepdf

from ged.errors import GedError
from ged.mail.electronic import Piece, fitting
from ingest.confined.loads import loads
from ingest.own_folder import own_folder
from ingest.readers.format import Format
from ingest.readers.limits import damaged
from ingest.readers.table import of_type

_ACTS = ("/Annots", "/AA")
_ROOT_ACTS = ("/OpenAction", "/AA", "/Names", "/AcroForm", "/Collection")


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A PDF, how many pages it has in all, and the pieces with their pages and remarks."""

    pdf: bytes
    page_count: int
    pieces: tuple[Piece, ...]


@loads("weasyprint")
def lay_out(original: Path, media_type: str, pieces: Sequence[tuple[Piece, Path]], max_pages: int) -> LaidOut:
    """Return the pages of a file, then those of its pieces in their order; nothing in them acts or calls elsewhere.

    A piece of which no pages can be made is named with the reason; the file itself is refused.

    Args:
        original: The file.
        media_type: What it is.
        pieces: What it holds, at any depth, and where each is.
        max_pages: What a letter may have in all.

    Raises:
        Refused: `capture.damaged`, `press.failed`.
        Unavailable: `press.*`.
    """
    with own_folder("pages") as folder, ExitStack() as opened:
        documents: dict[int, pikepdf.Pdf] = {}
        found = [piece for piece, _ in pieces]
        for at, (piece, path) in reversed(list(enumerate(pieces))):  # what holds others lists them with their pages
            inside = [one for one in found if one.parent == piece.rank]
            found[at], document = _piece(piece, inside, path, folder / str(piece.rank))
            if document is not None:
                documents[piece.rank] = opened.enter_context(document)
        shown = fitting(found, max_pages)
        own = _pages(_known(media_type), original, [one for one in shown if one.parent is None], folder / "original")
        whole = opened.enter_context(own)
        for one in shown:
            if one.page_count:
                whole.pages.extend(documents[one.rank].pages)
        _calm(whole)
        buffer = BytesIO()
        whole.save(buffer)
        return LaidOut(buffer.getvalue(), len(whole.pages), shown)


@loads("weasyprint")
def pages_as_pdf(path: Path, media_type: str) -> bytes:
    """Return a file that holds no other as a PDF of its pages.

    Raises:
        Refused: `capture.damaged`, `press.failed`.
        Unavailable: `press.*`.
    """
    with own_folder("pages") as folder:
        with _pages(_known(media_type), path, (), folder / "pages.pdf") as document:
            buffer = BytesIO()
            document.save(buffer)
        return buffer.getvalue()


def _piece(piece: Piece, inside: Sequence[Piece], path: Path, target: Path) -> tuple[Piece, pikepdf.Pdf | None]:
    known = of_type(piece.media_type)
    if known is None or (piece.remark and known.mail is None and not piece.page_count):
        return replace(piece, page_count=0), None
    try:
        document = _pages(known, path, inside, target)
    except GedError as error:
        return replace(piece, page_count=0, remark=error.sentence), None
    return replace(piece, page_count=len(document.pages)), document


def _pages(known: Format, path: Path, inside: Sequence[Piece], target: Path) -> pikepdf.Pdf:
    try:
        if known.pages is not None:
            return known.pages.as_pdf(path)
        if known.lay_out is None:
            raise damaged(f"{known.name} takes LibreOffice")
        known.lay_out(path, inside, target)
        return pikepdf.open(target)
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, OSError) as error:
        raise damaged(str(error)) from error


def _known(media_type: str) -> Format:
    found = of_type(media_type)
    if found is None:
        raise damaged(f"no reader of {media_type}")
    return found


def _calm(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for key in _ACTS:
            if key in page:
                del page[key]
    for key in _ROOT_ACTS:
        if key in pdf.Root:
            del pdf.Root[key]
