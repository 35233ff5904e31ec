"""What an OCR engine does, whichever it is."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ged.errors import Unavailable
from ingest.readers.source import Grey

FRENCH, ENGLISH = "fra", "eng"
LANGUAGE = FRENCH
"""What a page is read in unless it turns out to be written in another."""


@dataclass(frozen=True, slots=True)
class RawWord:
    """One word in pixels of the image that was given: (left, top, right, bottom), confidence in [0, 1], line from 0."""

    text: str
    box_px: tuple[int, int, int, int]
    confidence: float
    line: int


class OcrEngine(Protocol):
    """Reads the words of a level, upright page."""

    @property
    def name(self) -> str:
        """Name and version, `tesseract 5.5.4 fra`."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it was taught and that are installed; `LANGUAGE` is the first."""
        ...

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:
        """Return the words of an image, in reading order, read as one of the engine's languages."""
        ...


def tesseract_languages() -> tuple[str, ...]:
    """Return French, and English where its data lie beside the French.

    Raises:
        Unavailable: `reading.no_language`.
    """
    others = (ENGLISH,) if (tessdata() / f"{ENGLISH}.traineddata").is_file() else ()
    return (LANGUAGE, *others)


def tessdata() -> Path:
    """Return the folder that holds the French language data.

    Raises:
        Unavailable: `reading.no_language`.
    """
    given = os.environ.get("TESSDATA_PREFIX")
    usual = [Path(f"/usr/share/tesseract-ocr/{version}/tessdata") for version in ("5", "4.00")]
    for folder in [*([Path(given)] if given else []), *usual, Path("/usr/share/tessdata")]:
        if (folder / f"{LANGUAGE}.traineddata").is_file():
            return folder
    raise Unavailable(
        "reading.no_language",
        "Les données françaises de lecture manquent. Installez le paquet tesseract-ocr-fra.",
    )
