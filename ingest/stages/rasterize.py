"""Rasterize: a page as one grey image, its own when it has one, decoded once."""

from __future__ import annotations

from pathlib import Path

from ingest.readers.source import PageImage
from ingest.readers.table import pages_of


def rasterize(path: Path, number: int) -> PageImage:
    """Return a page in grey, shape (height, width), uint8, at the resolution it was scanned at.

    Raises:
        Refused: `capture.damaged`.
    """
    return pages_of(path).image(path, number)
