"""Working days: the tenant's week and the holidays of its country, both data.

A term of n working days set on a day ends on the n-th working day after it: the day itself does not count
(dies a quo), the last one does. Holidays announced late are a new row, and what was computed is computed again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

DAYS = ("lun", "mar", "mer", "jeu", "ven", "sam", "dim")
"""The words of the configuration folder for the days of a week, Monday first."""
LONGEST = 3660
"""No term is longer, in calendar days: a calendar without a working day ends here and not never."""


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off in a country."""

    country: str
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When a tenant works.

    Attributes:
        week: Working days of the week, 0 for Monday.
        holidays: Days off, whatever their day of the week.
    """

    week: frozenset[int]
    holidays: frozenset[date]

    def works(self, day: date) -> bool:
        """Whether the day is a working day."""
        return day.weekday() in self.week and day not in self.holidays

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after a day; the day itself for 0."""
        left, reached = count, day
        for _ in range(LONGEST):
            if left == 0:
                break
            reached += timedelta(days=1)
            left -= self.works(reached)
        return reached

    def before(self, day: date, count: int) -> date:
        """Return the `count`-th working day before a day; the day itself for 0."""
        left, reached = count, day
        for _ in range(LONGEST):
            if left == 0:
                break
            reached -= timedelta(days=1)
            left -= self.works(reached)
        return reached

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start`, up to `end` included; negative when `end` comes first."""
        if end < start:
            return -self.between(end, start)
        return sum(self.works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


CIVIL_SERVICE = WorkingCalendar(week=frozenset(range(5)), holidays=frozenset())
"""Monday to Friday, no holiday: what stands in for a tenant that gave no calendar."""
