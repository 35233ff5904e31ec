"""Holds and the nightly sweep, on letters of other years: what falls due is listed, and nothing is touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.filing import Disposition
from ged.mail.item import State
from ged.mail.legal_hold import Scope
from ged.mail.sieve import Sieve
from ged.services import consult, hold
from ged.services.hold import NewHold
from properties.test_register import register_one
from retention.nightly import sweep_letters
from retention.shelves import Shelf, Shelved, Wanted, shelved
from rooms.disposals import received_in_2001
from rooms.letters import decide, letter_pdf, send

LATER = datetime(2060, 1, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def old(house: House, kossi: Actor) -> str:
    """A letter of 2001 whose term of twenty years is over."""
    receipt = send(house, kossi, letter_pdf(day="3 mars 2001"))
    decide(house, kossi, receipt.letter_id, letter_date=date(2001, 3, 3), kind="demande")
    received_in_2001(house, receipt.letter_id)
    return receipt.letter_id


def on_shelf(house: House, actor: Actor, shelf: Shelf, limit: int = 50, **sieved: Any) -> Shelved:
    wanted = Wanted(shelf, Sieve(kind=sieved.get("kind", "")), sieved.get("disposition"))
    return shelved(wanted, store=house.store, actor=actor, clock=house.clock, limit=limit)


def test_a_shelf_holds_what_is_over_and_open_to_its_reader_with_its_fate(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    ids = {
        name: register_one(house.store, kossi, name.encode()).letter_id for name in ("done", "open", "sent", "other")
    }
    rules = {
        "done": ("plainte", State.DONE),
        "open": ("plainte", State.ASSIGNED),
        "sent": ("facture", State.DISPATCHED),
    }
    today = house.clock().date()
    with house.store.unit() as unit:
        for name, (kind, state) in (rules | {"other": ("facture", State.NO_FURTHER_ACTION)}).items():
            letter = unit.letters.get(ids[name], None, lock=True)
            closed_on = None if name == "open" else today
            unit.letters.change(letter, kind=kind, state=state, service_id="DAF", closed_on=closed_on)
        unit.commit()
    archives = who("archives")
    hold.place(NewHold(Scope.LETTER, ids["sent"], "Contrôle"), store=house.store, actor=archives, clock=house.clock)
    shelf = on_shelf(house, archives, Shelf.CLOSED)
    assert {letter.id for letter, _ in shelf.rows} == {ids["done"], ids["sent"], ids["other"]}
    assert shelf.counts == {Shelf.CLOSED: 3, Shelf.DUE: 0, Shelf.HELD: 1, Shelf.TRANSFERRED: 0}
    sifted = on_shelf(house, archives, Shelf.CLOSED, disposition=Disposition.TRANSFER)
    ((letter, fate),) = sifted.rows
    assert (letter.id, fate.keep_until and fate.keep_until.year) == (ids["done"], today.year + 30)
    assert on_shelf(house, archives, Shelf.CLOSED, disposition=Disposition.KEEP).total == 0
    assert (
        on_shelf(house, archives, Shelf.CLOSED, limit=1).total,
        on_shelf(house, who("audit"), Shelf.HELD).total,
    ) == (3, 1)


def test_the_sweep_lists_what_is_due_and_destroys_nothing(
    house: House, kossi: Actor, old: str, who: Callable[[str], Actor]
) -> None:
    fresh = send(house, kossi, letter_pdf(reference="0777/2026/X"))
    decide(house, kossi, fresh.letter_id)
    before = consult.letter(old, store=house.store, actor=kossi)
    assert sweep_letters(house.store, house.clock) == 1
    archives = who("archives")
    ((letter, fate),) = on_shelf(house, archives, Shelf.DUE).rows
    assert letter.id == old
    assert fate.keep_until == date(2021, 3, 3)
    assert fate.disposition is Disposition.DESTROY
    assert "3 mars 2021" in str(fate.reasons[0])
    assert consult.letter(old, store=house.store, actor=kossi) == before
    with house.vault.open(before.original) as stream:
        assert stream.read(5) == b"%PDF-"


def test_a_date_typed_too_old_makes_nothing_due_early(house: House, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf(day="3 mars 2025"))
    decide(house, kossi, receipt.letter_id, letter_date=date(1925, 3, 3), kind="demande")
    assert sweep_letters(house.store, house.clock) == 0
    law = house.clock().replace(year=house.clock().year + 20, day=28)
    assert sweep_letters(house.store, lambda: law) == 0
    assert sweep_letters(house.store, lambda: law + timedelta(days=4)) == 1


def test_the_list_is_made_anew_each_night(house: House, old: str, who: Callable[[str], Actor]) -> None:
    assert sweep_letters(house.store, house.clock) == 1
    assert sweep_letters(house.store, house.clock) == 1
    hold.place(NewHold(Scope.LETTER, old, "Contentieux"), store=house.store, actor=who("archives"), clock=house.clock)
    assert on_shelf(house, who("archives"), Shelf.DUE).rows == ()
    assert sweep_letters(house.store, house.clock) == 0


def test_a_held_letter_never_falls_due_until_it_is_released(
    house: House, old: str, who: Callable[[str], Actor]
) -> None:
    archives = who("archives")
    wanted = NewHold(Scope.LETTER, old, "Contentieux devant la cour d'appel")
    held = hold.place(wanted, store=house.store, actor=archives, clock=house.clock)
    assert consult.letter(old, store=house.store, actor=archives).held
    assert sweep_letters(house.store, lambda: LATER) == 0
    file = consult.letter_file(old, store=house.store, actor=archives, clock=house.clock)
    assert [one.reason for one in file.holds] == ["Contentieux devant la cour d'appel"]
    hold.lift(held.id, "Arrêt rendu", store=house.store, actor=archives, clock=house.clock)
    assert sweep_letters(house.store, lambda: LATER) == 1
    with pytest.raises(Conflict):
        hold.lift(held.id, "Arrêt rendu", store=house.store, actor=archives, clock=house.clock)


def test_a_hold_needs_a_reason_and_a_right(house: House, kossi: Actor, old: str, who: Callable[[str], Actor]) -> None:
    with pytest.raises(Refused):
        hold.place(NewHold(Scope.LETTER, old, "  "), store=house.store, actor=who("archives"), clock=house.clock)
    with pytest.raises(Forbidden):
        hold.place(NewHold(Scope.LETTER, old, "motif"), store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Forbidden):
        on_shelf(house, kossi, Shelf.CLOSED)


def test_a_letter_that_nobody_qualified_is_kept(house: House, kossi: Actor) -> None:
    send(house, kossi, letter_pdf(day="3 mars 1990"))
    assert sweep_letters(house.store, lambda: LATER) == 0
