"""Every date that a letter carries, however written, and spans of days that count from it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from ingest.stages.fields.candidates import Candidate, mark, rank
from ingest.stages.fields.layout import Line, words_at
from ingest.stages.fields.lexicon import MONTH, MONTHS
from ingest.stages.fields.sheet import Placed, Sheet

_DOTS = r"[\s.…_]*"
_YEAR = r"(\d{4}|\d{2})(?!\d)"
_FIRST = r"(?:1\s?(?:er|e|r)|[li|]\s?er)\b"
"""« 1er », whose figure is often read as a letter; « le » is none."""
_DAY = rf"(?:{_FIRST}|\d{{1,2}})"
_LETTERS = re.compile(
    rf"(?<![\dli])({_DAY})\s?(?:er|st|nd|rd|[tfl][hb]|\"|°)?{_DOTS}-?({MONTH})\b\.?,?-?{_DOTS}{_YEAR}"
)
_MISREAD = re.compile(rf"(?<!\w)({_FIRST}|[\doli]{{1,2}}){_DOTS}([a-z0-9'|]{{3,10}})\b\.?,?\s?([12]\d{{3}})(?!\w)")
_APART = re.compile(
    r"(?<![\w/])(?<!\d[.,-])(\d{1,2})\s?[/.,:|-]\s?(\d{1,2})\s?[/.,:|-]\s?([12]\d{3})(?!\s?[/.,:|-]?\w)"
)
_SLASH_READ = re.compile(r"(?<![\w/])(\d\d)(?:/(\d\d)1|1(\d\d)/)(\d{4})(?![\w/])")
"""A date in figures whose separators were read as two different ones, and one of whose slashes was read as a figure."""
_TAIL = re.compile(rf"(?<![\d/])(?<!\d[.,])({_DAY})(?:st|nd|rd|th)?(?:{_DOTS}({MONTH}),?)?$")
_HEAD = re.compile(rf"^(?:({MONTH})\s)?(\d{{4}})(?!\d)")
_MONTH_FIRST = re.compile(rf"\b({MONTH})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b")
_FIGURES = re.compile(r"(?<![\d/])(?<!\d[.-])(\d{1,2})\s?([/.\-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\s?[/\-.]?\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_COUNT = (
    "zero", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf", "vingt",
)  # fmt: skip
_UNITS = {name: value for value, name in enumerate(_COUNT)} | {"premier": 1, "trente": 30}
_SAID = tuple(name for name in _UNITS if len(name) > 3)
_NAMES = {number: name for name, number in reversed(MONTHS.items())}
_NUMBER = r"(?:[a-z]+(?:[- ](?:et[- ])?[a-z]+)?)"
_SPELT = re.compile(rf"\b({_NUMBER}|{_FIRST})\s+({MONTH})\s+(?:l'an\s+)?(?:deux[- ])?mille(?:[- ]({_NUMBER}))?\b")
_FIGURES_LOOK = re.compile(r"(?<![a-z\d|])[\doil|zsbc]{2,4}(?![a-z\d])")
_AS_FIGURES = str.maketrans("ocil|zsb", "00111258")
"""What OCR makes of figures: « 2O26 », « 2C26 », « Z026 », « l5 », « 1S »."""
_IN_LETTERS, _IN_FIGURES = re.compile(r"\bm[il1|]{2,4}[ec]\b"), re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_WORD = re.compile(r"[a-z0-9'|]{3,10}")
_NEAR, _KEPT = 0.75, 4096
_SCRAPS, _SCRAP = 2, 2
"""So many pieces of so many signs, of a stamp's edge, may stand between the two parts of a date."""
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
_SPAN = re.compile(
    r"\b(?:sous|dans|within)\b[a-z' ]{0,24}?"
    r"\b(quinzaine|huitaine|(?:[a-z-]+ )?\(?(\d{1,3})\)?\s*(jours?|heures?|days?|mois))\b"
)


def dates(sheet: Sheet) -> list[Candidate]:
    """Return every date of the sheet, with where it stands among the others."""
    seen = [(one, *found) for one in sheet.lines for found in _in(one)]
    ordinals = [float(day.toordinal()) for *_, day in seen]
    ordered = sorted(ordinals)
    found = []
    for index, (one, place, spelt, day) in enumerate(seen):
        earlier, same = rank(ordered, float(day.toordinal()))
        first = ordinals[0] if ordinals else 0.0
        span = max(-400.0, min(400.0, day.toordinal() - first))
        more = (float(len(seen)), float(index), earlier, same, span, float(spelt), 0.0, float(one.stamped))
        found.append(mark(sheet, one, day.isoformat(), place, more))
    return found + [candidate for one in sheet.said for candidate in _torn(sheet, one, ordinals[:1], ordered)]


def _torn(sheet: Sheet, one: Placed, first: Sequence[float], ordered: Sequence[float]) -> Iterator[Candidate]:
    """Yield the date that a line ends with and another goes on with, as running text has them, and dates in a form."""
    tail = _TAIL.search(one.line.plain)
    for rest in _going_on(sheet, one) if tail else ():
        head = _HEAD.search(rest.plain)
        if not tail or not head or bool(tail[2]) == bool(head[1]):
            continue
        day = _date(head[2], MONTHS[tail[2] or head[1]], _figure(tail[1]))
        if day is None:
            continue
        earlier, same = rank(ordered, float(day.toordinal()))
        span = max(-400.0, min(400.0, day.toordinal() - (first[0] if first else day.toordinal())))
        more = (float(len(ordered)), float(len(ordered)), earlier, same, span, 0.0, 0.0, 0.0)
        begun = mark(sheet, one, day.isoformat(), tail.span(), more)
        yield replace(begun, words=(*begun.words, *words_at(rest, *head.span())))
        return


def _going_on(sheet: Sheet, one: Placed) -> Iterator[Line]:
    """Yield the line under one, and the pieces right of it on its level, scraps between them left out."""
    if one.under >= 0:
        yield sheet.lines[one.under].line
    before = {one.index}
    for _ in range(_SCRAPS + 1):
        beside = sorted((other for at in before for other in sheet.right_of[at]), key=lambda other: other.index)
        yield from (other.line for other in beside)
        before = {other.index for other in beside if len(other.line.text) <= _SCRAP}


def spans(sheet: Sheet) -> list[Candidate]:
    """Return every span of days given for an answer, as « +15 »."""
    found = []
    for one in sheet.said:
        for match in _SPAN.finditer(one.line.plain):
            more = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0)
            found.append(mark(sheet, one, f"+{_days(match)}", match.span(), more))
    return found


def _days(match: re.Match[str]) -> int:
    if not match[2]:
        return 15 if match[1] == "quinzaine" else 8
    count, unit = int(match[2]), match[3]
    return max(1, count // 24) if unit.startswith("heure") else count * 30 if unit == "mois" else count


def _in(one: Placed) -> Iterator[tuple[tuple[int, int], bool, date]]:
    """Yield where each date of a line stands, whether it is in words, and its day: of the line mended, then as read."""
    text, taken = one.line.plain, -1
    told = [
        (_place(match.span(), said, text), match.re is _SPELT, day)
        for said in dict.fromkeys((_mended(text), text))
        for pattern, read in _READERS
        for match in pattern.finditer(said)
        if (day := read(match)) is not None
    ]
    for place, spelt, day in sorted(told, key=lambda each: (each[0][0], -each[0][1])):
        if place[0] >= taken:
            taken = place[1]
            yield place, spelt, day


def _mended(text: str) -> str:
    """Return a line as it was before OCR took figures for letters, and one letter for another in what a date says."""
    mended = _FIGURES_LOOK.sub(_as_figures, text)
    spelt = _IN_LETTERS.search(mended) is not None
    if not spelt and not _IN_FIGURES.search(mended):
        return mended
    return _WORD.sub(lambda word: _as_said(word[0], spelt=spelt), mended)


def _as_figures(found: re.Match[str]) -> str:
    text = found[0]
    return text.translate(_AS_FIGURES) if 2 * sum(sign.isdigit() for sign in text) >= len(text) else text


@lru_cache(_KEPT)
def _as_said(word: str, *, spelt: bool) -> str:
    """Return the month, or the number where a date is in words, that a word nearly is; else the word."""
    if word in MONTHS or word in _UNITS or word.isdigit():
        return word
    if spelt:
        said = "mille" if _IN_LETTERS.fullmatch(word) else next(iter(get_close_matches(word, _SAID, 1, _NEAR)), "")
        if said:
            return said
    return _NAMES.get(_like_a_month(word), word)


def _place(span: tuple[int, int], said: str, text: str) -> tuple[int, int]:
    """Return where a span of a mended line stands in the line as it was read, to the word where lengths differ."""
    if len(said) == len(text):
        return span
    first, last = said[: span[0]].count(" "), said[: span[1]].count(" ")
    words = text.split(" ")
    start = sum(len(word) + 1 for word in words[:first])
    return start, start + len(" ".join(words[first : last + 1]))


def _letters(match: re.Match[str]) -> date | None:
    return _date(match[3], MONTHS[match[2]], _figure(match[1]))


def _misread(match: re.Match[str]) -> date | None:
    """Return the date whose month is nearly one, or whose day is letters, as OCR gives them."""
    month = _like_a_month(match[2])
    return _date(match[3], month, _figure(match[1])) if month else None


def _figure(text: str) -> int:
    return 1 if re.fullmatch(_FIRST, text) else int(_figures_of(text))


def _figures_of(text: str) -> str:
    return text.translate(_AS_FIGURES)


@lru_cache(_KEPT)
def _like_a_month(text: str) -> int:
    """Return the month of a word, letters that look alike and one fault in four forgiven; 0 for another word."""
    for name, number in MONTHS.items():
        if _alike(name) == _alike(text):
            return number
    near = get_close_matches(
        text, [name for name in MONTHS if len(name) > 3 and abs(len(name) - len(text)) < 2], 1, _NEAR
    )
    return MONTHS[near[0]] if near else 0


def _alike(text: str) -> str:
    return text.translate(str.maketrans("lt1|j0v", "iiiiiou")).replace("rn", "m")


def _month_first(match: re.Match[str]) -> date | None:
    return _date(match[3], MONTHS[match[1]], int(match[2]))


def _figures(match: re.Match[str]) -> date | None:
    return _date(match[4], int(match[3]), int(match[1]))


def _apart(match: re.Match[str]) -> date | None:
    return _date(match[3], int(match[2]), int(match[1]))


def _slash_read(match: re.Match[str]) -> date | None:
    return _date(match[4], int(match[2] or match[3]), int(match[1]))


def _iso(match: re.Match[str]) -> date | None:
    return _date(match[1], int(match[2]), int(match[3]))


def _spelt(match: re.Match[str]) -> date | None:
    day = 1 if re.fullmatch(_FIRST, match[1]) else _number(match[1])
    year = _number(match[3]) if match[3] else 0
    return _date(str(2000 + year), MONTHS[match[2]], day) if day is not None and year is not None else None


def _number(text: str) -> int | None:
    if text in _UNITS:
        return _UNITS[text]
    parts = [part for part in re.split(r"[- ]", text) if part != "et"]
    values = [_UNITS.get(part) for part in parts]
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else _number(parts[-1]) if len(parts) > 1 else None


def _date(year: str, month: int, day: int) -> date | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    if full > _LAST_YEAR and year[0] == "2":
        full = 2000 + full % 100  # « 2026 » read « 2926 »: no letter is of that year
    try:
        return date(full, month, day) if _FIRST_YEAR <= full <= _LAST_YEAR else None
    except ValueError:
        return None


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | None]], ...] = (
    (_SPELT, _spelt),
    (_LETTERS, _letters),
    (_MONTH_FIRST, _month_first),
    (_ISO, _iso),
    (_FIGURES, _figures),
    (_MISREAD, _misread),
    (_APART, _apart),
    (_SLASH_READ, _slash_read),
)
