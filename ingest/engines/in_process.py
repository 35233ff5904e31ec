"""Tesseract in this process, by tesserocr: no process a page, no image written.

Settings measured in ../shared design notes and kept by scripts/measure_ingest.py: LSTM only, page
segmentation 3, no inversion, one thread (pages go side by side in processes instead).
"""

from __future__ import annotations

import os
from functools import cache

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # read once, when the library loads

import numpy as np
import tesserocr

from ingest.engines.port import LANGUAGE, RawWord, tessdata, tesseract_languages
from ingest.readers.source import Grey


class TesserocrEngine:
    """One Tesseract a language, each loaded when the first page wants it."""

    def __init__(self) -> None:
        self.languages = tesseract_languages()
        self._apis = {LANGUAGE: _loaded(LANGUAGE)}
        version = tesserocr.tesseract_version().split()[1]
        self.name = f"tesseract {version} {LANGUAGE}"

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:
        """Return the words of an image, in reading order."""
        api = self._apis.get(language) or self._apis.setdefault(language, _loaded(language))
        height, width = grey.shape
        api.SetImageBytes(np.ascontiguousarray(grey).tobytes(), width, height, 1, width)
        api.SetSourceResolution(round(resolution_dpi))
        api.Recognize()
        try:
            return _words(api.GetIterator())
        finally:
            api.Clear()


def _loaded(language: str) -> tesserocr.PyTessBaseAPI:
    api = tesserocr.PyTessBaseAPI(
        path=str(tessdata()), lang=language, psm=tesserocr.PSM.AUTO, oem=tesserocr.OEM.LSTM_ONLY
    )
    api.SetVariable("tessedit_do_invert", "0")
    return api


@cache
def engine() -> TesserocrEngine:
    """Return this process's engine."""
    return TesserocrEngine()


def _words(iterator: tesserocr.PyResultIterator | None) -> list[RawWord]:
    if iterator is None:
        return []
    level = tesserocr.RIL
    found: list[RawWord] = []
    line = -1
    for here in tesserocr.iterate_level(iterator, level.WORD):
        if here.IsAtBeginningOf(level.TEXTLINE):
            line += 1
        try:
            text = here.GetUTF8Text(level.WORD).strip()
        except RuntimeError:  # tesserocr's word for « nothing here »
            continue
        box = here.BoundingBox(level.WORD)
        if text and box is not None:
            found.append(RawWord(text, box, here.Confidence(level.WORD) / 100, max(line, 0)))
    return found
