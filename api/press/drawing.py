"""A PDF drawn as one tall picture, its first pages one under the other: run as a program of its own, confined.

PDFium is not made for several threads, and the files come from outside: neither belongs in the web's process.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2
from PIL import Image

PAGES, WIDTH_PX, GAP_PX = 10, 909, 14
_TALLEST_PX = 16_383
"""Source: the WebP container's limit on one side."""


def draw(pdf: Path, picture: Path) -> None:
    """Write the picture of the first pages of a PDF, as WebP."""
    document = pypdfium2.PdfDocument(pdf)
    pages = []
    for number in range(min(len(document), PAGES)):
        page = document[number]
        drawn = page.render(scale=WIDTH_PX / page.get_width()).to_pil().convert("RGB")
        pages.append(drawn)
    height = sum(page.height + GAP_PX for page in pages) - GAP_PX
    tall = Image.new("RGB", (WIDTH_PX, min(height, _TALLEST_PX)), (217, 222, 218))
    top = 0
    for page in pages:
        tall.paste(page, (0, top))
        top += page.height + GAP_PX
    tall.save(picture, "WEBP", quality=60)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
