"""A secretary in another unit than her authority: what she sees of its day, what she may do in its name, no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.model_folder import read_folder
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Actor, Capacity, may_read
from ged.mail.baskets import basket_of
from ged.mail.item import Confidentiality, State
from ged.mail.moves import Destination, Move, Order, open_moves
from ged.mail.organisation import Grant
from ged.services import consult, delegate
from ged.services.establish import establish, standing
from ged.services.route import move
from integration.test_entity_dates import journaled
from properties.test_register import register_one
from rooms.house import PILOT

Who = Callable[[str], Actor]
EVERYBODY = ("kossi", "lawson", "ministre", "adjovi", "dircab", "sg", "energie", "audit", "ceetdg", "admin")


def placed(house: House, kossi: Actor, name: str, service: str | None, position: str | None, **values: object) -> str:
    """Return a letter that lies somewhere."""
    receipt = register_one(house.store, kossi, name.encode())
    with house.store.unit() as unit:
        letter = unit.letters.get(receipt.letter_id, None, lock=True)
        changes = {"state": State.SUBMITTED, "service_id": service, "position_id": position} | values
        unit.letters.change(letter, **changes)
        unit.commit()
    return receipt.letter_id


@pytest.fixture
def letters(house: House, kossi: Actor) -> dict[str, str]:
    """Letters by what they are."""
    secret = {"confidentiality": Confidentiality.SECRET}
    return {
        "waiting": placed(house, kossi, "waiting", "MME", "MIN"),
        "confidential": placed(house, kossi, "confidential", "MME", None, confidentiality=Confidentiality.CONFIDENTIAL),
        "secret": placed(house, kossi, "secret", "MME", "MIN", **secret),
        "sealed": placed(house, kossi, "sealed", None, "MIN", state=State.RECEIVED),
        "below": placed(house, kossi, "below", "DGE", "DGE-1"),
        "passed": placed(house, kossi, "passed", "DGE", "DGE-1", concerned=("MME",)),
        "hers": placed(house, kossi, "hers", "CAB", None, state=State.ASSIGNED),
    }


def seen_by(house: House, actor: Actor, letters: dict[str, str]) -> set[str]:
    with house.store.unit() as unit:
        return {name for name, letter_id in letters.items() if unit.letters.seen(letter_id, actor.tokens())}


def listed(house: House, actor: Actor, slug: str) -> set[str]:
    listing = basket_of(slug, actor).listing(actor, house.clock().date())
    return {row.letter.id for row in consult.letters(listing, store=house.store, actor=actor).rows}


def test_the_store_and_the_pure_rule_open_the_same_letters_to_everybody(
    house: House, letters: dict[str, str], who: Who
) -> None:
    with house.store.unit() as unit:
        values = {name: unit.letters.get(letter_id, None) for name, letter_id in letters.items()}
    for actor in map(who, EVERYBODY):
        pure = {name for name, letter in values.items() if may_read(actor, letter)}
        assert pure == seen_by(house, actor, letters), actor.login


def test_she_sees_her_authoritys_day_and_acts_on_none_of_it(house: House, letters: dict[str, str], who: Who) -> None:
    secretary = who("adjovi")
    assert seen_by(house, secretary, letters) == {"waiting", "confidential", "passed", "hers"}
    assert listed(house, secretary, "a-presenter") == {letters["waiting"], letters["confidential"]}
    letter = consult.letter(letters["waiting"], store=house.store, actor=secretary)
    assert open_moves(secretary, letter, None) == ()
    with pytest.raises(NotFound):
        basket_of("a-presenter", who("dircab"))


def test_what_she_presents_stays_before_her(house: House, letters: dict[str, str], who: Who) -> None:
    secretary = who("adjovi")
    to_minister = Order(Move.SUBMIT, None, Destination("MME", "MIN"))
    move(letters["hers"], to_minister, store=house.store, actor=secretary, clock=house.clock)
    assert letters["hers"] in listed(house, secretary, "a-presenter")
    assert letters["hers"] in listed(house, who("ministre"), "a-affecter")


def test_whoever_acts_in_her_post_serves_the_same_authority(house: House, letters: dict[str, str], who: Who) -> None:
    assert "waiting" not in seen_by(house, who("daf"), letters)
    today = house.clock().date()
    acting = Grant("SP-MIN", "daf", Capacity.INTERIM, today, today, "13/2026", ())
    delegate.grant(acting, store=house.store, actor=who("dircab"), clock=house.clock)
    assert "waiting" in seen_by(house, who("daf"), letters)
    assert letters["waiting"] in listed(house, who("daf"), "a-presenter")
    assert "sealed" not in seen_by(house, who("daf"), letters)


def test_attached_to_nobody_any_more_she_sees_her_own_unit_and_the_journal_says_since_when(
    house: House, letters: dict[str, str], who: Who
) -> None:
    pilot = read_folder(PILOT)
    assert {each.id: each.authority_id for each in standing(store=house.store, clock=house.clock).positions} == {
        each.id: each.authority_id for each in pilot.positions
    }
    positions = tuple(replace(each, authority_id=None) for each in pilot.positions)
    establish(replace(pilot, positions=positions), store=house.store, clock=house.clock)
    assert seen_by(house, who("adjovi"), letters) == {"hers"}
    with pytest.raises(NotFound):
        basket_of("a-presenter", who("adjovi"))
    (change,) = journaled(house, "organisation.poste_modifie")
    assert (change["position"], change["before"]["authority_id"], change["after"]["authority_id"]) == (  # type: ignore[index]
        "SP-MIN",
        "MIN",
        None,
    )
