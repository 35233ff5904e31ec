"""Passation de service: all that is pending is on the paper, the house seals it, who comes accepts it, both keep it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from pypdfium2 import PdfDocument

from api.model_folder import read_folder
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.custody import Keeper, Way
from ged.mail.item import State
from ged.mail.moves import Destination, Move, Order
from ged.mail.organisation import Holding
from ged.mail.succession import Inventory, Succession
from ged.seal.signature import read_signature
from ged.services import succeed
from ged.services.establish import establish
from ged.services.hand_over import attest, declare, give
from ged.services.route import move
from properties.test_register import register_one
from rooms.house import PILOT
from rooms.letters import decide
from rooms.server import bearer

Who = Callable[[str], Actor]


def letter_for(house: House, kossi: Actor, unit: str, **changes: object) -> str:
    receipt = register_one(house.store, kossi, f"{unit}{changes}".encode())
    with house.store.unit() as opened:
        opened.letters.change(opened.letters.get(receipt.letter_id, None, lock=True), state=State.TO_QUALIFY)
        opened.commit()
    decide(house, kossi, receipt.letter_id, service_id=unit, **changes)
    return receipt.letter_id


def make(house: House, actor: Actor, seen: list[Inventory], position_id: str = "DAF-1") -> Succession:
    def render(inventory: Inventory) -> bytes:
        seen.append(inventory)
        return b"%PDF " + inventory.reference.encode()

    return succeed.make(
        position_id,
        render=render,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        actor=actor,
        clock=house.clock,
    )


def succeeded(house: House, login: str) -> None:
    """The head of finance leaves, somebody else holds the post from today."""
    pilot = read_folder(PILOT)
    holdings = tuple(one for one in pilot.holdings if one.position_id != "DAF-1")
    new = Holding(login, "DAF-1", house.clock().date(), None)
    establish(replace(pilot, holdings=(*holdings, new)), store=house.store, clock=house.clock)


def test_an_inventory_holds_letters_and_opinions_of_the_post_and_is_sealed(
    house: House, kossi: Actor, who: Who
) -> None:
    taken = letter_for(house, kossi, "DAF", subject="Facture impayée")
    move(taken, Order(Move.TAKE, None), store=house.store, actor=who("daf"), clock=house.clock)
    letter_for(house, kossi, "DAF", subject="Autre facture")
    asked = letter_for(house, kossi, "DRH", subject="Recrutement")
    question = Order(Move.ASK, None, Destination("DAF", "DAF-1"), text="Est-ce au budget ?")
    move(asked, question, store=house.store, actor=who("drh"), clock=house.clock)
    letter_for(house, kossi, "DRH", subject="Ailleurs")
    seen: list[Inventory] = []
    made = make(house, who("daf"), seen)
    assert sorted(one.subject for one in seen[0].letters) == ["Autre facture", "Facture impayée"]
    assert [(one.subject, one.question) for one in seen[0].opinions] == [("Recrutement", "Est-ce au budget ?")]
    assert made.count == 3
    assert seen[0].unseen == 0
    signature = read_signature(
        succeed.seal_of(made.id, store=house.store, vault=house.vault, actor=who("daf"), clock=house.clock)
    )
    assert signature.message_digest.hex() == made.sha256
    found, opened = succeed.open_inventory(
        made.id, store=house.store, vault=house.vault, actor=who("daf"), clock=house.clock
    )
    with opened as stream:
        assert hashlib.sha256(stream.read()).hexdigest() == found.sha256


def test_what_its_maker_may_not_read_is_counted_and_not_named(house: House, kossi: Actor, who: Who) -> None:
    letter_for(house, kossi, "SG", subject="Ouvert")
    hidden = letter_for(house, kossi, "SG", subject="Caché")
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(hidden, None, lock=True), confidentiality="secret")
        unit.commit()
    pilot = read_folder(PILOT)
    lowered = tuple(replace(one, clearance="confidentiel") if one.id == "MIN" else one for one in pilot.positions)  # type: ignore[arg-type]
    establish(replace(pilot, positions=lowered), store=house.store, clock=house.clock)
    seen: list[Inventory] = []
    make(house, who("ministre"), seen, "SG-1")
    assert [one.subject for one in seen[0].letters] == ["Ouvert"]
    assert seen[0].unseen == 1


def test_who_comes_accepts_it_once_and_whoever_made_it_cannot(house: House, kossi: Actor, who: Who) -> None:
    letter_for(house, kossi, "DAF")
    made = make(house, who("daf"), [])
    with pytest.raises(Forbidden):
        succeed.accept(made.id, "", store=house.store, actor=who("daf"), clock=house.clock)
    succeeded(house, "daj")
    accepted = succeed.accept(made.id, " Vu. ", store=house.store, actor=who("daj"), clock=house.clock)
    assert (accepted.accepted_by, accepted.remark) == ("C. Ekoué", "Vu.")
    with pytest.raises(Conflict):
        succeed.accept(made.id, "", store=house.store, actor=who("daj"), clock=house.clock)


def test_both_the_head_above_and_the_auditor_read_it_and_nobody_else(house: House, who: Who) -> None:
    made = make(house, who("daf"), [])
    succeeded(house, "daj")
    succeed.accept(made.id, "", store=house.store, actor=who("daj"), clock=house.clock)
    for login in ("daj", "sg", "ministre", "audit"):
        assert [one.id for one in succeed.view(store=house.store, actor=who(login), clock=house.clock).successions]
    for login in ("comptable", "drh", "kossi", "ceetdg"):
        assert succeed.view(store=house.store, actor=who(login), clock=house.clock).successions == ()
        with pytest.raises(NotFound):
            succeed.open_inventory(made.id, store=house.store, vault=house.vault, actor=who(login), clock=house.clock)


def test_paper_held_by_a_post_is_in_its_inventory_wherever_the_letter_is(house: House, kossi: Actor, who: Who) -> None:
    here, elsewhere = (
        letter_for(house, kossi, "DAF", subject="Ici"),
        letter_for(house, kossi, "DRH", subject="Ailleurs"),
    )
    for letter_id in (here, elsewhere):
        declare(letter_id, exists=True, store=house.store, actor=kossi, clock=house.clock)
        give(letter_id, Keeper("DAF", "DAF-1"), store=house.store, actor=kossi, clock=house.clock)
    seen: list[Inventory] = []
    make(house, who("daf"), seen)
    assert seen[0].paper_count == 0, "what nobody attested is still with the registry"
    for letter_id in (here, elsewhere):
        with house.store.unit() as unit:
            coming = unit.custody.coming([letter_id])[letter_id]
            attest(unit, coming, Way.CONFIRMED, "A. Daf", actor=who("daf"), now=house.clock())
            unit.commit()
    make(house, who("daf"), seen)
    assert [one.subject for one in seen[1].papers] == ["Ici"]
    assert seen[1].papers_unseen == 1, "paper opens nothing to read: it is counted, not named"


def test_a_departure_without_an_inventory_is_said_until_one_is_made(house: House, who: Who) -> None:
    succeeded(house, "daj")
    (gone,) = succeed.view(store=house.store, actor=who("sg"), clock=house.clock).left
    assert (gone.position_id, gone.name) == ("DAF-1", "M. Agbodjan")
    assert succeed.view(store=house.store, actor=who("drh"), clock=house.clock).left == ()
    make(house, who("sg"), [])
    assert succeed.view(store=house.store, actor=who("sg"), clock=house.clock).left == ()


def test_only_the_holder_or_the_head_above_makes_one(house: House, who: Who) -> None:
    for login in ("comptable", "drh", "ceetdg"):
        with pytest.raises((Forbidden, NotFound)):
            make(house, who(login), [])


def test_programs_make_and_accept_and_the_paper_is_a_pdf_that_can_be_read(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    letter_for(house, kossi, "DAF", subject="Facture impayée", due_date=house.clock().date() + timedelta(days=9))
    headers = bearer(house, "sg")
    made = client.post("/api/v1/successions", json={"position_id": "DAF-1"}, headers=headers)
    assert made.status_code == 201, made.text
    pdf = client.get(f"/api/v1/successions/{made.json()['id']}/inventory", headers=headers)
    assert hashlib.sha256(pdf.content).hexdigest() == made.json()["sha256"]
    text = PdfDocument(pdf.content)[0].get_textpage().get_text_range()
    assert "Facture impayée" in text
    assert "ARR-" in text
    accepted = client.post(
        f"/api/v1/successions/{made.json()['id']}/acceptance", json={"remark": ""}, headers=bearer(house, "daf")
    )
    assert accepted.json()["accepted_by"] == "M. Agbodjan"
    signature = client.get(f"/api/v1/successions/{made.json()['id']}/signature", headers=headers)
    assert read_signature(signature.content).message_digest.hex() == made.json()["sha256"]
