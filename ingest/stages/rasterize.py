"""Rasterize: a page as one grey image, its own when it has one, decoded once."""

from __future__ import annotations

from pathlib import Path

from ingest.readers import image, pdf
from ingest.readers.source import PageImage
from ingest.stages.triage import is_pdf


def rasterize(path: Path, number: int) -> PageImage:
    """Return a page in grey, shape (height, width), uint8, at the resolution it was scanned at.

    Raises:
        Refused: `capture.damaged`.
    """
    return pdf.read_image(path, number) if is_pdf(path) else image.read_image(path, number)
