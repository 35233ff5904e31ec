"""The fate of a letter: terms, starts, holds, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.mail.filing import Disposition, Hold, RetentionRule, Start
from retention.fate import Fate, fate

RULE = RetentionRule("COURANT", "Correspondance courante", 20, Start.LETTER_DATE, Disposition.DESTROY, "la loi le fixe")
HOLD = Hold("Contentieux devant la cour d'appel", "A. Mensah", date(2030, 5, 2))
DAYS = st.dates(date(1980, 1, 1), date(2060, 12, 31))


def of(rule: RetentionRule | None = RULE, *holds: Hold, today: date = date(2046, 1, 1), **days: date | None) -> Fate:
    known = {"letter_date": date(2025, 6, 1), "received_on": date(2025, 6, 5), "closed_on": None} | days
    return fate(rule, holds=holds, today=today, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "until"),
    [(Start.LETTER_DATE, date(2045, 6, 1)), (Start.RECEPTION, date(2045, 6, 5)), (Start.CLOSING, None)],
)
def test_the_term_runs_from_what_the_rule_says(start: Start, until: date | None) -> None:
    found = of(replace(RULE, start=start))
    assert found.keep_until == until
    assert found.due is (until is not None)


def test_a_letter_without_date_is_kept_from_its_reception() -> None:
    assert of(letter_date=None).keep_until == date(2045, 6, 5)


def test_a_closing_starts_the_term_that_waited_for_it() -> None:
    found = of(replace(RULE, start=Start.CLOSING), closed_on=date(2026, 1, 1))
    assert found.keep_until == date(2046, 1, 1)
    assert not found.due


def test_the_last_day_is_still_kept() -> None:
    assert not of(today=date(2045, 6, 1)).due
    assert of(today=date(2045, 6, 2)).due


def test_the_29th_of_february_ends_on_the_28th() -> None:
    assert of(replace(RULE, term_years=21), letter_date=date(2024, 2, 29)).keep_until == date(2045, 2, 28)
    assert of(letter_date=date(2024, 2, 29)).keep_until == date(2044, 2, 29)


def test_the_reason_says_until_when_and_why() -> None:
    assert of().reasons[0] == "À conserver jusqu'au 1er juin 2045, parce que la loi le fixe."


def test_without_a_rule_it_is_kept_without_end() -> None:
    found = of(None)
    assert (found.keep_until, found.due) == (None, False)
    assert "sans limite" in found.reasons[0]


def test_a_hold_is_said_first() -> None:
    found = of(RULE, HOLD)
    assert found.held
    assert found.reasons[0] == "Gelé depuis le 2 mai 2030 par A. Mensah : Contentieux devant la cour d'appel."


@given(st.integers(0, 100), st.sampled_from(list(Start)), DAYS, DAYS, DAYS)
def test_a_hold_wins_over_every_rule(years: int, start: Start, letter: date, closed: date, today: date) -> None:
    rule = replace(RULE, term_years=years, start=start)
    assert not of(rule, HOLD, letter_date=letter, closed_on=closed, today=today).due
    assert not of(None, HOLD, letter_date=letter, closed_on=closed, today=today).due


@given(st.integers(0, 60), st.integers(0, 30), DAYS)
def test_a_longer_term_never_shortens(years: int, more: int, letter: date) -> None:
    short, long = (of(replace(RULE, term_years=term), letter_date=letter) for term in (years, years + more))
    assert short.keep_until is not None
    assert long.keep_until is not None
    assert long.keep_until >= short.keep_until


@given(DAYS, DAYS)
def test_what_is_due_stays_due(letter: date, today: date) -> None:
    if of(letter_date=letter, today=today).due:
        assert of(letter_date=letter, today=today + timedelta(days=1)).due


@given(DAYS, DAYS)
def test_the_same_facts_give_the_same_fate(letter: date, today: date) -> None:
    assert of(letter_date=letter, today=today) == of(letter_date=letter, today=today)
