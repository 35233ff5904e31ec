"""Reading quality: how much of what the machine proposed people accepted as it was, by field and by month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce

from ged.mail.qualification import Field

MONTHS = 12
"""How many months are shown, the one that runs included."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a field on some letters.

    Attributes:
        accepted: Proposed, and decided as proposed.
        changed: Proposed, and decided otherwise.
        typed: Not proposed, and typed by a person.
    """

    accepted: int = 0
    changed: int = 0
    typed: int = 0

    @property
    def count(self) -> int:
        """How many letters say the field: one that the machine and the person both left empty is not counted."""
        return self.accepted + self.changed + self.typed

    @property
    def share(self) -> float | None:
        """The share accepted without correction, in [0, 1]; None where nothing is counted."""
        return self.accepted / self.count if self.count else None

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.accepted + other.accepted, self.changed + other.changed, self.typed + other.typed)


@dataclass(frozen=True, slots=True)
class FieldTally:
    """The tally of one field over one month's first decisions on letters of one kind."""

    month: date
    field: Field
    kind: str
    tally: Tally


def total(tallies: Iterable[FieldTally]) -> Tally:
    """Return several tallies as one."""
    return reduce(lambda one, other: one + other.tally, tallies, Tally())


def months_until(today: date, count: int = MONTHS) -> tuple[date, ...]:
    """Return the first days of so many months, oldest first, the month of `today` last."""
    last = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(last - count + 1, last + 1))


def by_month(tallies: Sequence[FieldTally], field: Field, months: Sequence[date]) -> tuple[Tally, ...]:
    """Return the tally of a field in each of some months."""
    return tuple(total(one for one in tallies if one.field is field and one.month == month) for month in months)
