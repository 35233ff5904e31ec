"""Scans: a page of a PDF as the pixels that a scanner would see."""

from __future__ import annotations

import numpy as np
import pypdfium2

from ingest.readers.source import Grey


def drawn_page(data: bytes, dpi: int) -> Grey:
    """Return the first page of a PDF in grey."""
    found = pypdfium2.PdfDocument(data)[0].render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.array(found.reshape(found.shape[:2]))
