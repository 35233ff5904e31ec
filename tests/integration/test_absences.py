"""Who is away: it is shown, it warns once who sends a letter there, and it blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from api.model_folder import read_folder
from api.wiring import House
from ged.errors import Conflict, Forbidden, Refused
from ged.mail.access import Actor, Capacity
from ged.mail.item import State
from ged.mail.moves import Destination, Move, Order
from ged.mail.organisation import Grant, Leave, Seat
from ged.services import absent, consult, delegate
from ged.services.establish import establish, standing
from ged.services.route import move
from properties.test_register import register_one
from rooms.house import PILOT
from rooms.letters import decide
from rooms.server import bearer

Who = Callable[[str], Actor]


def leave(house: House, login: str = "daf", since: int = 0, until: int = 4) -> Leave:
    today = house.clock().date()
    return Leave(login, today + timedelta(days=since), today + timedelta(days=until))


def seat(house: House, who: Who, position_id: str) -> Seat:
    lists = consult.lists(store=house.store, actor=who("kossi"), clock=house.clock)
    return next(one for one in lists.seats if one.position.id == position_id)


def letter_for(house: House, kossi: Actor, unit: str) -> str:
    receipt = register_one(house.store, kossi, unit.encode())
    with house.store.unit() as opened:
        opened.letters.change(opened.letters.get(receipt.letter_id, None, lock=True), state=State.TO_QUALIFY)
        opened.commit()
    decide(house, kossi, receipt.letter_id, service_id=unit)
    return receipt.letter_id


def test_a_letter_for_somebody_away_asks_to_be_confirmed_and_is_not_blocked(
    house: House, kossi: Actor, who: Who
) -> None:
    letter_id = letter_for(house, kossi, "SG")
    absent.declare(leave(house), store=house.store, actor=who("daf"), clock=house.clock)
    assert seat(house, who, "DAF-1").deserted
    order = Order(Move.ASSIGN, None, Destination("DAF", "DAF-1"))
    with pytest.raises(Refused) as error:
        move(letter_id, order, store=house.store, actor=who("sg"), clock=house.clock)
    assert error.value.code == "move.absent"
    assert "M. Agbodjan" in error.value.sentence
    moved = move(letter_id, replace(order, confirmed=True), store=house.store, actor=who("sg"), clock=house.clock)
    assert moved.position_id == "DAF-1"


def test_with_an_interim_it_is_sent_without_a_question(house: House, kossi: Actor, who: Who) -> None:
    letter_id = letter_for(house, kossi, "SG")
    today = house.clock().date()
    absent.declare(leave(house), store=house.store, actor=who("sg"), clock=house.clock)
    grant = Grant("DAF-1", "daj", Capacity.INTERIM, today, today + timedelta(days=4), "9/2026", ())
    delegate.grant(grant, store=house.store, actor=who("daf"), clock=house.clock)
    seen = seat(house, who, "DAF-1")
    assert (seen.holders, seen.interim, seen.absent_until) == (("M. Agbodjan",), "C. Ekoué", today + timedelta(days=4))
    order = Order(Move.ASSIGN, None, Destination("DAF", "DAF-1"))
    assert move(letter_id, order, store=house.store, actor=who("sg"), clock=house.clock).position_id == "DAF-1"


def test_a_post_nobody_holds_takes_a_letter_only_once_somebody_acts_in_it(house: House, kossi: Actor, who: Who) -> None:
    letter_id = letter_for(house, kossi, "SG")
    pilot = read_folder(PILOT)
    holdings = tuple(one for one in pilot.holdings if one.position_id != "DAF-1")
    establish(replace(pilot, holdings=holdings), store=house.store, clock=house.clock)
    order = Order(Move.ASSIGN, None, Destination("DAF", "DAF-1"))
    with pytest.raises(Refused) as error:
        move(letter_id, order, store=house.store, actor=who("sg"), clock=house.clock)
    assert error.value.code == "move.no_holder"
    today = house.clock().date()
    grant = Grant("DAF-1", "daj", Capacity.INTERIM, today, today, "9/2026", ())
    delegate.grant(grant, store=house.store, actor=who("sg"), clock=house.clock)
    assert seat(house, who, "DAF-1").holders == ("C. Ekoué",)
    move(letter_id, order, store=house.store, actor=who("sg"), clock=house.clock)
    assert who("daj").posts[1].holder == ""


def test_one_declares_ones_own_and_the_head_above_those_of_the_team(house: House, who: Who) -> None:
    for by in ("comptable", "energie", "ceetdg"):
        with pytest.raises(Forbidden):
            absent.declare(leave(house), store=house.store, actor=who(by), clock=house.clock)
    made = absent.declare(leave(house), store=house.store, actor=who("ministre"), clock=house.clock)
    with pytest.raises(Refused) as error:
        absent.declare(leave(house, since=4, until=9), store=house.store, actor=who("daf"), clock=house.clock)
    assert error.value.code == "absence.overlap"
    assert [one.id for one in absent.view(store=house.store, actor=who("daf"), clock=house.clock).absences] == [made.id]
    absent.end(made.id, store=house.store, actor=who("daf"), clock=house.clock)
    assert seat(house, who, "DAF-1").absent_until is None
    with pytest.raises(Conflict):
        absent.end(made.id, store=house.store, actor=who("daf"), clock=house.clock)


@pytest.mark.parametrize(("since", "until"), [(3, 1), (-5, -1)])
def test_days_that_make_no_absence_are_refused(house: House, who: Who, since: int, until: int) -> None:
    with pytest.raises(Refused):
        absent.declare(leave(house, since=since, until=until), store=house.store, actor=who("daf"), clock=house.clock)


def test_the_folder_declares_corrects_and_ends_its_own(house: House, who: Who) -> None:
    pilot, mine = read_folder(PILOT), leave(house, "drh", 0, 3)
    absent.declare(leave(house), store=house.store, actor=who("daf"), clock=house.clock)
    longer = leave(house, "drh", 0, 6)
    for leaves in ((mine,), (longer,)):
        establish(replace(pilot, leaves=leaves), store=house.store, clock=house.clock)
    assert set(standing(store=house.store, clock=house.clock).leaves) == {longer, leave(house)}
    establish(pilot, store=house.store, clock=house.clock)
    assert standing(store=house.store, clock=house.clock).leaves == (leave(house),)


def test_programs_declare_and_end(house: House, client: httpx.Client) -> None:
    asked = leave(house)
    body = {"login": "daf", "since": str(asked.since), "until": str(asked.until)}
    mine = bearer(house, "daf")
    made = client.post("/api/v1/absences", json=body, headers=mine).json()
    assert [one["name"] for one in client.get("/api/v1/absences", headers=mine).json()] == ["M. Agbodjan"]
    seats = client.get("/api/v1/lists", headers=mine).json()["positions"]
    assert next(one["absent_until"] for one in seats if one["id"] == "DAF-1") == str(asked.until)
    assert client.delete(f"/api/v1/absences/{made['id']}", headers=bearer(house, "comptable")).status_code == 403
    assert client.delete(f"/api/v1/absences/{made['id']}", headers=mine).status_code == 204
