"""One page, from file to words: the stages in their order, as a function that a pool of processes can run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pdfplumber

from ged.mail.page import Page, TextSource
from ingest.engines.port import OcrEngine
from ingest.readers import pdf
from ingest.stages.clean import clean
from ingest.stages.photo import find_outline, straightened
from ingest.stages.rasterize import rasterize
from ingest.stages.recognize import recognize

_ENGINES = {"tesserocr": "ingest.engines.in_process", "pytesseract": "ingest.engines.by_command"}
SCREEN_DPI = 110.0
"""A born-digital page has no pixels of its own; it is shown at this resolution."""


def engine_named(name: str) -> OcrEngine:
    """Return this process's engine of a name; it is loaded on the first call.

    Raises:
        Unavailable: `reading.no_language`, `reading.no_engine`.
    """
    load: Callable[[], OcrEngine] = import_module(_ENGINES[name]).engine
    return load()


def read_page(path: Path, number: int, source: TextSource, engine: str) -> Page:
    """Return a page as read: by its own text when triage says it has one, else by OCR.

    Raises:
        Refused: `capture.damaged`.
        Unavailable: `reading.no_language`, `reading.no_engine`.
    """
    if source is TextSource.OCR:
        page = rasterize(path, number)
        outline = find_outline(page.grey)
        sheet = straightened(page, outline) if outline else page
        return replace(recognize(clean(sheet), number, engine_named(engine)), outline=outline)
    width, height = pdf.size_points(path, number)
    return Page(
        number=number,
        width_px=round(width / 72 * SCREEN_DPI),
        height_px=round(height / 72 * SCREEN_DPI),
        resolution_dpi=SCREEN_DPI,
        rotation_deg=0,
        skew_deg=0.0,
        source=source,
        confidence=1.0,
        engine=f"pdfplumber {pdfplumber.__version__}",
        words=pdf.read_words(path, number),
    )
