"""Scans: a page of a PDF as the pixels that a scanner would see."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from PIL import Image

from ingest.readers.source import Grey


def drawn_page(data: bytes, dpi: int) -> Grey:
    """Return the first page of a PDF in grey."""
    found = pypdfium2.PdfDocument(data)[0].render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.array(found.reshape(found.shape[:2]))


def copy_of_a_copy(data: bytes, path: Path, *, upside_down: bool = False) -> Path:
    """Write the first page of a PDF as a bad copy of a bad copy gives it: 75 dots an inch, blurred, grainy."""
    grey = cv2.GaussianBlur(drawn_page(data, 75), (0, 0), 0.8).astype(np.float64)
    grainy = np.clip(grey + np.random.default_rng(7).normal(0, 18, grey.shape), 0, 255).astype(np.uint8)
    page = np.ascontiguousarray(grainy[::-1, ::-1]) if upside_down else grainy
    Image.fromarray(page).save(path, "PDF", resolution=75, quality=80)
    return path
