"""The paper original: one keeper always, moved by hand-overs only, each attested; what is lent is asked back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.baskets import basket_of
from ged.mail.custody import Keeper, Way
from ged.mail.item import Letter
from ged.mail.moves import Destination, Move, Order
from ged.services import consult
from ged.services.hand_over import PaperFile, confirm, declare, give, paper_file, withdraw
from ged.services.route import move
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]
DAF = Keeper("DAF", "DAF-1")


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    receipt = send(house, kossi, letter_pdf())
    return decide(house, kossi, receipt.letter_id)


def paper(house: House, actor: Actor, letter: Letter) -> PaperFile:
    return paper_file(letter.id, store=house.store, actor=actor)


def at(house: House, actor: Actor, letter: Letter) -> Keeper:
    standing = paper(house, actor, letter).standing
    assert standing is not None
    return standing.keeper


def to_return(house: House, actor: Actor) -> list[str]:
    listing = basket_of("papier-a-rendre", actor).listing(actor, house.clock().date())
    return [row.letter.id for row in consult.letters(listing, store=house.store, actor=actor).rows]


def test_the_paper_stays_where_it_is_until_its_receipt_is_attested(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    act: Any = {"store": house.store, "clock": house.clock}
    assert at(house, kossi, letter) == Keeper("BOC")
    move(
        letter.id,
        Order(Move.ASSIGN, None, Destination("DAF-COMPTA")),
        store=house.store,
        actor=who("daf"),
        clock=house.clock,
    )
    assert at(house, kossi, letter) == Keeper("BOC"), "the electronic letter moved, the paper did not"
    give(letter.id, DAF, actor=kossi, **act)
    assert at(house, kossi, letter) == Keeper("BOC"), "nobody has attested it"
    with pytest.raises(Conflict, match="attend sa décharge"):
        give(letter.id, Keeper("DRH"), actor=kossi, **act)
    with pytest.raises(Forbidden):
        confirm(letter.id, actor=who("sg"), **act)
    with pytest.raises(Conflict):
        declare(letter.id, exists=False, actor=kossi, **act)
    confirm(letter.id, actor=who("daf"), **act)
    assert at(house, kossi, letter) == DAF
    history = paper(house, kossi, letter).history
    assert [each.way for each in history] == [Way.CAPTURE, Way.CONFIRMED]
    assert history[1].received_by == "M. Agbodjan"
    with pytest.raises(Conflict):
        confirm(letter.id, actor=who("daf"), **act)


def test_who_has_it_or_the_registry_hands_it_over_and_takes_it_back(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    act: Any = {"store": house.store, "clock": house.clock}
    with pytest.raises(Forbidden):
        give(letter.id, DAF, actor=who("sg"), **act)
    for keeper, code in (
        (Keeper(), Refused),
        (Keeper("BOC"), Refused),
        (Keeper("CEET"), NotFound),
        (Keeper("DAF", "SG-1"), NotFound),
    ):
        with pytest.raises(code):
            give(letter.id, keeper, actor=kossi, **act)
    give(letter.id, Keeper(outside="  Coursier du Mono "), actor=kossi, **act)
    coming = paper(house, kossi, letter).coming
    assert coming is not None
    assert coming.keeper.outside == "Coursier du Mono"
    with pytest.raises(Forbidden):
        withdraw(letter.id, actor=who("sg"), **act)
    withdraw(letter.id, actor=kossi, **act)
    assert at(house, kossi, letter) == Keeper("BOC")
    give(letter.id, DAF, actor=kossi, **act)


def test_paper_goes_to_nobody_who_is_not_cleared_for_it(house: House, kossi: Actor, who: Who) -> None:
    receipt = send(house, kossi, letter_pdf(subject="Réservé"))
    letter = decide(house, kossi, receipt.letter_id, confidentiality="confidentiel")
    chief = who("lawson")
    with pytest.raises(Refused, match="habilité"):
        give(letter.id, Keeper("DAF-COMPTA", "DAF-A1"), store=house.store, actor=chief, clock=house.clock)
    give(letter.id, DAF, store=house.store, actor=chief, clock=house.clock)


def test_lent_paper_is_asked_back_from_who_has_it_and_shown_to_the_registry(
    house: House, letter: Letter, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    today = house.clock().date()
    act: Any = {"store": house.store, "clock": house.clock}
    with pytest.raises(Refused, match="est passé"):
        give(letter.id, DAF, today - timedelta(days=1), actor=kossi, **act)
    give(letter.id, DAF, today, actor=kossi, **act)
    assert to_return(house, kossi) == [], "not yet in anybody's hands"
    confirm(letter.id, actor=who("daf"), **act)
    assert to_return(house, kossi) == to_return(house, who("daf")) == [letter.id]
    assert to_return(house, who("sg")) == []
    assert overdue(house, today) == []
    assert overdue(house, today + timedelta(days=1)) == [letter.id]
    assert client.get("/api/v1/papers/overdue", headers=bearer(house, "kossi")).json() == []
    shown = client.get(f"/api/v1/letters/{letter.id}/paper", headers=bearer(house, "sg")).json()
    assert (shown["keeper"]["position"], shown["return_by"]) == ("DAF-1", today.isoformat())
    assert client.get(f"/api/v1/letters/{letter.id}/paper", headers=bearer(house, "ceet")).status_code == 404
    back = {"entity": "BOC"}
    for login, address, body in (("daf", "paper", back), ("kossi", "paper/receipt", None)):
        assert (
            client.post(f"/api/v1/letters/{letter.id}/{address}", headers=bearer(house, login), json=body).status_code
            == 200
        )
    assert at(house, kossi, letter) == Keeper("BOC")
    assert to_return(house, kossi) == []


def overdue(house: House, day: date) -> list[str]:
    with house.store.unit() as unit:
        return [each.letter_id for each in unit.custody.overdue(day)]


def test_a_letter_born_electronic_has_no_paper_until_the_registry_says_so(
    house: House, kossi: Actor, who: Who, client: httpx.Client
) -> None:
    act: Any = {"store": house.store, "clock": house.clock}
    sent = client.post(
        "/api/v1/letters",
        files={"file": ("lettre.pdf", letter_pdf(), "application/pdf")},
        headers=bearer(house, "kossi"),
    )
    letter = decide(house, kossi, sent.json()["id"])
    assert paper(house, kossi, letter) == PaperFile(None, None, (), {})
    with pytest.raises(Conflict, match="Aucun original papier"):
        give(letter.id, DAF, actor=kossi, **act)
    with pytest.raises(Forbidden):
        declare(letter.id, exists=True, actor=who("daf"), **act)
    declare(letter.id, exists=True, actor=kossi, **act)
    declare(letter.id, exists=True, actor=kossi, **act)
    assert at(house, kossi, letter) == Keeper("BOC")
    assert len(paper(house, kossi, letter).history) == 1
    declare(letter.id, exists=False, actor=kossi, **act)
    assert paper(house, kossi, letter).standing is None
