"""A letter that quotes one of ours: the bond is proposed with its reason, and made with the decision, never without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.correspondent import Card, Sort
from ged.mail.links import LinkKind
from ged.mail.qualification import Field
from ged.services import consult
from ged.services.cited_letters import cited_letters
from ged.services.keep_correspondent import correct, enter
from ged.services.read_contacts import read_contacts
from rooms.departures import signed
from rooms.letters import decide, letter_pdf, read_all, send

Who = Callable[[str], Actor]


def test_a_quoted_number_is_proposed_as_what_the_letter_answers_and_bound_by_who_decides(
    house: House, kossi: Actor, who: Who
) -> None:
    ours = signed(house, who("daf"), who("ministre"))
    receipt = send(house, kossi, letter_pdf(quoted=ours.number.lower().replace("-", " / "), subject="Suite donnée"))
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    (found,) = cited_letters(file.letter, file.proposals, store=house.store, actor=who("daf"))
    assert (found.letter.id, found.number, found.kind) == (ours.id, ours.number, LinkKind.ANSWERS)
    assert found.quoted.evidence is not None
    with house.store.unit() as unit:
        assert unit.links.of(receipt.letter_id, None) == ()

    decide(house, kossi, receipt.letter_id, bonds=((ours.id, LinkKind.ANSWERS),))
    with house.store.unit() as unit:
        bound = [(one.kind, one.letter_id, one.forward) for one in unit.links.of(receipt.letter_id, None)]
    assert bound == [(LinkKind.ANSWERS, ours.id, True)]
    assert cited_letters(file.letter, file.proposals, store=house.store, actor=who("daf")) == []


def test_whoever_may_not_read_a_quoted_letter_is_not_told_of_it(house: House, kossi: Actor, who: Who) -> None:
    ours = signed(house, who("daf"), who("ministre"))
    receipt = send(house, kossi, letter_pdf(quoted=ours.number))
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    stranger = who("drh")
    assert file.proposals[Field.OUR_REFERENCE].value == ours.number
    assert cited_letters(file.letter, file.proposals, store=house.store, actor=stranger) == []


def test_what_a_letter_says_of_its_sender_is_offered_to_the_card_until_it_holds_it(
    house: House, kossi: Actor, who: Who
) -> None:
    receipt = send(house, kossi, letter_pdf())
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    asked: dict[str, Any] = {"store": house.store, "actor": kossi}
    assert read_contacts(file.letter, file.proposals, **asked) is None, "nobody of that name is known"
    name = file.proposals[Field.SENDER].value
    known = enter(Card(Sort.ORGANISATION, name), store=house.store, actor=kossi, clock=house.clock)
    offered = read_contacts(file.letter, file.proposals, **asked)
    assert offered is not None
    assert (offered.correspondent.id, offered.address) == (known.id, "B.P. 1234")
    card = Card(Sort.ORGANISATION, name, addresses=("B.P. 1234, Kpalimé",))
    correct(known.id, card, revision=known.revision, store=house.store, actor=kossi, clock=house.clock)
    assert read_contacts(file.letter, file.proposals, **asked) is None
