"""Recognize: words and boxes of a cleaned page, the right way up."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ged.mail.page import Box, Page, Region, RegionKind, TextSource, Word
from ingest.engines.port import LANGUAGE, OcrEngine, RawWord
from ingest.readers.source import Grey
from ingest.stages.bends import as_it_lies
from ingest.stages.clean import Cleaned, turn
from ingest.stages.dashes import with_dashes
from ingest.stages.language import language_of
from ingest.stages.left_out import with_left_out
from ingest.stages.numbers_again import with_numbers_again
from ingest.stages.regions import Mark, Parted, part
from ingest.stages.way_up import densest_strip, standing

DOUBTFUL = 0.62
"""A page read with less confidence than this is tried the other way up."""
_ON_ITS_HEAD = -2.0
"""A page whose letters say so this surely, in standard deviations, is read on its head first."""
_SMOOTHED_BELOW, _SMOOTH_PX = 0.88, 1.2
"""A page read with less confidence is read again smoothed, its dots or steps run together, and the surer one kept."""
_STRIP_INCH = 1.4
_SQUARE = re.compile(r"^([ckm]?m)\?(?=[,.;:)]?$)")
"""« m² » comes out as « m? »."""
_SURE, _LEGIBLE = 0.8, 0.4
"""In what a pen crossed, a word this sure is print; under the second, strokes were taken for letters."""


def recognize(cleaned: Cleaned, number: int, engine: OcrEngine) -> Page:
    """Return the page as read.

    A sideways page is tried both ways on one strip; another is turned first where its letters stand on their heads,
    and read the other way up too where that leaves doubt. One that turns out to be English is read as English, and
    kept so if that is surer.
    """
    if cleaned.blank:
        return _page(cleaned, number, TextSource.BLANK, 0.0, engine.name, ())
    sideways = cleaned.sideways
    turned_first = not sideways and standing(cleaned.grey, cleaned.resolution_dpi) < _ON_ITS_HEAD
    if turned_first or (sideways and _other_way(cleaned, engine)):
        cleaned = _upside_down(cleaned)
    parted, words = _read(cleaned, engine)
    confidence = _confidence(words)
    if not sideways and confidence < DOUBTFUL and (turned_first or len(words) >= 5):
        turned = _upside_down(cleaned)
        other, again = _read(turned, engine)
        if _confidence(again) > confidence + 0.05:
            cleaned, parted, words, confidence = turned, other, again, _confidence(again)
    if confidence < _SMOOTHED_BELOW and len(words) >= 5:
        smooth = replace(cleaned, grey=np.asarray(cv2.GaussianBlur(cleaned.grey, (0, 0), _SMOOTH_PX), np.uint8))
        other, again = _read(smooth, engine)
        if _confidence(again) > confidence + 0.01:
            cleaned, parted, words, confidence = smooth, other, again, _confidence(again)
    name, kept = engine.name, LANGUAGE
    language = language_of(word.text for word in words)
    if language != LANGUAGE and language in engine.languages:
        other, again = _read(cleaned, engine, language)
        if _confidence(again) > confidence:
            parted, words, confidence, kept = other, again, _confidence(again), language
            name = f"{name.rpartition(' ')[0]} {language}"
    words = with_numbers_again(words, parted.printed, cleaned.resolution_dpi, engine, kept)
    frame = _Frame(cleaned)
    return replace(
        _page(cleaned, number, TextSource.OCR, confidence, name, _sorted_out(words, parted, frame, engine)),
        regions=tuple(Region(_kind(mark, words), frame.box(mark.box_px)) for mark in parted.marks),
    )


def _read(cleaned: Cleaned, engine: OcrEngine, language: str = LANGUAGE) -> tuple[Parted, list[RawWord]]:
    parted = part(cleaned)
    words = _tidy(engine.recognize(parted.printed, cleaned.resolution_dpi, language))
    words = with_left_out(words, parted.printed, cleaned.resolution_dpi, engine, language)
    return parted, with_dashes(words, parted.printed, cleaned.resolution_dpi)


def _tidy(words: list[RawWord]) -> list[RawWord]:
    """Take out the lines of tables, read as bars; mend the one sign that the French model does not know."""
    bare = [replace(word, text=word.text.strip("|")) for word in words if word.text.strip("|")]
    return [replace(word, text=_SQUARE.sub(r"\1²", word.text)) for word in bare]


def _other_way(cleaned: Cleaned, engine: OcrEngine) -> bool:
    strip = densest_strip(cleaned.grey, round(_STRIP_INCH * cleaned.resolution_dpi))
    there = _confidence(engine.recognize(strip, cleaned.resolution_dpi))
    back = _confidence(engine.recognize(np.ascontiguousarray(strip[::-1, ::-1]), cleaned.resolution_dpi))
    return back > there


def _upside_down(cleaned: Cleaned) -> Cleaned:
    height, width = cleaned.grey.shape
    full_width, full_height = cleaned.upright_px
    left, top = cleaned.offset_px
    return replace(
        cleaned,
        grey=np.ascontiguousarray(cleaned.grey[::-1, ::-1]),
        offset_px=(full_width - left - width, full_height - top - height),
        rotation_deg=(cleaned.rotation_deg + 180) % 360,
        bend=None if cleaned.bend is None else np.ascontiguousarray(-cleaned.bend[::-1, ::-1]),
    )


def _confidence(words: list[RawWord]) -> float:
    """Return the mean confidence over characters."""
    count = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / count if count else 0.0


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where the cleaned image lies on the upright page."""

    cleaned: Cleaned

    def box(self, box_px: tuple[int, int, int, int]) -> Box:
        """Return pixels of the cleaned image as fractions of the page."""
        (left, top), (width, height) = self.cleaned.offset_px, self.cleaned.upright_px
        box = Box(
            _fraction(box_px[0] + left, width),
            _fraction(box_px[1] + top, height),
            _fraction(box_px[2] + left, width),
            _fraction(box_px[3] + top, height),
        )
        bend = self.cleaned.bend
        return box if bend is None else as_it_lies(bend, box)

    def word(self, word: RawWord, line: int, *, printed: bool) -> Word:
        """Return a word in its place on the page."""
        return Word(word.text, self.box(word.box_px), word.confidence, line, printed)


def _fraction(value: float, size: int) -> float:
    return min(1.0, max(0.0, value / size))


def _sorted_out(words: list[RawWord], parted: Parted, frame: _Frame, engine: OcrEngine) -> tuple[Word, ...]:
    """Return the printed words, then those of stamps and hands, each stamp read by itself in its own ink."""
    printed: list[Word] = []
    added: list[tuple[RawWord, int]] = []
    lines = 0
    for word in words:
        lines = max(lines, word.line + 1)
        mark = next((mark for mark in parted.marks if _holds(mark.box_px, word.box_px)), None)
        over_print = mark is not None and (mark.lifted or mark.kind is not RegionKind.STAMP)
        if mark is None or (over_print and word.confidence >= (_LEGIBLE if mark.lifted else _SURE)):
            printed.append(frame.word(word, word.line, printed=True))
        elif word.confidence >= _LEGIBLE:
            added.append((word, word.line))
    for mark in parted.marks:
        if mark.kind is RegionKind.STAMP and mark.lifted and mark.framed:
            found = [word for word in _of_stamp(mark, parted.added, engine, frame) if word.confidence >= _LEGIBLE]
            added += [(word, lines + word.line) for word in found]
            lines += 1 + max((word.line for word in found), default=-1)
    return (*printed, *(frame.word(word, line, printed=False) for word, line in added))


def _of_stamp(mark: Mark, added: Grey, engine: OcrEngine, frame: _Frame) -> list[RawWord]:
    """Return the words of a framed stamp, turned level, its ink made black."""
    left, top, right, bottom = mark.box_px
    ink = added[top:bottom, left:right]
    dark = float(np.percentile(ink[ink < 200], 30)) if np.any(ink < 200) else 0.0
    strong = np.clip((ink.astype(np.float32) - dark) * (255 / max(1.0, 235 - dark)), 0, 255).astype(np.uint8)
    level = turn(strong, mark.tilt_deg, 255)
    found = engine.recognize(level, frame.cleaned.resolution_dpi)
    return [
        replace(
            word,
            text=word.text.strip("|"),
            box_px=(word.box_px[0] + left, word.box_px[1] + top, word.box_px[2] + left, word.box_px[3] + top),
        )
        for word in found
        if word.text.strip("|_—-.")
    ]


def _kind(mark: Mark, words: list[RawWord]) -> RegionKind:
    """Tell a signature from a note: it stands over the printed name of who signs, or close above it."""
    if mark.kind is RegionKind.STAMP:
        return mark.kind
    left, top, right, bottom = mark.box_px
    near = bottom - top
    for word in words:
        across = min(right, word.box_px[2]) - max(left, word.box_px[0])
        middle = (word.box_px[1] + word.box_px[3]) / 2
        if word.confidence >= _SURE and across > 0 and len(word.text) >= 3 and top - near < middle < bottom + near:
            return RegionKind.SIGNATURE
    return RegionKind.HANDWRITING


def _holds(box: tuple[int, int, int, int], word: tuple[int, int, int, int]) -> bool:
    x, y = (word[0] + word[2]) / 2, (word[1] + word[3]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _page(  # noqa: PLR0917 - private, one call for each case above
    cleaned: Cleaned, number: int, source: TextSource, confidence: float, engine: str, words: tuple[Word, ...]
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
        engine=engine,
        words=words,
    )
