"""Units open, close and change their names: nothing is sent to a closed one, nothing is lost in it, old names stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from api.model_folder import read_folder
from api.views.sieve import CLOSED, filters_in, listing_of
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.calendar import Holiday
from ged.mail.item import State
from ged.mail.moves import Destination, Move, Order
from ged.mail.organisation import Organisation
from ged.services import consult
from ged.services.establish import establish
from ged.services.route import move
from properties.test_register import register_one
from rooms.house import PILOT, driver_url
from rooms.letters import decide

Who = Callable[[str], Actor]


@pytest.fixture
def pilot() -> Organisation:
    return read_folder(PILOT)


@pytest.fixture
def letter_id(house: House, kossi: Actor) -> str:
    """A letter that lies in the accounting division."""
    receipt = register_one(house.store, kossi, b"a letter")
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(receipt.letter_id, None, lock=True), state=State.TO_QUALIFY)
        unit.commit()
    decide(house, kossi, receipt.letter_id, service_id="DAF-COMPTA")
    return receipt.letter_id


def closing(house: House, pilot: Organisation, code: str = "DAF-COMPTA", days: int = -1) -> Organisation:
    last = house.clock().date() + timedelta(days=days)
    return replace(pilot, entities=tuple(replace(one, until=last) if one.id == code else one for one in pilot.entities))


def journaled(house: House, act: str) -> list[dict[str, object]]:
    with psycopg.connect(driver_url(house.database_url)) as connection:
        rows = connection.execute("SELECT details FROM journal WHERE act = %s ORDER BY id", [act]).fetchall()
    return [row[0] for row in rows]


def test_what_is_closed_receives_nothing_and_what_lies_there_is_the_head_aboves(
    house: House, pilot: Organisation, letter_id: str, kossi: Actor, who: Who
) -> None:
    establish(closing(house, pilot), store=house.store, clock=house.clock)
    assert who("comptable").posts == ()
    head, today = who("daf"), house.clock().date()
    closed = listing_of("mon-service", filters_in(f"filtre={CLOSED}"), head, today)
    assert [row.letter.id for row in consult.letters(closed, store=house.store, actor=head).rows] == [letter_id]
    to_closed = Order(Move.ASSIGN, None, Destination("DAF-COMPTA"))
    copied = Order(Move.ASSIGN, None, Destination("DAF-MAT"), copies=("DAF-COMPTA",))
    for act in (to_closed, copied):
        with pytest.raises(Refused) as error:
            move(letter_id, act, store=house.store, actor=head, clock=house.clock)
        assert error.value.code == "move.closed"
    other = register_one(house.store, kossi, b"another")
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(other.letter_id, None, lock=True), state=State.TO_QUALIFY)
        unit.commit()
    with pytest.raises(Refused) as error:
        decide(house, kossi, other.letter_id, service_id="DAF-COMPTA")
    assert error.value.code == "qualification.faulty"
    moved = move(
        letter_id, Order(Move.ASSIGN, None, Destination("DAF-MAT")), store=house.store, actor=head, clock=house.clock
    )
    assert moved.service_id == "DAF-MAT"


def test_one_that_left_the_folder_is_closed_too_and_can_come_back(
    house: House, pilot: Organisation, letter_id: str, who: Who
) -> None:
    gone = replace(
        pilot,
        entities=tuple(one for one in pilot.entities if one.id != "DAF-COMPTA"),
        positions=tuple(one for one in pilot.positions if one.entity_id != "DAF-COMPTA"),
        holdings=tuple(one for one in pilot.holdings if one.position_id != "DAF-A1"),
    )
    establish(gone, store=house.store, clock=house.clock)
    assert consult.letter(letter_id, store=house.store, actor=who("daf")).id == letter_id
    assert journaled(house, "organisation.entite_retiree") == [{"entity": "DAF-COMPTA"}]
    establish(pilot, store=house.store, clock=house.clock)
    assert [post.position_id for post in who("comptable").posts] == ["DAF-A1"]


def test_one_that_opens_tomorrow_receives_nothing_today(
    house: House, pilot: Organisation, letter_id: str, who: Who
) -> None:
    later = house.clock().date() + timedelta(days=1)
    entities = tuple(replace(one, since=later) if one.id == "DAF-MAT" else one for one in pilot.entities)
    establish(replace(pilot, entities=entities), store=house.store, clock=house.clock)
    with pytest.raises(Refused) as error:
        move(
            letter_id,
            Order(Move.ASSIGN, None, Destination("DAF-MAT")),
            store=house.store,
            actor=who("daf"),
            clock=house.clock,
        )
    assert error.value.code == "move.closed"
    assert "DAF-MAT" not in {
        one.id for one in consult.lists(store=house.store, actor=who("daf"), clock=house.clock).entities
    }


def test_former_names_and_parents_are_kept_and_said_of_their_day(
    house: House, pilot: Organisation, kossi: Actor
) -> None:
    today = house.clock().date()
    entities = tuple(
        replace(one, acronym="DCF", name_fr="Direction du contrôle financier", parent_id="MME")
        if one.id == "DAF"
        else one
        for one in pilot.entities
    )
    for _ in range(2):
        establish(replace(pilot, entities=entities), store=house.store, clock=house.clock)
    names = consult.lists(store=house.store, actor=kossi, clock=house.clock).names
    then, now = names.on("DAF", today - timedelta(days=1)), names.on("DAF", today)
    assert then is not None
    assert now is not None
    assert (then.acronym, then.parent_id, now.acronym, now.parent_id) == ("DAF", "SG", "DCF", "MME")
    (change,) = journaled(house, "organisation.entite_modifiee")
    assert change["before"] == {"parent": "SG", "acronym": "DAF", "name": then.name_fr}


def test_which_holidays_came_and_went_is_in_the_journal(house: House, pilot: Organisation) -> None:
    announced = Holiday("TG", house.clock().date() + timedelta(days=9), "Tabaski")
    establish(replace(pilot, holidays=(*pilot.holidays[1:], announced)), store=house.store, clock=house.clock)
    (change,) = journaled(house, "organisation.feries")
    assert change == {"added": [f"TG {announced.day} Tabaski"], "removed": ["TG 2026-01-01 Jour de l'an"]}
