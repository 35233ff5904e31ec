"""Periods as people type them in a search: a day, a month, a year, this week; each is a first and a last day."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from ged.mail.french_dates import month_named, parse_date, plain

_ENGLISH = {
    name: number
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_OLDEST, _NEWEST = 1900, 2199


def period(text: str, today: date) -> tuple[date, date] | None:
    """Return the days, both in, that a text means; None when it means none.

    Understood: what `ged.mail.french_dates.parse_date` understands, with hyphens for spaces too; `2025`; `mars`,
    `mars-2025`, `03/2025`, `2025-03`; `cette-semaine`, `ce-mois`, `cette-année`. A month without a year is the last
    that began.
    """
    typed = plain(text).strip().replace("\u2019", "'")
    if re.fullmatch(r"\d{4}", typed) and _OLDEST <= int(typed) <= _NEWEST:
        return date(int(typed), 1, 1), date(int(typed), 12, 31)
    spaced = re.sub(r"[-_ ]+", " ", typed)
    if spaced in {"cette semaine", "semaine", "this week", "week"}:
        monday = today - timedelta(days=today.weekday())
        return monday, monday + timedelta(days=6)
    if spaced in {"ce mois", "ce mois ci", "mois", "this month", "month"}:
        return _month(today.year, today.month)
    if spaced in {"cette annee", "annee", "this year", "year"}:
        return date(today.year, 1, 1), date(today.year, 12, 31)
    return _named_month(spaced, typed, today) or _day(typed, spaced, today)


def _named_month(spaced: str, typed: str, today: date) -> tuple[date, date] | None:
    if found := re.fullmatch(r"([a-z]{3,})\.?(?: (\d{4}))?", spaced):
        month = month_named(found[1]) or _ENGLISH.get(found[1])
        if month is None:
            return None
        year = int(found[2]) if found[2] else today.year - (month > today.month)
        return _month(year, month)
    if found := re.fullmatch(r"(\d{1,2})/(\d{4})", typed):
        return _month(int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", typed):
        return _month(int(found[1]), int(found[2]))
    return None


def _month(year: int, month: int) -> tuple[date, date] | None:
    if not (1 <= month <= 12 and _OLDEST <= year <= _NEWEST):
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _day(typed: str, spaced: str, today: date) -> tuple[date, date] | None:
    day = parse_date(typed, today) or parse_date(spaced, today)
    return (day, day) if day else None
