"""The letter's own date: after a place name rather than in an arrival stamp, in figures or in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ged.mail.french_dates import MONTHS, month_named, plain
from ged.mail.qualification import Field, Proposal
from ingest.stages.fields.layout import Line, evidence_of, words_at

ORIGIN = "regles 1"
_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH = "|".join([*(plain(month) for month in MONTHS), *_ENGLISH])
_SHORT = "janv|fevr|fev|avr|juil|sept|oct|nov|dec"
_LETTERS = re.compile(rf"\b(\d{{1,2}})\s?(?:er|\"|°)?\s+({_MONTH}|{_SHORT})\.?,?\s+(\d{{4}})\b")
_ENGLISH_ORDER = re.compile(rf"\b({'|'.join(_ENGLISH)})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_FIGURES = re.compile(r"\b(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4})\b")
_PLACE = re.compile(r"(?:^|fait a |done at )\s*[a-z'\- ]{3,30},?\s+(?:le|the|on|ce)\s*:?\s*$")
_STAMP = re.compile(r"arriv|recu|courrier|enregistr|received|entree")
_REFERENCE_WORDS = re.compile(r"\b(?:du|votre|lettre|date du|en date|loi|decret|arrete|n°)\s*$")

_COUNT = (
    "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix",
    "onze", "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip
_UNITS = {name: value for value, name in enumerate(_COUNT)} | {"premier": 1, "trente": 30}
_NUMBER = r"(?:[a-z]+(?:[- ](?:et[- ])?[a-z]+)?)"
_WORDS = re.compile(rf"\b({_NUMBER})\s+({'|'.join(plain(m) for m in MONTHS)})\s+deux[- ]mille(?:[- ]({_NUMBER}))?\b")


@dataclass(frozen=True, slots=True)
class _Candidate:
    day: date
    line: Line
    start: int
    end: int
    confidence: float


def propose_date(lines: Sequence[Line]) -> Proposal | None:
    """Return the letter's date, ISO 8601, with the words that say it."""
    found = [candidate for line in lines for candidate in _candidates(line)]
    best = max(found, key=lambda candidate: (candidate.confidence, -candidate.line.box.top), default=None)
    if best is None:
        return None
    words = words_at(best.line, best.start, best.end)
    certainty = best.confidence * min(1.0, 0.4 + 0.65 * min(word.confidence for word in words))
    return Proposal(Field.LETTER_DATE, best.day.isoformat(), certainty, evidence_of(words, best.line.page), ORIGIN)


def _candidates(line: Line) -> Iterator[_Candidate]:
    text = line.plain
    for pattern, read in ((_LETTERS, _letters), (_ENGLISH_ORDER, _english), (_FIGURES, _figures), (_WORDS, _spelt)):
        for match in pattern.finditer(text):
            day = read(match)
            if day is not None:
                yield _Candidate(day, line, match.start(), match.end(), _likely(line, text[: match.start()], match))


def _likely(line: Line, before: str, match: re.Match[str]) -> float:
    whole = len(match.group()) > 0.6 * len(line.plain)
    high = line.box.top < 0.5
    if _STAMP.search(line.plain):
        return 0.35
    if _PLACE.search(before):
        return 0.99 if high else 0.9
    if _REFERENCE_WORDS.search(before.rstrip() + " ") or _REFERENCE_WORDS.search(before):
        return 0.3
    if whole and high and line.box.right > 0.55:
        return 0.8
    if whole and high:
        return 0.7
    return 0.45 if high else 0.25


def _letters(match: re.Match[str]) -> date | None:
    name = match[2]
    month = _ENGLISH.index(name) + 1 if name in _ENGLISH else month_named(name)
    return _date(int(match[3]), month or 0, int(match[1]))


def _english(match: re.Match[str]) -> date | None:
    return _date(int(match[3]), _ENGLISH.index(match[1]) + 1, int(match[2]))


def _figures(match: re.Match[str]) -> date | None:
    return _date(int(match[3]), int(match[2]), int(match[1]))


def _spelt(match: re.Match[str]) -> date | None:
    day, year = _number(match[1]), _number(match[3]) if match[3] else 0
    month = month_named(match[2])
    if day is None or year is None or month is None:
        return None
    return _date(2000 + year, month, day)


def _number(text: str) -> int | None:
    if text in _UNITS:
        return _UNITS[text]
    parts = [part for part in re.split(r"[- ]", text) if part != "et"]
    values = [_UNITS.get(part) for part in parts]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else _number(parts[-1]) if len(parts) > 1 else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1950 <= year <= 2100 else None
    except ValueError:
        return None
