"""Numbers, dates, decisions: the pure rules of the mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.errors import Refused
from ged.mail.french_dates import long_date, parse_date
from ged.mail.item import Confidentiality, Direction, Priority
from ged.mail.listing import ListedLetter
from ged.mail.qualification import SURE, SURE_FROM, Decision, Field, Proposal, faults
from ged.mail.register import Series, check_pattern, format_number
from rooms.values import a_letter, a_page

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("16/11/2026", date(2026, 11, 16)),
        ("16-11-26", date(2026, 11, 16)),
        ("1611", date(2026, 11, 16)),
        ("16112026", date(2026, 11, 16)),
        ("16 nov", date(2026, 11, 16)),
        ("16 Novembre 2025", date(2025, 11, 16)),
        ("1er août 2026", date(2026, 8, 1)),
        ("2 janv.", date(2027, 1, 2)),
        ("31/12", date(2026, 12, 31)),
        ("2026-11-16", date(2026, 11, 16)),
        ("hier", date(2026, 11, 23)),
        ("aujourd’hui", TODAY),
        ("demain", date(2026, 11, 25)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_a_date_is_understood_as_a_clerk_types_it(typed: str, meant: date) -> None:
    assert parse_date(typed, TODAY) == meant


@pytest.mark.parametrize(
    "typed", ["", "x", "32/01/2026", "29/02/2026", "16/13", "ju 12", "12 ma 2026", "999999999", "0000"]
)
def test_what_is_no_date_is_none(typed: str) -> None:
    assert parse_date(typed, TODAY) is None


@given(st.text(max_size=30))
def test_nothing_typed_breaks_the_reading_of_a_date(typed: str) -> None:
    parse_date(typed, TODAY)


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)))
def test_a_date_written_in_full_is_read_back(day: date) -> None:
    assert parse_date(long_date(day), TODAY) == day
    assert parse_date(day.strftime("%d/%m/%Y"), TODAY) == day


@given(st.integers(1, 10**9), st.sampled_from(list(Direction)), st.integers(2000, 2100))
def test_two_letters_of_a_series_never_print_the_same_number(sequence: int, direction: Direction, year: int) -> None:
    pattern = "{direction}-{year}-{sequence:06d}"
    series = Series("MME", direction, year)
    one, next_one = (format_number(pattern, series, number, acronym="MME") for number in (sequence, sequence + 1))
    assert one != next_one
    assert str(year) in one


def test_the_number_reads_as_it_is_said() -> None:
    series = Series("MME", Direction.INCOMING, 2026)
    assert format_number("{direction}-{year}-{sequence:06d}", series, 42, acronym="MME") == "ARR-2026-000042"
    assert format_number("{sequence:04d}/{year}/{entity}/{direction}", series, 42, acronym="MME") == "0042/2026/MME/ARR"


@pytest.mark.parametrize(
    "pattern", ["", "{year}-{sequence}", "{direction}{year}", "{direction}{year}{sequence}{who}", "{", "{0}"]
)
def test_a_pattern_that_could_give_one_number_twice_is_refused(pattern: str) -> None:
    with pytest.raises(Refused) as error:
        check_pattern(pattern)
    assert error.value.code == "register.pattern"


GOOD = Decision(
    expected_revision=1,
    sender="Mairie de Kpalimé",
    recipient="",
    subject="Demande",
    sender_reference="",
    letter_date=date(2026, 11, 20),
    due_date=date(2026, 12, 1),
    kind="demande",
    service_id="DAF",
    confidentiality=Confidentiality.INTERNAL,
    priority=Priority.NORMAL,
)


def test_a_whole_decision_has_no_fault() -> None:
    assert faults(GOOD, today=TODAY) == {}
    assert faults(replace(GOOD, letter_date=None, due_date=None), today=TODAY) == {}


@pytest.mark.parametrize("name", ["subject", "sender", "kind", "service_id"])
@pytest.mark.parametrize("value", ["", "  \u00a0"])
def test_what_is_missing_is_said_in_one_sentence(name: str, value: str) -> None:
    found = faults(replace(GOOD, **{name: value}), today=TODAY)  # type: ignore[arg-type]
    assert list(found) == [name]
    assert found[name].endswith(".")


def test_dates_that_cannot_be_are_said() -> None:
    assert set(faults(replace(GOOD, letter_date=date(2026, 11, 25)), today=TODAY)) == {"letter_date"}
    assert set(faults(replace(GOOD, due_date=date(2026, 11, 19)), today=TODAY)) == {"due_date"}


def test_a_proposal_is_sure_from_its_threshold_on() -> None:
    proposal = Proposal(Field.SIGNER, "Afi Adjovi", SURE, None, "essai 1")
    assert proposal.sure
    assert not replace(proposal, confidence=SURE - 0.01).sure


@pytest.mark.parametrize("field", SURE_FROM)
def test_a_field_that_misleads_more_often_is_sure_later(field: Field) -> None:
    assert not Proposal(field, "lu", SURE, None, "essai 1").sure
    assert Proposal(field, "lu", SURE_FROM[field], None, "essai 1").sure


def test_a_list_shows_the_decision_before_the_proposal() -> None:
    proposals = {Field.SUBJECT: Proposal(Field.SUBJECT, "proposé", 0.9, None, "essai 1")}
    assert ListedLetter(a_letter(subject="décidé"), proposals).shown(Field.SUBJECT) == "décidé"
    assert ListedLetter(a_letter(), proposals).shown(Field.SUBJECT) == "proposé"
    assert ListedLetter(a_letter(), {}).shown(Field.SUBJECT) == ""


def test_a_page_reads_line_by_line() -> None:
    assert a_page("Lomé, le 2 mars\nObjet : stage").text == "Lomé, le 2 mars\nObjet : stage"
    assert a_page("").blank
