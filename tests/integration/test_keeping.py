"""Holds and the nightly sweep, on letters of other years: what falls due is listed, and nothing is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.filing import Disposition
from ged.services import consult, hold
from retention.due import due_letters
from retention.nightly import sweep_letters
from rooms.letters import decide, letter_pdf, send

LATER = datetime(2060, 1, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def old(house: House, kossi: Actor) -> str:
    """A letter of 2001 whose term of twenty years is over."""
    receipt = send(house, kossi, letter_pdf(day="3 mars 2001"))
    decide(house, kossi, receipt.letter_id, letter_date=date(2001, 3, 3), kind="demande")
    return receipt.letter_id


def test_the_sweep_lists_what_is_due_and_destroys_nothing(
    house: House, kossi: Actor, old: str, who: Callable[[str], Actor]
) -> None:
    fresh = send(house, kossi, letter_pdf(reference="0777/2026/X"))
    decide(house, kossi, fresh.letter_id)
    before = consult.letter(old, store=house.store, actor=kossi)
    assert sweep_letters(house.store, house.clock) == 1
    archives = who("archives")
    (due,) = due_letters(store=house.store, actor=archives)
    assert due.letter.id == old
    assert due.record.kept_until == date(2021, 3, 3)
    assert due.record.disposition is Disposition.DESTROY
    assert "3 mars 2021" in due.record.reasons[0]
    assert consult.letter(old, store=house.store, actor=kossi) == before
    with house.vault.open(before.original) as stream:
        assert stream.read(5) == b"%PDF-"


def test_the_list_is_made_anew_each_night(house: House, old: str, who: Callable[[str], Actor]) -> None:
    assert sweep_letters(house.store, house.clock) == 1
    assert sweep_letters(house.store, house.clock) == 1
    hold.place(old, "Contentieux", store=house.store, actor=who("archives"), clock=house.clock)
    assert sweep_letters(house.store, house.clock) == 0
    assert due_letters(store=house.store, actor=who("archives")) == ()


def test_a_held_letter_never_falls_due_until_it_is_released(
    house: House, old: str, who: Callable[[str], Actor]
) -> None:
    archives = who("archives")
    held = hold.place(old, "Contentieux devant la cour d'appel", store=house.store, actor=archives, clock=house.clock)
    assert held.held
    assert sweep_letters(house.store, lambda: LATER) == 0
    file = consult.letter_file(old, store=house.store, actor=archives, clock=house.clock)
    assert [one.reason for one in file.holds] == ["Contentieux devant la cour d'appel"]
    hold.lift(old, store=house.store, actor=archives, clock=house.clock)
    assert sweep_letters(house.store, lambda: LATER) == 1
    with pytest.raises(Conflict):
        hold.lift(old, store=house.store, actor=archives, clock=house.clock)


def test_a_hold_needs_a_reason_and_a_right(house: House, kossi: Actor, old: str, who: Callable[[str], Actor]) -> None:
    with pytest.raises(Refused):
        hold.place(old, "  ", store=house.store, actor=who("archives"), clock=house.clock)
    with pytest.raises(Forbidden):
        hold.place(old, "motif", store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Forbidden):
        due_letters(store=house.store, actor=kossi)


def test_a_letter_that_nobody_qualified_is_kept(house: House, kossi: Actor) -> None:
    send(house, kossi, letter_pdf(day="3 mars 1990"))
    assert sweep_letters(house.store, lambda: LATER) == 0
