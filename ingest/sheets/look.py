"""Looking for our own sheets in a file that comes in, before it is given a number: quickly, on its first pages."""

from __future__ import annotations

from pathlib import Path

from ged.errors import Refused
from ingest.readers.source import PageImage
from ingest.readers.table import format_of
from ingest.sheets.codes import Seen, codes_on

FIRST_PAGES = 2
"""A sheet of ours that comes back alone, or on top of its pile, shows its QR on one of these."""


def look(path: Path, page_count: int = FIRST_PAGES) -> tuple[Seen, ...]:
    """Return the QRs of our sheets in a file: on its first pages, and once one is there, on all of them."""
    first = [seen for page in range(1, min(page_count, FIRST_PAGES) + 1) for seen in _on(path, page)]
    if not first:
        return ()
    return tuple(first + [seen for page in range(FIRST_PAGES + 1, page_count + 1) for seen in _on(path, page)])


def scanned_page(path: Path, page: int) -> PageImage | None:
    """Return a page that is one image, as scanners make them; None for any other: a sheet that was signed is a scan."""
    found = format_of(path)
    if found is None or found.pages is None:
        return None
    try:
        return found.pages.own_image(path, page)
    except Refused:
        return None


def _on(path: Path, page: int) -> tuple[Seen, ...]:
    found = scanned_page(path, page)
    return () if found is None else codes_on(found, page)
