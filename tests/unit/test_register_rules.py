"""Numbers set apart for paper, and the check: whatever the rule lets in, the check finds in order."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.views.clock_words import parse_hour
from ged.errors import Refused
from ged.mail.item import Direction
from ged.mail.register import Block, RegisterYear, Series, paper_instant, refuse_early
from ged.mail.register_check import Number, SeriesReport, Use, check_series

SERIES = Series("MME", Direction.INCOMING, 2026)
NINE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def a_year(first: int, last: int) -> RegisterYear:
    return RegisterYear(SERIES, first, last, NINE, NINE, "", None)


def a_block(first: int, last: int, at: datetime) -> Block:
    return Block(f"b{first}", SERIES, first, last, at, "kossi", "A. Kossi", "Panne", None)


def checked(*numbers: Number, first: int = 1, last: int | None = None) -> SeriesReport:
    return check_series(a_year(first, last if last is not None else first + len(numbers) - 1), numbers)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def test_a_hole_a_double_and_a_date_that_goes_back_are_each_named() -> None:
    one, two, three = (Number(n, at(n), Use.LETTER) for n in (1, 2, 3))
    assert checked(one, two, three).faults == ()
    assert checked(one, three, last=3).faults == ("Il manque le numéro 2.",)
    assert checked(one, two, two, three, last=3).faults == ("Le numéro 2 est donné deux fois.",)
    assert checked(one, Number(2, at(0), Use.LETTER)).faults == ("Le numéro 2 est daté avant le précédent.",)
    assert checked(one, two, last=4).faults == ("Il manque les numéros 3 à 4.",)
    assert checked(one, two, last=1).faults == ("Le compteur dit 1, mais le numéro 2 existe.",)
    assert checked(Number(41, at(1), Use.LETTER), first=41).faults == ()
    assert checked(one, first=41, last=40).faults == ("Le numéro 1 précède le premier.",)


def test_numbers_set_apart_are_counted_and_held_to_their_block() -> None:
    kept = (
        Number(1, at(0), Use.LETTER),
        Number(2, at(30), Use.LETTER, "b", at(5)),
        Number(3, at(5), Use.CANCELLED, "b", at(5)),
        Number(4, at(5), Use.RESERVED, "b", at(5)),
        Number(5, at(6), Use.LETTER),
    )
    report = checked(*kept)
    assert (report.faults, report.cancelled, report.reserved, report.on_paper) == ((), 1, 1, 1)
    early = checked(kept[0], Number(2, at(4), Use.LETTER, "b", at(5)))
    assert early.faults == ("Le numéro 2, saisi d'après le papier, est daté trop tôt.",)
    after = checked(*kept[:4], Number(5, at(4), Use.LETTER))
    assert after.faults == ("Le numéro 5 est daté avant le précédent.",)


def test_no_number_of_a_block_is_dated_before_its_reservation_nor_in_the_future() -> None:
    block, now = a_block(10, 14, at(5.5)), at(120)
    assert paper_instant(block, 10, at(5), {}, now) == block.reserved_at  # the same minute, as it is written by hand
    for typed, code in ((at(4), "register.paper_before"), (at(121), "register.paper_later")):
        with pytest.raises(Refused) as error:
            paper_instant(block, 10, typed, {}, now)
        assert error.value.code == code
    with pytest.raises(Refused) as error:
        paper_instant(block, 12, at(30), {11: at(31)}, now)
    assert error.value.code == "register.paper_order"
    assert "numéro 11" in error.value.sentence
    with pytest.raises(Refused):
        paper_instant(block, 12, datetime(2027, 1, 1, tzinfo=UTC), {}, datetime(2027, 1, 2, tzinfo=UTC))


@given(
    acts=st.lists(
        st.one_of(
            st.tuples(st.just("take"), st.integers(0, 3), st.just(0)),
            st.tuples(st.just("reserve"), st.integers(0, 3), st.integers(1, 6)),
            st.tuples(st.just("enter"), st.integers(0, 40), st.integers(-5, 60)),
            st.tuples(st.just("cancel"), st.integers(0, 40), st.just(0)),
        ),
        max_size=40,
    )
)
def test_whatever_the_rule_lets_in_the_check_finds_whole(acts: list[tuple[str, int, int]]) -> None:
    now, numbers, blocks = NINE, list[Number](), dict[str, Block]()
    for act, what, count in acts:
        now += timedelta(seconds=20 * what)
        last = len(numbers)
        if act == "take":
            numbers.append(Number(last + 1, now, Use.LETTER))
        elif act == "reserve":
            block = a_block(last + 1, last + count, now)
            blocks[block.id] = block
            numbers += [Number(n, now, Use.RESERVED, block.id, now) for n in range(block.first, block.last + 1)]
        else:
            waiting = [n for n in numbers if n.use is Use.RESERVED]
            if not waiting:
                continue
            chosen = waiting[what % len(waiting)]
            held = blocks[chosen.block or ""]
            entered = {n.sequence: n.at for n in numbers if n.block == held.id and n.use is Use.LETTER}
            use, instant = Use.CANCELLED, chosen.at
            if act == "enter":
                try:
                    instant = paper_instant(
                        held, chosen.sequence, held.reserved_at + timedelta(minutes=count), entered, now
                    )
                except Refused:
                    continue
                use = Use.LETTER
            numbers[chosen.sequence - 1] = Number(chosen.sequence, instant, use, held.id, held.reserved_at)
    report = checked(*numbers)
    assert report.faults == ()
    assert report.reserved == sum(n.use is Use.RESERVED for n in numbers)


def test_a_year_is_closed_on_its_last_day_at_the_earliest() -> None:
    with pytest.raises(Refused):
        refuse_early(a_year(1, 9), date(2026, 12, 30))
    refuse_early(a_year(1, 9), date(2026, 12, 31))
    refuse_early(a_year(1, 9), date(2027, 3, 1))


def test_hours_are_read_as_one_writes_them() -> None:
    for text in ("9h42", "9 h 42", "09:42", "9.42", "0942", "9H42"):
        assert parse_hour(text) == (9, 42), text
    assert parse_hour("14h") == (14, 0)
    for text in ("", "24h", "9h75", "neuf", "9h4"):
        assert parse_hour(text) is None, text
