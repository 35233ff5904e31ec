"""A file as one of pages: whatever takes a program of its own to be laid out is, behind walls or in a cage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ged.errors import GedError
from ged.mail.electronic import Piece
from ingest.office.converter import Office
from ingest.readers.table import of_type
from ingest.side_by_side import Reading
from ingest.stages.lay_out import pages_as_pdf


def set_pages(path: Path, media_type: str, *, reading: Reading, office: Office) -> str:
    """Put the pages of a file in its place, unless it has some or holds others; return what it then is.

    Raises:
        Refused: `capture.damaged`, `press.failed`.
        Unavailable: `press.*`.
    """
    known = of_type(media_type)
    if known is None or known.pages is not None or known.files is not None:
        return media_type
    if known.office is not None:  # a cage of its own: LibreOffice would not start behind the walls
        pdf = office.convert(path.read_bytes(), known.office)
    else:
        (pdf,) = reading.each(pages_as_pdf, [(path, media_type)])
    path.unlink()
    path.write_bytes(pdf)
    return "application/pdf"


def set_piece(piece: Piece, path: Path, *, reading: Reading, office: Office) -> tuple[Piece, Path]:
    """Put the pages of a piece in its place; one of which none can be made says why, and keeps the others going.

    Raises:
        Unavailable: `press.busy`.
    """
    try:
        return replace(piece, media_type=set_pages(path, piece.media_type, reading=reading, office=office)), path
    except GedError as error:
        if error.code == "press.busy":
            raise
        return replace(piece, remark=error.sentence), path
