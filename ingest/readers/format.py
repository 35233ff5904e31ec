"""What a reader says of its format: one line of the table, the capabilities it has and those it lacks.

To add a format, write its reader beside the others and its line in `table`; nothing else of the house asks what a
file is called or what it claims to be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pikepdf

from ged.mail.electronic import Piece
from ingest.office.converter import Kind
from ingest.readers.limits import Limits
from ingest.readers.mime import Mail
from ingest.readers.source import File, PageImage

Bid = Callable[[Path, bytes], int]
"""(file, its first bytes) → how sure a reader is that the file is of its format, 0 for not at all, 100 at most."""
HEAD_BYTES = 8192
REFUSALS = frozenset(
    {
        *("capture.empty", "capture.unknown_type", "capture.damaged", "capture.encrypted", "capture.archive"),
        *("capture.too_large", "capture.too_many_pages", "capture.too_many_pixels"),
        *("mail.too_deep", "mail.too_many_parts"),
    }
)
"""All that a reader may raise: `Refused` of one of these codes (docs/errors.md). Anything else is a fault of ours."""


@dataclass(frozen=True, slots=True)
class Pages:
    """How a file that is made of pages gives them; page numbers start at 1.

    Attributes:
        count: How many there are.
        image: A page in grey, as it was scanned, or drawn when it is no scan.
        own_image: The same, only of a page that is one image; None of any other.
        as_pdf: The file as a PDF of the same pages, image bytes untouched where a PDF can hold them.
        text: What a page's own text layer says; None for a format that has none.
    """

    count: Callable[[Path], int]
    image: Callable[[Path, int], PageImage]
    own_image: Callable[[Path, int], PageImage | None]
    as_pdf: Callable[[Path], pikepdf.Pdf]
    text: Callable[[Path, int], str] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One line of the table.

    Attributes:
        name: As a person calls it, in French.
        extension: What its files are saved under.
        inspect: Finds the file whole and within limits, and counts its pages while its sender waits; 1 for a format
            whose pages are known only once they are laid out.
        pages: For what is made of pages.
        lay_out: For what is not: (file, what it holds, target) writes it as a PDF.
        office: For what is not, and takes LibreOffice: as what that opens it.
        files: For what holds others: they become pieces.
        mail: For messages: what they say of themselves.
        lists: Whether its own pages only list what it holds, and so say nothing of the letter.
    """

    name: str
    media_type: str
    extension: str
    bid: Bid
    inspect: Callable[[Path, Limits], int]
    pages: Pages | None = None
    lay_out: Callable[[Path, Sequence[Piece], Path], None] | None = None
    office: Kind | None = None
    files: Callable[[Path, Limits], Generator[File]] | None = None
    mail: Callable[[Path], Mail] | None = None
    lists: bool = False


def begins(*signatures: bytes, at: int = 0) -> Bid:
    """Return the bid of a format whose files all carry one of a few signatures at the same place."""

    def bid(_path: Path, head: bytes) -> int:
        return 90 if any(head[at:].startswith(each) for each in signatures) else 0

    return bid
