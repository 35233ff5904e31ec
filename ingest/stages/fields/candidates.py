"""Candidates: what a field could be, with the numbers that a model weighs. Cheap and generous: choosing is learned."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from ged.mail.page import Evidence, Word
from ingest.stages.fields.layout import Line, evidence_of, words_at
from ingest.stages.fields.lexicon import BEFORE
from ingest.stages.fields.sheet import Placed, Sheet


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value that a field could have.

    Attributes:
        value: As printed; dates in ISO 8601; amounts and counts in digits; a span of days as « +15 ».
        words: The words that say it, all of one page.
        numbers: What the model weighs, in the order of its family.
    """

    value: str
    words: tuple[Word, ...]
    page: int
    numbers: tuple[float, ...]
    line: int

    @property
    def evidence(self) -> Evidence:
        """Where the value was seen."""
        return evidence_of(self.words, self.page)

    @property
    def read(self) -> tuple[float, float]:
        """The least and the mean OCR confidence of its words."""
        found = [word.confidence for word in self.words]
        return min(found), sum(found) / len(found)


def mark(sheet: Sheet, one: Placed, value: str, place: tuple[int, int], more: Sequence[float]) -> Candidate:
    """Return a candidate that stands between two places of a line, with what is around it as numbers."""
    start, end = place
    before = one.line.plain[:start]
    words = tuple(words_at(one.line, start, end))
    spoken = [float(pattern.search(before) is not None) for pattern in BEFORE.values()]
    left = sheet.lines[one.left].line.plain if one.left >= 0 and not before.strip() else ""
    beside = [float(pattern.search(left) is not None) if left else 0.0 for pattern in BEFORE.values()]
    numbers = (
        *one.shape,
        *one.flags,
        *sheet.flags(one.above),
        *sheet.flags(one.under),
        *spoken,
        *beside,
        start / max(1, len(one.line.text)),
        (end - start) / max(1, len(one.line.text)),
        float(one.line.page == sheet.first_page),
        float(one.line.page == sheet.last_page),
        one.line.box.top - sheet.greeting,
        one.line.box.top - sheet.subject,
        sheet.gap(one.above, one.index),
        one.line.height / max(sheet.height, 1e-4),
        words[0].box.left,
        *more,
    )
    return Candidate(value, words, one.line.page, numbers, one.index)


def rank(ordered: Sequence[float], value: float) -> tuple[float, float]:
    """Return the shares of values, given in order, that are smaller and that are equal."""
    count, smaller = max(1, len(ordered)), bisect_left(ordered, value)
    return smaller / count, (bisect_right(ordered, value) - smaller) / count


def single(line: Line) -> str:
    """Return the text of a line with one space between words."""
    return " ".join(line.text.split())
