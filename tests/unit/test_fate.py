"""The fate of a letter: terms, starts, events, several rules, holds, and the sentence that says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.views.words import tongue, translations
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierPiece, KeptPiece
from ged.mail.filing import (
    Disposition,
    Facts,
    Hold,
    RetentionEvent,
    RetentionRule,
    Ruling,
    Sampling,
    Span,
    Start,
    Term,
    read_sampling,
    read_term,
)
from ged.mail.item import Letter
from ged.mail.reason import SENTENCES, Why, because, said, tell
from ged.store.reasons import read_reason, write_reason
from retention.fate import LEGAL_FLOOR, Fate, fate_of, fate_of_piece
from rooms.values import a_letter

RULE = RetentionRule(
    "COURANT", "Correspondance courante", Term(25, Span.YEARS), Start.LETTER_DATE, Disposition.DESTROY, "la loi le fixe"
)
HOLD = Hold("Contentieux devant la cour d'appel.", "A. Mensah", date(2030, 5, 2))
END = "fin de permis"
BY_CODE = because(Why.BY_CODE, code="A")
BY_CASE = because(Why.BY_DOSSIER, dossier="2024-DAF-001", code="A1")
DAYS = st.dates(date(1980, 1, 1), date(2060, 12, 31))
TERMS = st.builds(Term, st.integers(1, 300), st.sampled_from(Span))
RULES = st.builds(
    RetentionRule,
    code=st.sampled_from(["A", "B", "C"]),
    label=st.just("Règle"),
    term=TERMS,
    start=st.sampled_from(Start),
    disposition=st.sampled_from(Disposition),
    basis=st.just("on le veut"),
    event=st.just(END),
)
RULINGS = st.lists(RULES.map(lambda rule: Ruling(rule, BY_CODE)), max_size=4).map(tuple)
EVENTS = st.lists(DAYS.map(lambda day: RetentionEvent(END, day, "E. Tossou")), max_size=3).map(tuple)
FACTS = st.builds(
    Facts,
    version=st.integers(1, 9),
    rulings=RULINGS,
    dossiers=st.lists(st.none() | DAYS, max_size=3).map(tuple),
    events=EVENTS,
    holds=st.lists(st.just(HOLD), max_size=1).map(tuple),
)
LETTERS = st.builds(
    lambda on, received, closed: a_letter(
        letter_date=on, received_at=datetime.combine(received, datetime.min.time(), UTC), closed_on=closed
    ),
    st.none() | DAYS,
    DAYS,
    st.none() | DAYS,
)
LETTER = a_letter(letter_date=date(2025, 6, 1), received_at=datetime(2025, 6, 5, 9, tzinfo=UTC))


def of(
    rule: RetentionRule | None = RULE,
    *holds: Hold,
    today: date = date(2051, 1, 1),
    events: tuple[RetentionEvent, ...] = (),
    dossiers: tuple[date | None, ...] = (),
    **changes: date | None,
) -> Fate:
    rulings = () if rule is None else (Ruling(rule, because(Why.BY_KIND, label="Demande")),)
    return fate_of(replace(LETTER, **changes), Facts(3, rulings, dossiers, events, holds), today)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        (Start.LETTER_DATE, date(2050, 6, 1)),
        (Start.RECEPTION, date(2050, 6, 5)),
        (Start.CLOSING, None),
        (Start.DOSSIER_CLOSING, None),
        (Start.EVENT, None),
    ],
)
def test_the_term_runs_from_what_the_rule_says(start: Start, until: date | None) -> None:
    found = of(replace(RULE, start=start))
    assert found.keep_until == until
    assert found.due is (until is not None)


@pytest.mark.parametrize(
    ("day", "term", "last"),
    [
        (date(2026, 1, 31), Term(1, Span.MONTHS), date(2026, 2, 28)),
        (date(2028, 1, 31), Term(1, Span.MONTHS), date(2028, 2, 29)),
        (date(2026, 10, 31), Term(18, Span.MONTHS), date(2028, 4, 30)),
        (date(2026, 12, 15), Term(1, Span.MONTHS), date(2027, 1, 15)),
        (date(2024, 2, 29), Term(21, Span.YEARS), date(2045, 2, 28)),
        (date(2024, 2, 29), Term(20, Span.YEARS), date(2044, 2, 29)),
        (date(2026, 2, 27), Term(2, Span.DAYS), date(2026, 3, 1)),
        (date(9990, 1, 1), Term(20, Span.YEARS), date.max),
        (date(9999, 12, 1), Term(300, Span.DAYS), date.max),
    ],
)
def test_a_term_ends_on_its_day_or_on_the_last_of_a_month_too_short(day: date, term: Term, last: date) -> None:
    assert term.after(day) == last


@given(DAYS, DAYS, TERMS)
def test_a_later_start_never_ends_earlier(one: date, other: date, term: Term) -> None:
    assert term.after(min(one, other)) <= term.after(max(one, other))


@given(TERMS)
def test_a_term_is_read_as_it_is_written(term: Term) -> None:
    assert read_term(str(term)) == (term if term.span is not Span.YEARS or term.count <= 200 else None)


@pytest.mark.parametrize("text", ["", "0 an", "vingt ans", "20", "20 siècles", "-3 ans", "900 ans"])
def test_what_is_no_term_is_not_read(text: str) -> None:
    assert read_term(text) is None


@pytest.mark.parametrize(
    ("text", "kept"), [("un sur 10", {10, 20}), ("années en 6", set(range(1, 21))), ("lettres k m", set(range(1, 21)))]
)
def test_a_sampling_keeps_the_same_letters_for_whoever_asks(text: str, kept: set[int]) -> None:
    sampling = read_sampling(text)
    assert sampling is not None
    assert {each for each in range(1, 21) if sampling.keeps(each, 2026, "Koffi Agbéko")} == kept
    assert read_sampling(str(sampling)) == sampling


def test_a_sorting_says_what_becomes_of_the_letter() -> None:
    rule = replace(RULE, disposition=Disposition.SAMPLE, sampling=Sampling(years=("5",)))
    assert of(rule).selected is False
    assert of(replace(rule, sampling=Sampling(one_in=1))).selected is True
    assert of().selected is None
    assert any("années en 5" in str(reason) for reason in of(rule).reasons)


def test_a_dossiers_last_closing_starts_the_term_once_all_are_closed() -> None:
    rule = replace(RULE, start=Start.DOSSIER_CLOSING)
    assert of(rule, dossiers=(date(2026, 1, 1), None)).keep_until is None
    assert of(rule, dossiers=(date(2026, 1, 1), date(2027, 1, 1))).keep_until == date(2052, 1, 1)
    assert of(rule, closed_on=date(2026, 2, 2)).keep_until == date(2051, 2, 2)


def test_the_last_event_of_its_name_starts_the_term() -> None:
    rule = replace(RULE, start=Start.EVENT, event=END)
    ends = tuple(RetentionEvent(END, date(year, 3, 1), "E. Tossou") for year in (2030, 2028))
    found = of(rule, events=ends)
    assert found.keep_until == date(2055, 3, 1)
    assert "« fin de permis », noté par E. Tossou" in " ".join(map(str, found.reasons))
    assert of(rule, events=(RetentionEvent("fin d'audit", date(2030, 1, 1), "E. Tossou"),)).keep_until is None
    assert "« fin de permis », qui n'a pas eu lieu" in str(of(rule).reasons[0])


def test_the_law_keeps_twenty_years_whatever_the_schedule_says() -> None:
    found = of(replace(RULE, term=Term(90, Span.DAYS)))
    assert found.keep_until == date(2045, 6, 5)
    assert found.rule is None
    assert "art. 72" in str(found.reasons[0])


def test_the_laws_years_run_from_the_later_of_letter_date_and_reception() -> None:
    short = replace(RULE, term=Term(90, Span.DAYS))
    assert of(short, letter_date=date(1925, 6, 1)).keep_until == date(2045, 6, 5)
    assert of(short, letter_date=date(2025, 7, 1)).keep_until == date(2045, 7, 1)
    assert of(short, letter_date=None).keep_until == date(2045, 6, 5)


def test_the_longest_rule_wins_and_the_disposition_that_keeps_most() -> None:
    short = replace(RULE, code="VERSE", term=Term(21, Span.YEARS), disposition=Disposition.TRANSFER)
    both = (Ruling(short, BY_CODE), Ruling(RULE, because(Why.BY_KIND, label="Demande")))
    found = fate_of(LETTER, Facts(3, both), date(2026, 1, 1))
    assert (found.keep_until, found.disposition, found.rule) == (date(2050, 6, 1), Disposition.TRANSFER, "COURANT")
    assert any("VERSE" in one and "1er juin 2046" in one for one in map(str, found.reasons))


def test_the_last_day_is_still_kept() -> None:
    assert not of(today=date(2050, 6, 1)).due
    assert of(today=date(2050, 6, 2)).due


def test_the_reason_says_until_when_why_and_under_which_version() -> None:
    found = of()
    assert str(found.reasons[0]) == "À conserver jusqu'au 1er juin 2050, parce que la loi le fixe."
    assert "Règle COURANT" in str(found.reasons[1])
    assert str(found.reasons[-1]) == "Tableau de gestion, version 3."
    assert found.version == 3


def test_without_a_rule_it_is_kept_without_end() -> None:
    found = of(None)
    assert (found.keep_until, found.due) == (None, False)
    assert "sans limite" in str(found.reasons[0])


def test_a_hold_is_said_first() -> None:
    found = of(RULE, HOLD)
    assert found.held
    assert str(found.reasons[0]) == "Gelé depuis le 2 mai 2030 par A. Mensah : Contentieux devant la cour d'appel."


@given(LETTERS, FACTS, DAYS)
def test_a_hold_wins_over_every_rule(letter: Letter, facts: Facts, today: date) -> None:
    assert not fate_of(letter, replace(facts, holds=(HOLD,)), today).due


def _no_earlier(before: Fate, after: Fate) -> bool:
    return after.keep_until is None or (before.keep_until is not None and after.keep_until >= before.keep_until)


@given(LETTERS, FACTS.filter(lambda facts: facts.rulings), RULES, DAYS)
def test_a_rule_more_never_brings_the_date_nearer_nor_keeps_less(
    letter: Letter, facts: Facts, rule: RetentionRule, today: date
) -> None:
    more = replace(facts, rulings=(*facts.rulings, Ruling(rule, because(Why.BY_CODE, code="B"))))
    before, after = fate_of(letter, facts, today), fate_of(letter, more, today)
    assert _no_earlier(before, after)
    assert before.disposition is not None
    assert after.disposition is not None
    assert after.disposition.rank <= before.disposition.rank
    assert before.due or not after.due


@given(LETTERS, FACTS.filter(lambda facts: facts.events), DAYS, DAYS)
def test_an_event_more_never_brings_the_date_nearer_once_one_is_known(
    letter: Letter, facts: Facts, day: date, today: date
) -> None:
    more = replace(facts, events=(*facts.events, RetentionEvent(END, day, "E. Tossou")))
    assert _no_earlier(fate_of(letter, facts, today), fate_of(letter, more, today))


@given(LETTERS, FACTS, DAYS, DAYS)
def test_the_clock_may_jump_the_date_stays_and_what_is_due_stays_due(
    letter: Letter, facts: Facts, one: date, other: date
) -> None:
    early, late = fate_of(letter, facts, min(one, other)), fate_of(letter, facts, max(one, other))
    assert early.keep_until == late.keep_until
    assert early.reasons == late.reasons
    assert late.due or not early.due


@given(LETTERS, FACTS, DAYS)
def test_nothing_is_due_within_twenty_years_of_its_date(letter: Letter, facts: Facts, today: date) -> None:
    found = fate_of(letter, facts, today)
    if found.due:
        assert today > LEGAL_FLOOR.after(letter.letter_date or letter.received_at.date())


def a_kept_piece(closed_on: date | None, brought: date = date(2025, 6, 1)) -> KeptPiece:
    piece = DossierPiece("p", "d", "", "Plan", "", {}, 1, "", "", None, "", 1)
    opened = datetime(2024, 1, 1, 9, tzinfo=UTC)
    case = Dossier("d", "MME", "2024-DAF-001", "Carrière", "DAF", ("DAF",), closed_on, 1, opened, (), "A1")
    at = datetime.combine(brought, datetime.min.time(), UTC)
    return KeptPiece(piece, case, at, at, "0" * 64, sealed=True, read=True)


def test_a_piece_follows_the_closing_and_the_events_of_its_dossier() -> None:
    closed = date(2026, 1, 1)
    for start in (Start.CLOSING, Start.DOSSIER_CLOSING):
        facts = Facts(3, (Ruling(replace(RULE, start=start), BY_CASE),), (closed,))
        assert fate_of_piece(a_kept_piece(closed), facts, date(2030, 1, 1)).keep_until == date(2051, 1, 1)
        opened = fate_of_piece(a_kept_piece(None), replace(facts, dossiers=(None,)), date(2099, 1, 1))
        assert (opened.keep_until, opened.due) == (None, False)
        assert "la clôture du dossier, qui n'a pas eu lieu" in str(opened.reasons[0])
    waits = Facts(3, (Ruling(replace(RULE, start=Start.EVENT, event=END), BY_CASE),), (closed,))
    assert fate_of_piece(a_kept_piece(closed), waits, date(2099, 1, 1)).keep_until is None
    ended = replace(waits, events=(RetentionEvent(END, date(2030, 3, 1), "E. Tossou"),))
    assert fate_of_piece(a_kept_piece(closed), ended, date(2030, 4, 1)).keep_until == date(2055, 3, 1)


def test_the_law_keeps_a_piece_twenty_years_from_its_last_version_and_a_hold_keeps_it_for_ever() -> None:
    short = Facts(3, (Ruling(replace(RULE, term=Term(90, Span.DAYS)), BY_CASE),), (date(2026, 1, 1),))
    piece = a_kept_piece(date(2026, 1, 1))
    found = fate_of_piece(piece, short, date(2045, 6, 2))
    assert (found.keep_until, found.rule, found.due) == (date(2045, 6, 1), None, True)
    assert str(found.reasons[0]).startswith("À conserver jusqu'au 1er juin 2045, parce que la loi")
    held = fate_of_piece(piece, replace(short, holds=(HOLD,)), date(2099, 1, 1))
    assert (held.due, held.held) == (False, True)
    assert "Contentieux" in str(held.reasons[0])


def test_of_several_rules_the_longest_keeps_a_piece_and_without_one_it_is_kept_for_ever() -> None:
    longer = replace(RULE, code="LONG", term=Term(40, Span.YEARS), disposition=Disposition.KEEP)
    both = Facts(3, (Ruling(RULE, BY_CASE), Ruling(longer, BY_CASE)), (date(2026, 1, 1),))
    found = fate_of_piece(a_kept_piece(date(2026, 1, 1)), both, date(2099, 1, 1))
    assert (found.keep_until, found.disposition) == (date(2065, 6, 1), Disposition.KEEP)
    none = fate_of_piece(a_kept_piece(date(2026, 1, 1)), Facts(3, (), (date(2026, 1, 1),)), date(2099, 1, 1))
    assert (none.keep_until, none.due) == (None, False)
    assert "n'a pas de cote" in str(none.reasons[0])


def test_a_sorting_by_number_or_by_name_keeps_a_piece_that_has_neither() -> None:
    rule = replace(RULE, disposition=Disposition.SAMPLE)
    for sampling, kept in (
        (Sampling(one_in=7), True), (Sampling(letters=("A",)), True),
        (Sampling(years=("4",)), True), (Sampling(years=("5",)), False),
    ):  # fmt: skip
        facts = Facts(3, (Ruling(replace(rule, sampling=sampling), BY_CASE),), (date(2026, 1, 1),))
        assert fate_of_piece(a_kept_piece(date(2026, 1, 1)), facts, date(2099, 1, 1)).selected is kept


@given(LETTERS, FACTS, DAYS)
def test_reasons_are_kept_and_read_back_as_they_were(letter: Letter, facts: Facts, today: date) -> None:
    for reason in fate_of(letter, facts, today).reasons:
        assert read_reason(write_reason(reason)) == reason


@pytest.mark.parametrize("words", ["Gelé depuis le 2 mai 2030 par A. Mensah.", '["gele", {}]', "", '["', "50 % de"])
def test_words_of_people_and_old_sentences_stay_as_they_are(words: str) -> None:
    kept = read_reason(write_reason(said(words)))
    assert (str(kept), tell(kept, tongue("en"))) == (words, words)


def test_a_fate_is_told_in_the_language_of_the_reader() -> None:
    rule = replace(RULE, code="A", label="Règle", disposition=Disposition.SAMPLE, term=Term(1, Span.YEARS))
    rule = replace(rule, sampling=Sampling(years=("4",)))
    longer = replace(RULE, start=Start.EVENT, event=END)
    held = of(rule, HOLD)
    assert [tell(each, tongue("en")) for each in held.reasons] == [
        "On hold since 2 May 2030 by A. Mensah: Contentieux devant la cour d'appel.",
        "To be kept until 5 June 2045, because law no. 2017-007, art. 72, sets twenty years for electronic writings.",
        "Rule A (Règle), by the kind “Demande”: 1 year from 1 June 2025 (the date of the item), then sampling.",
        "Sampling: years ending in 4. This item would not be kept.",
        "Retention schedule, version 3.",
    ]
    assert tell(of(longer).reasons[0], tongue("en")).startswith("To be kept 25 years after “fin de permis”, which")


def test_every_sentence_of_a_fate_is_said_in_both_languages() -> None:
    assert set(SENTENCES) == set(Why) - {Why.SAID}
    for each in SENTENCES.values():
        sentence = each if isinstance(each, str) else each[0]
        assert translations("en").gettext(sentence) != sentence or isinstance(each, tuple) or sentence == "conservation"
