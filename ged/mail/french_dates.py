"""Dates as French readers write and type them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from ged.mail.said import Said

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def plain(text: str) -> str:
    """Return a text in lower case without accents."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_BY_NAME = {plain(name): number for number, name in enumerate(MONTHS, 1)}


def long_date(day: date) -> Said:
    """Return « 12 mars 2046 », « 1er mars 2046 »."""
    number = Said("1er") if day.day == 1 else day.day
    return Said("%(day)s %(month)s %(year)s", day=number, month=Said(MONTHS[day.month - 1]), year=day.year)


def long_moment(instant: datetime) -> Said:
    """Return « le 12 mars 2046 à 9 h 05 »."""
    day, minute = long_date(instant.date()), f"{instant.minute:02d}"
    return Said("le %(day)s à %(hour)s h %(minute)s", day=day, hour=instant.hour, minute=minute)


def month_named(name: str) -> int | None:
    """Return the month that a name or its first letters (three at least) mean, if they mean one."""
    wanted = plain(name).rstrip(".")
    found = [number for full, number in _BY_NAME.items() if len(wanted) >= 3 and full.startswith(wanted)]
    return found[0] if len(found) == 1 else None


def parse_date(text: str, today: date) -> date | None:
    """Return the date that somebody typed; None when it is not one.

    Understood: `16/11/2026`, `16-11-26`, `16/11`, `1611`, `16 nov`, `16 novembre 2026`, ISO, `hier`,
    `aujourd'hui`, `demain`. Without a year, the one that brings the date nearest to today.
    """
    typed = plain(text).strip().replace("\u2019", "'")
    relative = {"hier": -1, "aujourd'hui": 0, "demain": 1, "yesterday": -1, "today": 0, "tomorrow": 1}
    if typed in relative:
        return today + timedelta(days=relative[typed])
    if found := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", typed):
        return _date(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{4}|\d{2}))?", typed):
        return _nearest(int(found[1]), int(found[2]), found[3], today)
    if found := re.fullmatch(r"(\d{2})(\d{2})(\d{4}|\d{2})?", typed):
        return _nearest(int(found[1]), int(found[2]), found[3], today)
    if found := re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+)\.?(?: (\d{4}|\d{2}))?", typed):
        month = month_named(found[2])
        return _nearest(int(found[1]), month, found[3], today) if month else None
    return None


def _nearest(day: int, month: int, year: str | None, today: date) -> date | None:
    if year is not None:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    around = [found for offset in (-1, 0, 1) if (found := _date(today.year + offset, month, day))]
    return min(around, key=lambda found: abs((found - today).days), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
