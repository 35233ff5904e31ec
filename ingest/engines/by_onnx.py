"""RapidOCR, PP-OCR's small models on onnxruntime: three times Tesseract's cost, and better on spoilt pages.

An engine that an installation may do without: `requirements/second-engine.txt`. Its models are in its wheel.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np

from ingest.engines.port import LANGUAGE, RawWord
from ingest.readers.source import Grey

_SETTINGS: dict[str, Any] = {
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # pages go side by side in processes instead
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    "Global.use_cls": False,  # it turns good lines over; pages come upright
    "Global.return_word_box": True,
    "Global.log_level": "error",
    "Rec.rec_batch_num": 1,  # more at once holds more memory, and is no faster on one thread
}
_COLON = re.compile(r"(?<=[^\d\s]:)(?=[^\s/\\])")
"""Where the model forgets the space that French sets after a colon: « N/Réf:0123 »."""


class RapidOcrEngine:
    """PP-OCR's detection and recognition, loaded once a process."""

    def __init__(self) -> None:
        self._read = import_module("rapidocr").RapidOCR(params=_SETTINGS)
        self.languages = (LANGUAGE,)
        self.name = f"rapidocr {version('rapidocr')} {LANGUAGE}"

    def recognize(self, grey: Grey, resolution_dpi: float, language: str = LANGUAGE) -> list[RawWord]:  # noqa: ARG002
        """Return the words of an image, from the top line down; its one model needs neither of the others."""
        found = self._read(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
        lines = zip(found.word_results, found.scores, strict=True) if found.txts else ()
        words: list[RawWord] = []
        for number, (parts, confidence) in enumerate(lines):
            for text, _, corners in parts:
                words += _words(text, np.asarray(corners), float(confidence), number, grey.shape)
        return words


@cache
def engine() -> RapidOcrEngine:
    """Return this process's engine."""
    return RapidOcrEngine()


def installed() -> bool:
    """Whether this installation has the engine; it is not loaded."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def _words(
    text: str, corners: np.ndarray[Any, Any], confidence: float, line: int, size: tuple[int, ...]
) -> Iterator[RawWord]:
    """Yield the pieces of a word that ran into the next at a colon, each with its share of the box."""
    left, top = (max(0, int(edge)) for edge in corners.min(axis=0))
    right, bottom = (int(min(edge, most)) for edge, most in zip(corners.max(axis=0), size[::-1], strict=True))
    start = 0
    for piece in _COLON.split(text) if right > left and bottom > top else ():
        edges = [left + (right - left) * at // len(text) for at in (start, start + len(piece))]
        yield RawWord(piece, (edges[0], top, max(edges[0] + 1, edges[1]), bottom), confidence, line)
        start += len(piece)
