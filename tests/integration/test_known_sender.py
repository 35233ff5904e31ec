"""Who writes, as the directory knows it: misread names mended, likelier names chosen, nothing invented."""

from __future__ import annotations

import pytest

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.correspondent import Card, Sort
from ged.mail.page import Box, Evidence
from ged.mail.qualification import SURE, Field, Proposal
from ged.services.keep_correspondent import enter
from ged.services.known_sender import known_sender

KNOWN = Card(
    Sort.ORGANISATION,
    "Société des Carrières du Mono",
    phones=("+228 90 11 22 33",),
    emails=("contact@carrieresmono.tg",),
)


def said(field: Field, value: str, confidence: float) -> Proposal:
    seen = Evidence(1, Box(0.1, 0.1, 0.4, 0.12))
    return Proposal(field, value, confidence, seen, "champs 0")


def senders(house: House, actor: Actor, *found: Proposal) -> list[Proposal]:
    with house.store.unit() as unit:
        told = known_sender(unit, actor.post.tenant_id, found)
    return [each for each in told if each.field is Field.SENDER]


@pytest.mark.parametrize(
    ("read", "leads_to"),
    [
        ("Sociélé des Carrieres du Mcno", "Société des Carrières du Mono"),
        ("Société des Carrières du Mono", "Société des Carrières du Mono"),
        ("Société des Barrages du Mono", "Société des Barrages du Mono"),
    ],
)
def test_a_misread_name_is_written_as_the_directory_has_it_and_another_is_left(
    house: House, kossi: Actor, read: str, leads_to: str
) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    (found,) = senders(house, kossi, said(Field.SENDER, read, 0.6))
    assert found.value == leads_to
    assert (found.confidence > 0.6) == (leads_to == KNOWN.name)


def test_a_known_name_is_likelier_than_one_that_nobody_knows(house: House, kossi: Actor) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    names = (said(Field.SENDER, "Yao Dogbé", 0.5), said(Field.SENDER, KNOWN.name, 0.3))
    (found,) = senders(house, kossi, *names)
    assert (found.value, found.sure) == (KNOWN.name, False)


def test_whom_the_telephone_leads_to_is_told_through_a_name_that_was_cut(house: House, kossi: Actor) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    phone = said(Field.PHONE, "(228) 90.11.22.33", 0.99)
    (found,) = senders(house, kossi, said(Field.SENDER, "Sociéié de Carrières du M", 0.7), phone)
    assert (found.value, found.sure) == (KNOWN.name, True)
    (alone,) = senders(house, kossi, said(Field.SENDER, "Sociéié de Carrières du M", 0.7))
    assert alone.value == "Sociéié de Carrières du M"


def test_an_address_alone_is_shown_as_doubtful_and_another_name_stands(house: House, kossi: Actor) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    email = said(Field.EMAIL, "contact@carrieresmono.tg", 0.99)
    (found,) = senders(house, kossi, email)
    assert (found.value, found.evidence) == (KNOWN.name, email.evidence)
    assert found.confidence < SURE
    (other,) = senders(house, kossi, said(Field.SENDER, "Mairie de Bassar", 0.9), email)
    assert other.value == "Mairie de Bassar"


def test_a_telephone_that_two_share_speaks_for_neither(house: House, kossi: Actor) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    twin = Card(Sort.ORGANISATION, "Granulats du Zio", phones=KNOWN.phones)
    enter(twin, store=house.store, actor=kossi, clock=house.clock)
    assert senders(house, kossi, said(Field.PHONE, "90 11 22 33", 0.99)) == []


def test_a_known_name_is_likelier_than_the_part_of_it_that_was_taken_for_the_sender(house: House, kossi: Actor) -> None:
    enter(KNOWN, store=house.store, actor=kossi, clock=house.clock)
    names = (said(Field.SENDER, "Société des Carrières", 0.9), said(Field.SENDER, KNOWN.name, 0.01))
    (found,) = senders(house, kossi, *names)
    assert found.value == KNOWN.name
    enter(Card(Sort.ORGANISATION, "Société des Carrières"), store=house.store, actor=kossi, clock=house.clock)
    (found,) = senders(house, kossi, *names)
    assert found.value == "Société des Carrières"


def test_a_misread_name_that_is_nearly_two_is_left(house: House, kossi: Actor) -> None:
    for name in ("Commune de Bassar", "Commune de Bassan"):
        enter(Card(Sort.ORGANISATION, name), store=house.store, actor=kossi, clock=house.clock)
    (found,) = senders(house, kossi, said(Field.SENDER, "Commune de Bassac", 0.6))
    assert found.value == "Commune de Bassac"


def test_a_misread_name_is_found_among_many_that_share_some_of_its_words(house: House, kossi: Actor) -> None:
    names = [f"Atelier {number:02d}, Carrelage et Sociétés" for number in range(70)]
    for name in (*names, "Union des Carrières et Sociétés du Mono"):
        enter(Card(Sort.ORGANISATION, name), store=house.store, actor=kossi, clock=house.clock)
    (found,) = senders(house, kossi, said(Field.SENDER, "Uníon des Carriéres et Soclétés du Mcno", 0.6))
    assert found.value == "Union des Carrières et Sociétés du Mono"
