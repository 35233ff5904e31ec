"""Working-day arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.calendar import CIVIL_SERVICE, WorkingCalendar

days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
calendars = st.builds(
    WorkingCalendar,
    week=st.frozensets(st.integers(0, 6), min_size=1),
    holidays=st.frozensets(days, max_size=30),
)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday to Monday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # from a Saturday
        (date(2026, 12, 24), 1, date(2026, 12, 28)),  # Christmas is a Friday
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2028, 2, 28), 2, date(2028, 3, 1)),  # a leap year
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
    ],
)
def test_a_term_ends_on_a_working_day_counted_from_the_morrow(start: date, count: int, end: date) -> None:
    calendar = WorkingCalendar(CIVIL_SERVICE.week, frozenset({date(2026, 12, 25)}))
    assert calendar.after(start, count) == end


@given(calendars, days, st.integers(1, 120))
def test_the_end_of_a_term_is_so_many_working_days_away(calendar: WorkingCalendar, start: date, count: int) -> None:
    end = calendar.after(start, count)
    assert calendar.works(end)
    assert calendar.between(start, end) == count
    assert calendar.between(end, start) == -count


@given(calendars, days, st.integers(1, 60), days)
def test_a_holiday_announced_late_never_brings_a_term_nearer(
    calendar: WorkingCalendar, start: date, count: int, announced: date
) -> None:
    later = WorkingCalendar(calendar.week, calendar.holidays | {announced})
    assert later.after(start, count) >= calendar.after(start, count)


def test_a_calendar_without_a_working_day_ends_all_the_same() -> None:
    assert WorkingCalendar(frozenset(), frozenset()).after(date(2026, 1, 1), 3) < date(2026, 1, 1) + timedelta(4000)
