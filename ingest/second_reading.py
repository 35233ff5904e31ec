"""A page read with doubt is read once more by another engine, before anybody sees it; the surer reading is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ged.mail.page import Page, TextSource
from ingest.engines import by_onnx
from ingest.stages.clean import clean
from ingest.stages.rasterize import rasterize
from ingest.stages.recognize import recognize

DOUBT = 0.9
"""Mean confidence under which the second engine reads better, beyond chance; above it, it reads no better.

Source: `scripts/measure_engines.py`, docs/measures.md.
"""


def doubtful(page: Page) -> bool:
    """Whether a page was read by an engine, with doubt."""
    return page.source is TextSource.OCR and page.confidence < DOUBT


def read_again(path: Path, page: Page) -> Page:
    """Return a page as the second engine reads it, the way up that the first reading found."""
    image, turned = rasterize(path, page.number), page.rotation_deg in {180, 270}
    if turned:
        image = replace(image, grey=np.ascontiguousarray(image.grey[::-1, ::-1]))
    again = recognize(clean(image), page.number, by_onnx.engine())
    return replace(again, rotation_deg=(again.rotation_deg + 180 * turned) % 360)


def surer(page: Page, again: Page) -> Page:
    """Return the reading that is surer of itself; the first when both are."""
    return again if again.confidence > page.confidence else page
