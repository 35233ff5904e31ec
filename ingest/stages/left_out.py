"""Left out: small print far from the rest, which the engine's layout passes over, read by itself.

A footer in small grey letters under half a page of white is no text to an engine that judges the page as a whole; cut
out, it is read as well as any line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby, islice

import cv2
import numpy as np

from ingest.engines.port import OcrEngine, RawWord
from ingest.readers.source import Grey

_INK = 190
_LEAST_LETTERS, _LEAST_FIGURES, _LETTER_INCH = 12, 6, (0.02, 0.2)
"""A band is text when it has this many marks as tall as letters, figures of a date alone on its line being fewer:
grain is smaller, stamps and logos are taller."""
_JOIN_INCH, _AROUND_INCH, _WHITE_INCH = 0.2, 0.06, 0.5
_MOST_BANDS = 4
"""A page with more is no letter, and would cost its time again."""
_SURE = 0.8
"""A band read with less confidence than this on the mean was no text."""


def with_left_out(
    words: list[RawWord], grey: Grey, resolution_dpi: float, engine: OcrEngine, language: str
) -> list[RawWord]:
    """Return the words with those of each band of print that holds none of them, as lines where they stand."""
    lines = [list(line) for _, line in groupby(words, key=lambda word: word.line)]
    for top, bottom in islice(_bands(words, grey, resolution_dpi), _MOST_BANDS):
        white = round(_WHITE_INCH * resolution_dpi)
        band = cv2.copyMakeBorder(grey[top:bottom], white, white, 0, 0, cv2.BORDER_CONSTANT, value=(255,))
        read = engine.recognize(np.asarray(band, np.uint8), resolution_dpi, language)
        count = sum(len(word.text) for word in read)
        figures = sum(sign.isdigit() for word in read for sign in word.text)
        text = count >= _LEAST_LETTERS or figures >= _LEAST_FIGURES
        if not text or sum(word.confidence * len(word.text) for word in read) < _SURE * count:
            continue
        after = [index for index, line in enumerate(lines) if min(word.box_px[1] for word in line) < top]
        at = max(after, default=-1) + 1
        lines[at:at] = [
            [_lowered(word, top - white, len(grey)) for word in line]
            for _, line in groupby(read, key=lambda word: word.line)
        ]
    return [replace(word, line=number) for number, line in enumerate(lines) for word in line]


def _bands(words: list[RawWord], grey: Grey, resolution_dpi: float) -> Iterator[tuple[int, int]]:
    """Yield (top, bottom) of each run of rows with the marks of letters and no word, from the top."""
    free = (grey < _INK).astype(np.uint8)
    around = round(_AROUND_INCH * resolution_dpi)
    for word in words:
        free[max(0, word.box_px[1] - around) : word.box_px[3] + around] = 0
    if not free.any():
        return
    held = np.asarray(free.any(axis=1))
    held[1:] |= held[:-1]  # one empty row below each run: what it parts stays parted
    rows_held = np.nonzero(held)[0]
    stats = cv2.connectedComponentsWithStats(free[rows_held])[2][1:]
    stats[:, cv2.CC_STAT_TOP] = rows_held[stats[:, cv2.CC_STAT_TOP]]
    tall, wide = stats[:, cv2.CC_STAT_HEIGHT] / resolution_dpi, stats[:, cv2.CC_STAT_WIDTH] / resolution_dpi
    letters = stats[(tall > _LETTER_INCH[0]) & (tall < _LETTER_INCH[1]) & (wide < 3 * _LETTER_INCH[1])]
    rows = np.zeros(len(grey), np.int32)
    for top, height in letters[:, [cv2.CC_STAT_TOP, cv2.CC_STAT_HEIGHT]]:
        rows[top : top + height] += 1
    marked = (rows >= _LEAST_FIGURES).astype(np.uint8)
    join = round(_JOIN_INCH * resolution_dpi)
    joined = cv2.morphologyEx(marked[:, None], cv2.MORPH_CLOSE, np.ones((join | 1, 1), np.uint8)).ravel()
    for word in words:  # two bands with a line that was read between them stay two
        joined[word.box_px[1] : word.box_px[3]] = 0
    edges = np.diff(np.concatenate([[0], joined.astype(np.int8), [0]]))
    for start, end in zip(np.nonzero(edges == 1)[0], np.nonzero(edges == -1)[0], strict=True):
        inside = (letters[:, cv2.CC_STAT_TOP] >= start - join) & (letters[:, cv2.CC_STAT_TOP] < end)
        if inside.sum() >= _LEAST_FIGURES:
            yield max(0, int(start) - around), min(len(grey), int(end) + around)


def _lowered(word: RawWord, by: int, height: int) -> RawWord:
    """Return a word of a band where it lies on the page; an engine's box may go a little into the white around."""
    left, top, right, bottom = word.box_px
    return replace(word, box_px=(left, max(0, top + by), right, min(height, bottom + by)))
