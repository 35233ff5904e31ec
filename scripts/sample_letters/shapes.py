"""The shapes in which letters write dates, references and amounts."""

from __future__ import annotations

import random
from datetime import date

from ged.mail.french_dates import DAYS, MONTHS, long_date
from scripts.sample_letters.compose import spelt

_ENGLISH = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip
_SHORT = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
_STAMPED = ("JAN", "FEV", "MAR", "AVR", "MAI", "JUN", "JUL", "AOU", "SEP", "OCT", "NOV", "DEC")
_ONES = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt")

DATE_SHAPES = (
    "long", "slashed", "two_digits", "padded", "dotted", "short_year", "dashes", "spelt", "short_month", "weekday",
    "in_dots", "dots_in_figures", "stamped", "spaced", "capitals", "english", "english_day", "iso", "tight_slashes",
)  # fmt: skip


def written_date(day: date, shape: str) -> str:
    """Return a day in one of `DATE_SHAPES`."""
    month, short = MONTHS[day.month - 1], _SHORT[day.month - 1]
    english = _ENGLISH[day.month - 1]
    ending = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    return {
        "long": long_date(day),
        "slashed": f"{day:%d/%m/%Y}",
        "two_digits": f"{day:%d/%m/%y}",
        "padded": f"{day.day:02d} {month} {day.year}",
        "dotted": f"{day:%d.%m.%Y}",
        "short_year": f"{day:%d.%m.%y}",
        "dashes": f"{day:%d-%m-%Y}",
        "spelt": spelt(day),
        "short_month": f"{day.day:02d} {short} {day.year}",
        "weekday": f"{DAYS[day.weekday()]} {long_date(day)}",
        "in_dots": f"...{day.day:02d}... {month} {day.year}",
        "dots_in_figures": f"....{day:%d/%m/%Y}....",
        "stamped": f"{day.day:02d} {_STAMPED[day.month - 1]}. {day.year}",
        "spaced": f"{day:%d / %m / %Y}",
        "capitals": long_date(day).upper(),
        "english": f"{english} {day.day}, {day.year}",
        "english_day": f"{day.day}{ending} {english}, {day.year}",
        "iso": day.isoformat(),
        "tight_slashes": f"{day.day}/{day.month}/{day.year}",
    }[shape]


REFERENCE_SHAPES = (
    "0123/2026/MEF/SG", "123-2026/MEF-SG", "123/MEF/SG/26", "2026-0123/MEF", "LT/2026/0123", "123/26/MEF-SG/sp",
    "MEF/SG/0123/2026", "0123 / 2026 / MEF / SG", "0123-MEF/SG/DA", "MEF/123.26", "123/MEF", "SG/N°0123-26",
)  # fmt: skip


def written_reference(r: random.Random, shape: str, body: str, unit: str, year: int) -> str:
    """Return a reference of one of `REFERENCE_SHAPES`, with its own number, body, unit and year."""
    number = r.randrange(1, 2500)
    text = shape.replace("0123", f"{number:04d}").replace("123", str(number)).replace("2026", str(year))
    text = text.replace(".26", f".{year % 100}").replace("/26", f"/{year % 100}").replace("-26", f"-{year % 100}")
    return text.replace("MEF", body).replace("SG", unit)


def our_reference(r: random.Random, year: int) -> str:
    """Return a reference of the house's own, in one of the spellings that others give it."""
    number, unit = r.randrange(1, 3000), r.choice(("CAB", "SG", "DGMG", "DGE", "DAF"))
    house = r.choice(("MMRE", "MME"))
    return r.choice(
        (
            f"{number:04d}/{year}/{house}/{unit}",
            f"{number:04d}/{year}/{house}/{unit}",
            f"{number}-{year}/{house}-{unit}",
            f"{number:04d}/{house}/{unit}/{year % 100}",
            f"{number}/{house}/{unit}/{year}",
            f"DEP-{year}-{number:06d}",
        )
    )


def in_words(value: int) -> str:
    """Return a whole number, up to the milliards, in French words."""
    for size, one, several in ((10**9, "un milliard", "milliards"), (10**6, "un million", "millions")):
        if value >= size:
            head = one if value // size == 1 else f"{in_words(value // size)} {several}"
            return f"{head} {in_words(value % size)}" if value % size else head
    if value >= 1000:
        head = "mille" if value // 1000 == 1 else f"{in_words(value // 1000)} mille"
        return f"{head} {in_words(value % 1000)}" if value % 1000 else head
    if value >= 100:
        head = "cent" if value // 100 == 1 else f"{_ONES[value // 100]} cent"
        return f"{head} {in_words(value % 100)}" if value % 100 else head
    return _under_hundred(value)


def _under_hundred(value: int) -> str:
    if value < 20:
        return _ONES[value]
    tens, units = divmod(value, 10)
    if tens in {7, 9}:
        units += 10
    joined = " et " if units in {1, 11} and tens < 8 else "-"
    return _TENS[tens] + (joined + _ONES[units] if units else "s" if tens == 8 else "")
