"""References of ours that others quote (V/Réf): one number in any spelling, `0123/2026/MMRE/CAB` or `123 2026 mmre`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ged.mail.folding import fold, within
from ged.mail.item import Direction
from ged.mail.links import LinkKind

_PART = re.compile(r"[^\W\d_]+|\d+")
_SAID = frozenset(["n", "no", "num", "numero", "ref", "lettre", "du"])
"""Words that stand around a number and are not of it."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A reference taken apart: its sequence, its year when it has one, its letters (services, house)."""

    sequence: int
    year: int | None
    letters: frozenset[str]


def read_reference(text: str) -> Cited | None:
    """Return a reference taken apart; None when it holds no number that could be one of ours."""
    parts = _PART.findall(fold(text))
    figures = [part for part in parts if part.isdigit()]
    letters = frozenset(part for part in parts if not part.isdigit() and part not in _SAID)
    year = next((part for part in figures if re.fullmatch(r"(?:19|20)\d{2}", part)), None)
    if year is None and len(figures) > 1 and len(figures[-1]) == 2:
        year = figures[-1]
    rest = list(figures)
    if year is not None:
        rest.remove(year)
    if not rest or len(rest[0]) > 9 or int(rest[0]) == 0:
        return None
    return Cited(int(rest[0]), int(year) + (2000 if len(year) == 2 else 0) if year else None, letters)


def says(cited: Cited, number: str) -> bool:
    """Whether a quoted reference is a number that we gave.

    The sequence is the same, and the year where both say it; where both have letters, those of the shorter are among
    those of the longer, one letter misread allowed. A sequence alone says nothing: year or letters must agree.
    """
    ours = read_reference(number)
    if ours is None or ours.sequence != cited.sequence:
        return False
    same_year = cited.year is not None and cited.year == ours.year
    if not same_year and cited.year is not None and ours.year is not None:
        return False
    fewer, more = sorted((cited.letters, ours.letters), key=len)
    agree = all(any(_same(one, other) for other in more) for one in fewer)
    return agree and (same_year or bool(fewer))


def bond_to(direction: Direction) -> LinkKind:
    """Return what a letter that quotes one of ours is to it: an answer to what we sent, else its continuation."""
    return LinkKind.ANSWERS if direction is Direction.OUTGOING else LinkKind.FOLLOWS


def _same(one: str, other: str) -> bool:
    return one == other or (len(one) > 3 and within(one, other, 1))
