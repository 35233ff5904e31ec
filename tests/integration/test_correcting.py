"""Data put right: by the registry when a letter comes back, by the supervisor while it is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest

from api.wiring import House
from api.worker import drain_index
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Confidentiality, Letter, Priority, State
from ged.mail.moves import Destination, Move, Order
from ged.mail.qualification import Decision
from ged.services import consult
from ged.services.correct import correct
from ged.services.route import move
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer
from search.find import find
from search.port import Query

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    return decide(house, kossi, send(house, kossi, letter_pdf()).letter_id)


def do(house: House, actor: Actor, letter_id: str, act: Move, **said: Any) -> Letter:
    with house.store.unit() as unit:
        last = unit.steps.last(letter_id)
    order = Order(act, last.id if last else None, **said)
    return move(letter_id, order, store=house.store, actor=actor, clock=house.clock)


def standing(house: House, actor: Actor, letter_id: str) -> Decision:
    now = consult.letter(letter_id, store=house.store, actor=actor)
    return Decision(
        expected_revision=now.revision,
        sender=now.sender or "",
        recipient=now.recipient or "",
        subject=now.subject or "",
        sender_reference=now.sender_reference or "",
        letter_date=now.letter_date,
        due_date=now.due_date,
        kind=now.kind or "",
        service_id="",
        confidentiality=now.confidentiality,
        priority=now.priority,
    )


def corrected(house: House, actor: Actor, letter_id: str, reason: str = "Erreur de saisie", **changes: Any) -> Letter:
    decision = replace(standing(house, actor, letter_id), **changes)
    return correct(letter_id, decision, reason, store=house.store, actor=actor, clock=house.clock)


def test_a_returned_letter_is_qualified_anew_under_its_number(
    house: House, letter: Letter, kossi: Actor, who: Who
) -> None:
    do(house, who("daf"), letter.id, Move.RETURN, text="Relève des mines")
    again = decide(house, kossi, letter.id, service_id="DGMG", subject="Permis de carrière", due_date=letter.due_date)
    assert (again.state, again.service_id, again.number) == (State.ASSIGNED, "DGMG", letter.number)
    assert (again.due_date, again.delay_days) == (letter.due_date, letter.delay_days)  # still the computed term
    file = consult.letter_file(letter.id, store=house.store, actor=kossi, clock=house.clock)
    assert [taken.values["subject"] for taken in file.decisions] == [letter.subject, "Permis de carrière"]
    assert [step.move for step in file.steps] == [Move.RETURN, Move.ASSIGN]
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=who("daf"))
    with pytest.raises(Conflict):
        decide(house, kossi, letter.id, service_id="DAJ")
    back = do(house, kossi, letter.id, Move.RECALL)
    assert (back.state, back.service_id) == (State.RETURNED, "DAF")


def test_the_supervisor_corrects_a_letter_where_it_lies(house: House, letter: Letter, kossi: Actor, who: Who) -> None:
    chief, supervisor = who("daf"), who("lawson")
    do(house, chief, letter.id, Move.TAKE)
    changed = corrected(
        house,
        supervisor,
        letter.id,
        sender="Mairie de Vogan ; CEET",
        priority=Priority.URGENT,
        due_date=letter.due_date,
    )
    assert (changed.state, changed.service_id, changed.position_id) == (State.IN_PROGRESS, "DAF", "DAF-1")
    assert changed.sender == "Mairie de Vogan ; CEET"
    assert (changed.delay_days, letter.delay_days) == (8, 30)  # the computed term follows the priority
    assert len(consult.named(letter.id, store=house.store, actor=chief)) == 2
    taken = consult.letter_file(letter.id, store=house.store, actor=chief, clock=house.clock).decisions[-1]
    assert (taken.name, taken.values["reason"]) == (supervisor.name, "Erreur de saisie")
    for actor in (kossi, chief, who("audit")):
        with pytest.raises(Forbidden):
            corrected(house, actor, letter.id, subject="Autre objet")


def test_who_is_not_cleared_for_a_raised_level_loses_the_letter_at_once(house: House, letter: Letter, who: Who) -> None:
    chief, accountant, supervisor = who("daf"), who("comptable"), who("lawson")
    do(house, chief, letter.id, Move.ASSIGN, to=Destination("DAF-COMPTA", "DAF-A1"))
    drain_index(house)
    assert find(Query(text="exploitation"), index=house.index, store=house.store, actor=accountant).total == 1
    corrected(house, supervisor, letter.id, "Pièce médicale", confidentiality=Confidentiality.CONFIDENTIAL)
    with pytest.raises(NotFound):
        consult.letter(letter.id, store=house.store, actor=accountant)
    assert not find(Query(text="exploitation"), index=house.index, store=house.store, actor=accountant).found
    drain_index(house)
    assert find(Query(text="exploitation"), index=house.index, store=house.store, actor=accountant).total == 0
    assert consult.letter(letter.id, store=house.store, actor=chief).position_id == "DAF-A1"
    do(house, chief, letter.id, Move.ASSIGN, to=Destination("DAF", "DAF-1"))


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"subject": "Autre"}, " ", "reason"),
        ({"subject": " "}, "Motif", "subject"),
        ({"kind": "inconnue"}, "Motif", "kind"),
        ({"confidentiality": Confidentiality.SECRET}, "Motif", "confidentiality"),
        ({"letter_date": date(2999, 1, 1)}, "Motif", "letter_date"),
    ],
)
def test_a_correction_that_cannot_stand_is_refused_field_by_field(
    house: House, letter: Letter, who: Who, changes: dict[str, Any], reason: str, field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        corrected(house, who("lawson"), letter.id, reason, **changes)
    assert field in refusal.value.diagnostics()["faults"]  # type: ignore[operator]
    assert consult.letter(letter.id, store=house.store, actor=who("lawson")).revision == letter.revision


def test_a_correction_of_nothing_a_stale_one_and_one_of_a_closed_letter_are_refused(
    house: House, letter: Letter, who: Who, client: httpx.Client
) -> None:
    supervisor = who("lawson")
    with pytest.raises(Refused) as nothing:
        corrected(house, supervisor, letter.id)
    assert nothing.value.code == "correction.nothing"
    address, headers = f"/api/v1/letters/{letter.id}/correction", bearer(house, "lawson")
    asked = {"revision": letter.revision, "sender": "X", "subject": "Y", "kind": "demande", "reason": "Z"}
    assert client.post(address, json=asked, headers=headers).json()["subject"] == "Y"
    assert client.post(address, json=asked, headers=headers).status_code == httpx.codes.CONFLICT
    do(house, who("daf"), letter.id, Move.FINISH)
    with pytest.raises(Refused) as closed:
        corrected(house, supervisor, letter.id, subject="Autre")
    assert closed.value.code == "correction.state"
