"""Recognize: words and boxes of a cleaned page, the right way up."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from ged.mail.page import Box, Page, TextSource, Word
from ingest.engines.port import OcrEngine, RawWord
from ingest.readers.source import Grey
from ingest.stages.clean import Cleaned

DOUBTFUL = 0.62
"""A page read with less confidence than this is tried upside down."""
_STRIP_INCH, _STEP_PX = 1.4, 8


def recognize(cleaned: Cleaned, number: int, engine: OcrEngine) -> Page:
    """Return the page as read. A sideways page is tried both ways on one strip; a doubtful one upside down."""
    if cleaned.blank:
        return _page(cleaned, number, TextSource.BLANK, 0.0, engine, ())
    if cleaned.sideways and _other_way(cleaned, engine):
        cleaned = _upside_down(cleaned)
    words = engine.recognize(cleaned.grey, cleaned.resolution_dpi)
    confidence = _confidence(words)
    if not cleaned.sideways and cleaned.rotation_deg == 0 and confidence < DOUBTFUL and len(words) >= 5:
        turned = _upside_down(cleaned)
        again = engine.recognize(turned.grey, turned.resolution_dpi)
        if _confidence(again) > confidence + 0.05:
            cleaned, words, confidence = turned, again, _confidence(again)
    return _page(cleaned, number, TextSource.OCR, confidence, engine, _placed(words, cleaned))


def _other_way(cleaned: Cleaned, engine: OcrEngine) -> bool:
    strip = _densest_strip(cleaned.grey, round(_STRIP_INCH * cleaned.resolution_dpi))
    there = _confidence(engine.recognize(strip, cleaned.resolution_dpi))
    back = _confidence(engine.recognize(np.ascontiguousarray(strip[::-1, ::-1]), cleaned.resolution_dpi))
    return back > there


def _densest_strip(grey: Grey, height_px: int) -> Grey:
    rows = cv2.resize(
        (255 - grey).astype(np.float32), (1, max(1, grey.shape[0] // _STEP_PX)), interpolation=cv2.INTER_AREA
    ).ravel()
    window = max(1, min(len(rows), height_px // _STEP_PX))
    start = int(np.convolve(rows, np.ones(window), "valid").argmax()) * _STEP_PX
    return grey[start : start + window * _STEP_PX]


def _upside_down(cleaned: Cleaned) -> Cleaned:
    height, width = cleaned.grey.shape
    full_width, full_height = cleaned.upright_px
    left, top = cleaned.offset_px
    return replace(
        cleaned,
        grey=np.ascontiguousarray(cleaned.grey[::-1, ::-1]),
        offset_px=(full_width - left - width, full_height - top - height),
        rotation_deg=(cleaned.rotation_deg + 180) % 360,
    )


def _confidence(words: list[RawWord]) -> float:
    """Return the mean confidence over characters."""
    count = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / count if count else 0.0


def _placed(words: list[RawWord], cleaned: Cleaned) -> tuple[Word, ...]:
    (left, top), (width, height) = cleaned.offset_px, cleaned.upright_px

    def fraction(value: float, size: int) -> float:
        return min(1.0, max(0.0, value / size))

    return tuple(
        Word(
            word.text,
            Box(
                fraction(word.box_px[0] + left, width),
                fraction(word.box_px[1] + top, height),
                fraction(word.box_px[2] + left, width),
                fraction(word.box_px[3] + top, height),
            ),
            word.confidence,
            word.line,
        )
        for word in words
    )


def _page(  # noqa: PLR0917 - private, one call for each case above
    cleaned: Cleaned, number: int, source: TextSource, confidence: float, engine: OcrEngine, words: tuple[Word, ...]
) -> Page:
    width, height = cleaned.upright_px
    return Page(
        number=number,
        width_px=width,
        height_px=height,
        resolution_dpi=cleaned.resolution_dpi,
        rotation_deg=cleaned.rotation_deg,
        skew_deg=cleaned.skew_deg,
        source=source,
        confidence=confidence,
        engine=engine.name,
        words=words,
    )
