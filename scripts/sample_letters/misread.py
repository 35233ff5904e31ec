"""Misreading: the words of a page as OCR gives them on paper of a quality, without the cost of a scan."""

from __future__ import annotations

import random
from dataclasses import replace

from ged.mail.page import Box, Page, TextSource, Word

_CONFUSED = {
    "l": "1Ii|", "i": "1lí", "e": "cé", "é": "eè", "è": "eé", "c": "e(", "n": "ur", "u": "n", "o": "0", "0": "O", "m": "n",
    "t": "fl", "5": "S", "S": "5", "8": "B", "1": "l7", "O": "0", "/": "l1", "'": "’", "°": '*º"', ":": ".", "à": "a", "À": "A",
    "É": "E", "B": "8", "g": "q", "h": "b", ",": ".", "2": "Z", "6": "G",
}  # fmt: skip
STRENGTHS = (0.0, 0.0, 0.003, 0.01, 0.03)
"""Shares of letters misread; pages of each are drawn alike."""


def misread(page: Page, seed: int) -> Page:
    """Return a page as OCR could give it: letters taken for others, boxes a little off, marks of logos, a tilt."""
    r = random.Random(seed)
    strength = r.choice(STRENGTHS)
    tilt = r.uniform(-0.006, 0.006)
    words = []
    for word in page.words:
        if r.random() < strength * 0.3:
            continue
        text, faults = _spoken(word.text, r, strength)
        doubt = 0.25 + 0.6 * r.random() if faults else 0.0
        confidence = 1.0 if strength == 0.0 else min(0.97, max(0.15, r.gauss(0.95, 0.02 + strength) - doubt * 0.4))
        words.append(Word(text, _moved(word.box, r, tilt), confidence, word.line))
    if r.random() < 0.25:
        words.insert(0, Word(r.choice(("@", "(&)", "®", "©)", "A", "\\")), Box(0.1, 0.06, 0.17, 0.11), 0.4, -1))
    return replace(page, words=tuple(words), source=TextSource.OCR if strength else page.source)


def _spoken(text: str, r: random.Random, strength: float) -> tuple[str, int]:
    marks, faults = [], 0
    for mark in text:
        if r.random() < strength:
            marks.append(r.choice(_CONFUSED[mark]) if mark in _CONFUSED else "" if r.random() < 0.2 else mark)
            faults += marks[-1] != mark
        else:
            marks.append(mark)
    return "".join(marks) or text, faults


def _moved(box: Box, r: random.Random, tilt: float) -> Box:
    down = tilt * (box.left - 0.5) + r.uniform(-0.0006, 0.0006)
    side = r.uniform(-0.001, 0.001)
    return Box(box.left + side, box.top + down, box.right + side, box.bottom + down)
