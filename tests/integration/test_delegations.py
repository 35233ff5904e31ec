"""Somebody acts for another: what it opens, what the path says, and that it stops at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx
import pytest

from api.model_folder import read_folder
from api.wiring import House
from ged.clock import Clock
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor, Capacity
from ged.mail.baskets import basket_of
from ged.mail.item import Letter, State
from ged.mail.moves import Destination, Move, Order
from ged.mail.organisation import Grant
from ged.services import consult, delegate
from ged.services.establish import establish, standing
from ged.services.route import move
from ged.services.sign_in import actor_of
from properties.test_register import register_one
from rooms.house import PILOT
from rooms.letters import decide
from rooms.server import bearer

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    """A letter in the basket of the general secretariat."""
    receipt = register_one(house.store, kossi, b"a letter")
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(receipt.letter_id, None, lock=True), state=State.TO_QUALIFY)
        unit.commit()
    return decide(house, kossi, receipt.letter_id, service_id="SG")


def interim(house: House, **changes: object) -> Grant:
    today = house.clock().date()
    grant = Grant("SG-1", "dircab", Capacity.INTERIM, today, today + timedelta(days=5), "012/MME/2026", ())
    return replace(grant, **changes)  # type: ignore[arg-type]


def at(house: House, days: int) -> Clock:
    def clock() -> datetime:
        return house.clock() + timedelta(days=days)

    return clock


def lies_with(house: House, actor: Actor, slug: str) -> list[str]:
    listing = basket_of(slug, actor).listing(actor, house.clock().date())
    return [row.letter.id for row in consult.letters(listing, store=house.store, actor=actor).rows]


def test_an_interim_has_the_basket_acts_and_is_named_with_the_act(house: House, letter: Letter, who: Who) -> None:
    assert lies_with(house, who("dircab"), "a-affecter") == []
    delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    acting = who("dircab")
    assert [(post.position_id, post.capacity) for post in acting.posts] == [
        ("DIRCAB", Capacity.HOLDER),
        ("SG-1", Capacity.INTERIM),
    ]
    assert acting.posts[1].holder == "P. Tchalla"
    assert lies_with(house, acting, "a-affecter") == [letter.id]
    order = Order(Move.ASSIGN, None, Destination("DAF", "DAF-1"))
    move(letter.id, order, store=house.store, actor=acting, clock=house.clock)
    (step,) = consult.letter_file(letter.id, store=house.store, actor=acting, clock=house.clock).steps
    assert (step.name, step.title, step.position_id) == ("Y. Amouzou", "Secrétaire général", "SG-1")
    assert (step.capacity, step.instrument, step.holder) == (Capacity.INTERIM, "012/MME/2026", "P. Tchalla")


def test_who_acts_in_two_posts_acts_in_the_one_that_makes_it_lawful(house: House, letter: Letter, who: Who) -> None:
    delegate.grant(interim(house), store=house.store, actor=who("sg"), clock=house.clock)
    acting = who("dircab")
    there = Order(Move.ASSIGN, None, Destination("CAB"))
    move(letter.id, there, store=house.store, actor=acting, clock=house.clock)
    with house.store.unit() as unit:
        last = unit.steps.last(letter.id)
    move(letter.id, Order(Move.TAKE, last.id if last else None), store=house.store, actor=acting, clock=house.clock)
    steps = consult.letter_file(letter.id, store=house.store, actor=acting, clock=house.clock).steps
    assert [step.position_id for step in steps] == ["SG-1", "DIRCAB"]
    assert steps[1].capacity is Capacity.HOLDER
    assert steps[1].after.position_id == "DIRCAB"


@pytest.mark.parametrize("days", [-1, 6])
def test_before_its_first_day_and_after_its_last_it_gives_nothing(
    house: House, letter: Letter, who: Who, days: int
) -> None:
    delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    actor = actor_of("dircab", store=house.store, clock=at(house, days))
    assert [post.position_id for post in actor.posts] == ["DIRCAB"]
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=actor)


def test_one_that_was_ended_gives_nothing_at_once_not_even_going_back(house: House, letter: Letter, who: Who) -> None:
    made = delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    order = Order(Move.ASSIGN, None, Destination("CAB"))
    move(letter.id, order, store=house.store, actor=who("dircab"), clock=house.clock)
    delegate.end(made.id, store=house.store, actor=who("sg"), clock=house.clock)
    with house.store.unit() as unit:
        last = unit.steps.last(letter.id)
    order = Order(Move.RECALL, last.id if last else None)
    with pytest.raises(Conflict):
        move(letter.id, order, store=house.store, actor=who("dircab"), clock=house.clock)
    with pytest.raises(Conflict) as error:
        delegate.end(made.id, store=house.store, actor=who("sg"), clock=house.clock)
    assert error.value.code == "delegation.over"


def test_who_acts_for_somebody_does_not_pass_it_on(house: House, who: Who) -> None:
    delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    with pytest.raises(Forbidden):
        delegate.grant(interim(house, login="audit"), store=house.store, actor=who("dircab"), clock=house.clock)


def test_a_delegate_who_is_no_longer_cleared_acts_no_more(house: House, who: Who) -> None:
    delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    pilot = read_folder(PILOT)
    lowered = [replace(one, clearance="interne") if one.id == "DIRCAB" else one for one in pilot.positions]  # type: ignore[arg-type]
    establish(replace(pilot, positions=tuple(lowered)), store=house.store, clock=house.clock)
    assert [post.position_id for post in who("dircab").posts] == ["DIRCAB"]


@pytest.mark.parametrize("capacity", [Capacity.DELEGATE, Capacity.BY_ORDER])
def test_the_folder_grants_corrects_and_ends_its_own_and_leaves_those_of_the_screen(
    house: House, who: Who, capacity: Capacity
) -> None:
    on_screen = delegate.grant(interim(house), store=house.store, actor=who("ministre"), clock=house.clock)
    pilot = read_folder(PILOT)
    written = Grant("DAF-1", "daj", capacity, date(2026, 1, 1), None, "3/2026", ("facture",))
    for grants in ((written,), (replace(written, instrument="3bis/2026"),)):
        establish(replace(pilot, grants=grants), store=house.store, clock=house.clock)
    assert [post.instrument for post in who("daj").posts] == ["", "3bis/2026"]
    assert who("daj").posts[1].kinds == ("facture",)
    assert standing(store=house.store, clock=house.clock).grants == (
        replace(written, instrument="3bis/2026"),
        on_screen.grant,
    )
    establish(pilot, store=house.store, clock=house.clock)
    assert len(who("daj").posts) == 1
    assert len(who("dircab").posts) == 2


def test_programs_grant_and_end_and_strangers_see_nothing(house: House, client: httpx.Client, who: Who) -> None:
    today = house.clock().date()
    asked = {
        "position_id": "SG-1",
        "login": "dircab",
        "capacity": "interim",
        "since": str(today),
        "until": str(today + timedelta(days=3)),
        "instrument": "12",
    }
    minister, finance, agency = (bearer(house, login) for login in ("ministre", "daf", "ceetdg"))
    assert client.post("/api/v1/delegations", json=asked, headers=finance).status_code == 403
    refused = client.post("/api/v1/delegations", json=asked | {"login": "comptable"}, headers=minister)
    assert refused.json()["code"] == "delegation.clearance"
    titled = client.post("/api/v1/delegations", json=asked | {"capacity": "titulaire"}, headers=minister)
    assert titled.json()["code"] == "delegation.kind"
    by_order = asked | {"capacity": "par_ordre", "kinds": ["reponse"]}
    made = client.post("/api/v1/delegations", json=by_order, headers=minister)
    assert (made.status_code, made.json()["capacity"], made.json()["kinds"]) == (201, "par_ordre", ["reponse"])
    assert made.json()["stands"]
    assert len(client.get("/api/v1/delegations", headers=bearer(house, "audit")).json()) == 2
    assert client.get("/api/v1/delegations", headers=agency).json() == []
    address = f"/api/v1/delegations/{made.json()['id']}"
    assert client.delete(address, headers=agency).status_code == 404
    assert client.delete(address, headers=minister).status_code == 204
    assert len(who("dircab").posts) == 1


def test_a_last_day_that_has_passed_is_refused(house: House, who: Who) -> None:
    past = house.clock().date() - timedelta(days=2)
    with pytest.raises(Refused):
        delegate.grant(interim(house, since=past, until=past), store=house.store, actor=who("sg"), clock=house.clock)
