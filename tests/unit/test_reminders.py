"""Which reminders are due: before the deadline and after it, each once, along with the deadline and the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.calendar import CIVIL_SERVICE, WorkingCalendar
from ged.mail.item import Letter, State
from ged.mail.opinion import Opinion
from ged.mail.reminders import (
    ReminderRule,
    Sort,
    Watched,
    moment,
    opinion_reminders_due,
    reminders_due,
)
from rooms.values import a_letter

RULES = (
    ReminderRule("AVANT", Watched.LETTER, -3, ("detenteur",), Sort.REMIND),
    ReminderRule("JOUR", Watched.LETTER, 0, ("detenteur",), Sort.REMIND),
    ReminderRule("APRES", Watched.LETTER, 3, ("detenteur",), Sort.REMIND),
    ReminderRule("SG", Watched.LETTER, 5, ("SG-1",), Sort.ESCALATE),
    ReminderRule("AVIS", Watched.OPINION, -1, ("detenteur",), Sort.REMIND),
)
MONDAY = date(2026, 11, 23)


def letter(**changes: object) -> Letter:
    registered = datetime(2026, 11, 2, 9, tzinfo=UTC)
    return a_letter(**({"state": State.ASSIGNED, "due_date": MONDAY, "registered_at": registered} | changes))


def spoken(one: Letter, calendar: WorkingCalendar = CIVIL_SERVICE) -> list[tuple[date, str, int]]:
    """What is said, day after day, by a house that is asked every day of two months."""
    said: list[tuple[date, str, int]] = []
    already: set[tuple[str, date]] = set()
    for n in range(60):
        today = date(2026, 11, 2) + timedelta(days=n)
        for each in reminders_due(one, RULES, calendar, today, already):
            already.add((each.rule.code, each.due_date))
            said.append((today, each.rule.code, each.rank))
    return said


def test_alerts_come_before_the_deadline_and_after_it_then_somebody_above_is_told() -> None:
    assert spoken(letter()) == [
        (date(2026, 11, 18), "AVANT", 1),
        (date(2026, 11, 23), "JOUR", 2),
        (date(2026, 11, 26), "APRES", 3),
        (date(2026, 11, 30), "SG", 1),
    ]


def test_a_holiday_added_later_moves_what_was_not_said_yet() -> None:
    announced = WorkingCalendar(CIVIL_SERVICE.week, frozenset({date(2026, 11, 20), date(2026, 11, 24)}))
    assert [day for day, _, _ in spoken(letter(), announced)] == [
        date(2026, 11, 17),
        date(2026, 11, 23),
        date(2026, 11, 27),
        date(2026, 12, 1),
    ]


def test_a_deadline_on_a_day_off_is_spoken_of_on_the_working_day_before() -> None:
    sunday = date(2026, 11, 22)
    assert moment(RULES[1], sunday, CIVIL_SERVICE) == date(2026, 11, 20)
    assert moment(RULES[0], sunday, CIVIL_SERVICE) == date(2026, 11, 17)


def test_a_house_that_was_off_says_the_last_of_each_sort_and_not_all_of_them() -> None:
    due = reminders_due(letter(), RULES, CIVIL_SERVICE, date(2026, 12, 15), set())
    assert [each.rule.code for each in due] == ["APRES", "SG"]


def test_a_moved_deadline_has_its_own_reminders() -> None:
    already = {(rule.code, MONDAY) for rule in RULES}
    moved = letter(due_date=date(2026, 12, 7))
    assert reminders_due(moved, RULES, CIVIL_SERVICE, date(2026, 12, 1), already) == ()
    (due,) = reminders_due(moved, RULES, CIVIL_SERVICE, date(2026, 12, 2), already)
    assert (due.rule.code, due.due_date) == ("AVANT", date(2026, 12, 7))


@pytest.mark.parametrize(
    "quiet",
    [
        {"suspended_on": date(2026, 11, 10), "state": State.WAITING},
        {"state": State.DONE},
        {"state": State.CANCELLED},
        {"state": State.TO_QUALIFY},
        {"due_date": None},
    ],
)
def test_a_suspended_closed_or_endless_term_has_no_reminder(quiet: dict[str, object]) -> None:
    assert spoken(letter(**quiet)) == []


def test_a_short_term_is_not_reminded_before_it_began() -> None:
    urgent = letter(registered_at=datetime(2026, 11, 19, 9, tzinfo=UTC))
    assert [code for _, code, _ in spoken(urgent)] == ["JOUR", "APRES", "SG"]


def test_an_opinion_has_its_own_deadline_until_it_is_given() -> None:
    asked = Opinion(
        id="avis",
        letter_id="letter",
        entity_id="DAJ",
        position_id=None,
        question="",
        due_date=MONDAY,
        asked_at=datetime(2026, 11, 9, 9, tzinfo=UTC),
        asked_by="M. Agbodjan",
        given_at=None,
        given_by=None,
        verdict=None,
        text=None,
        withdrawn_at=None,
    )
    (due,) = opinion_reminders_due(asked, RULES, CIVIL_SERVICE, date(2026, 11, 20), set())
    assert due.rule.code == "AVIS"
    given_back = replace(asked, withdrawn_at=datetime(2026, 11, 19, 9, tzinfo=UTC))
    assert opinion_reminders_due(given_back, RULES, CIVIL_SERVICE, date(2026, 11, 20), set()) == ()


@given(
    st.lists(st.dates(date(2026, 11, 2), date(2026, 12, 30)), max_size=12),
    st.dates(date(2026, 11, 4), date(2026, 12, 20)),
)
def test_whatever_the_holidays_each_rule_speaks_at_most_once_and_escalation_comes_last(
    holidays: list[date], due_date: date
) -> None:
    said = spoken(letter(due_date=due_date), WorkingCalendar(CIVIL_SERVICE.week, frozenset(holidays)))
    codes = [code for _, code, _ in said]
    assert len(codes) == len(set(codes))
    assert "SG" not in codes[:-1]
    assert all(day <= due_date for day, code, _ in said if code in {"AVANT", "JOUR"})
