"""Tesseract by its command, through pytesseract: slower, for machines where tesserocr has no wheel."""

from __future__ import annotations

from functools import cache

import pytesseract
from PIL import Image

from ged.errors import Unavailable
from ingest.engines.port import LANGUAGE, RawWord, tessdata, tesseract_languages
from ingest.readers.source import Grey


class PytesseractEngine:
    """One `tesseract` process a page."""

    def __init__(self) -> None:
        try:
            version = str(pytesseract.get_tesseract_version()).splitlines()[0]
        except pytesseract.TesseractNotFoundError as error:
            raise Unavailable(
                "reading.no_engine", "Le programme tesseract n'est pas installé. Installez le paquet tesseract-ocr."
            ) from error
        self.languages = tesseract_languages()
        self.name = f"tesseract-command {version} {LANGUAGE}"
        self._options = f"--psm 3 --oem 1 --tessdata-dir {tessdata()} -c tessedit_do_invert=0"

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:
        """Return the words of an image, in reading order."""
        data = pytesseract.image_to_data(
            Image.fromarray(grey),
            lang=language,
            config=f"{self._options} --dpi {round(resolution_dpi)}",
            output_type=pytesseract.Output.DICT,
        )
        lines: dict[tuple[int, int, int], int] = {}
        found: list[RawWord] = []
        for i, text in enumerate(data["text"]):
            if not text.strip():
                continue
            key = (data["block_num"][i], data["par_num"][i], data["line_num"][i])
            left, top, width, height = (data[side][i] for side in ("left", "top", "width", "height"))
            line = lines.setdefault(key, len(lines))
            confidence = max(0.0, float(data["conf"][i])) / 100
            found.append(RawWord(text.strip(), (left, top, left + width, top + height), confidence, line))
        return found


@cache
def engine() -> PytesseractEngine:
    """Return this process's engine."""
    return PytesseractEngine()
