"""Numbers again: a line that holds a number is read again larger, then smaller, until two readings agree; they vote.

A word of running text is told by its neighbours and by the language; nothing tells « MEF/SG » from « MEFISG » but
its ink. What one size of the letters blurs another shows, and two readings that agree are surer than either alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import groupby, islice

import cv2
import numpy as np

from ingest.engines.port import OcrEngine, RawWord
from ingest.readers.source import Grey

_NUMBER = re.compile(
    r"\d\s?[/_|-]|[/_|-]\s?\d|@|\d{2}[ .-]\d{2}[ .-]\d{2}|\d\s?[/.]\s?\d|[Nn][°ºo*]\s?\d|\b[Bb]\.?\s?[Pp]\b"
)
_TORN = re.compile(r"\s[/_|-]|[/_|-]\s")
_FIGURE = re.compile(r"[\d@/]")
_MOST_WORDS, _MOST_LINES = 14, 12
"""A longer line is running text; a page with more such lines is a table, whose figures have their own columns."""
_SURE = 0.93
"""A line whose figures were all read as surely as this is left as it is."""
_LOST = 0.6
"""A figure read with less is read again whatever stands beside it: what it was part of was misread with it."""
_SCALES = (1.5, 0.75)
_AROUND, _WHITE_INCH = 0.35, 0.3
"""What is cut around a line, in its height, and the white that is put around it: an engine reads no edge to edge."""
_ALIKE = 0.7
"""A reading that is less like the first read something else; like a first that doubts itself it need not be."""


def with_numbers_again(
    words: list[RawWord], grey: Grey, resolution_dpi: float, engine: OcrEngine, language: str
) -> list[RawWord]:
    """Return the words, those of doubtful lines that hold numbers as most readings, else the surest, have them."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    doubtful = (at for at, line in enumerate(lines) if _is_doubtful(line))
    for at in islice(doubtful, _MOST_LINES):
        least = min(_ALIKE, _sureness(lines[at]))
        votes = [lines[at]]
        for reading in _readings(lines[at], grey, resolution_dpi, engine, language):
            if _likeness(reading, lines[at]) >= least:
                votes.append(reading)
            if _text(reading) == _text(lines[at]) and not _TORN.search(_text(reading)):
                break  # read the same twice: no third is heard
        lines[at] = voted(votes)
    return [word for line in lines for word in line]


def _is_doubtful(line: Sequence[RawWord]) -> bool:
    least = min((word.confidence for word in line if _FIGURE.search(word.text)), default=1.0)
    in_doubt = least < _LOST or (least < _SURE and _NUMBER.search(_text(line)) is not None)
    return in_doubt and len(line) <= _MOST_WORDS


def _readings(
    line: Sequence[RawWord], grey: Grey, resolution_dpi: float, engine: OcrEngine, language: str
) -> Iterator[list[RawWord]]:
    left, top = (min(word.box_px[side] for word in line) for side in (0, 1))
    right, bottom = (max(word.box_px[side] for word in line) for side in (2, 3))
    around, white = round(_AROUND * (bottom - top)), round(_WHITE_INCH * resolution_dpi)
    x, y = max(0, left - around), max(0, top - around)
    cut = grey[y : bottom + around, x : right + around]
    for scale in _SCALES:
        way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        sized = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=way)
        framed = cv2.copyMakeBorder(sized, white, white, white, white, cv2.BORDER_CONSTANT, value=(255,))
        found = []
        for word in engine.recognize(np.asarray(framed, np.uint8), resolution_dpi * scale, language):
            sides = [round((side - white) / scale) for side in word.box_px]
            box = (max(0, sides[0] + x), max(0, sides[1] + y), max(1, sides[2] + x), max(1, sides[3] + y))
            box = (box[0], box[1], min(box[2], grey.shape[1]), min(box[3], grey.shape[0]))
            if top <= (box[1] + box[3]) / 2 <= bottom and word.text.strip("|"):
                found.append(replace(word, text=word.text.strip("|"), box_px=box, line=line[0].line))
        if found:
            yield sorted(found, key=lambda word: word.box_px[0])


def voted(readings: Sequence[list[RawWord]]) -> list[RawWord]:
    """Return the reading that another agrees with, its words as sure as the surest who agree; else the surest.

    Readings that differ in spaces and capitals alone agree; of these the one with the fewest signs torn from their
    number counts, then the surest: an engine that sees « 1023 / 2023 » for « 1023/2023 » is surer of each piece.
    """
    for first in readings:
        agreed = [other for other in readings if _letters(other) == _letters(first)]
        if len(agreed) > 1:
            whole = min(agreed, key=lambda line: (len(_TORN.findall(_text(line))), -_sureness(line)))
            same = [other for other in agreed if _text(other) == _text(whole)]
            return [
                replace(word[0], confidence=max(each.confidence for each in word)) for word in zip(*same, strict=True)
            ]
    return max(readings, key=_sureness)


def _letters(line: Sequence[RawWord]) -> str:
    return "".join(word.text for word in line).casefold()


def _sureness(line: Sequence[RawWord]) -> float:
    count = sum(len(word.text) for word in line)
    return sum(word.confidence * len(word.text) for word in line) / max(1, count)


def _likeness(one: Sequence[RawWord], other: Sequence[RawWord]) -> float:
    return SequenceMatcher(None, _text(one), _text(other), autojunk=False).ratio()


def _text(line: Sequence[RawWord]) -> str:
    return " ".join(word.text for word in line)
