"""Lists as data: loaded, edited and loaded again; what left them stays readable; each tenant sees its own."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from api.model_folder import read_folder
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.lists import TermList
from ged.mail.organisation import Organisation
from ged.services import consult
from ged.services.establish import establish
from ged.services.menu import count_menu
from rooms.house import PILOT
from rooms.server import bearer


@pytest.fixture
def pilot() -> Organisation:
    return read_folder(PILOT)


def test_a_list_that_was_edited_is_the_one_in_use_and_what_left_it_stays_readable(
    house: House, pilot: Organisation, kossi: Actor
) -> None:
    old = pilot.templates[0]
    data = b"PK of a later version"
    digest = hashlib.sha256(data).hexdigest()
    edited = replace(
        pilot,
        terms=tuple(
            replace(term, label_fr="Par la poste") if term.code == "poste" else term
            for term in pilot.terms
            if term.code != "telecopie"
        ),
        templates=(replace(old, digest=digest), *pilot.templates[2:]),
        files={**pilot.files, digest: data},
    )
    for _ in range(2):
        establish(edited, store=house.store, clock=house.clock)
    lists = consult.lists(store=house.store, actor=kossi, clock=house.clock)
    names = {term.code: term.label("fr") for term in lists.delivery_modes}
    assert names["poste"] == "Par la poste"
    assert "telecopie" not in names
    assert [each.code for each in lists.templates] == ["reponse", "rejet", "transmission", "note_service"]
    with house.store.unit() as unit:
        assert unit.lists.template_file(digest) == data
        assert unit.lists.template_file(old.digest) == pilot.files[old.digest]
        with pytest.raises(NotFound):
            unit.lists.template_file("0" * 64)


def test_a_level_is_called_what_the_folder_calls_it(house: House, pilot: Organisation, kossi: Actor) -> None:
    terms = [replace(term, label_fr="Réservé") if term.code == "confidentiel" else term for term in pilot.terms]
    establish(replace(pilot, terms=tuple(terms)), store=house.store, clock=house.clock)
    levels = count_menu(lambda _views: [], [], store=house.store, actor=kossi).levels
    assert levels["confidentiel"].label("fr") == "Réservé"
    assert {term.list for term in levels.values()} == {TermList.LEVEL}


def test_a_tenant_sees_its_own_letterheads_and_templates(
    house: House, client: httpx.Client, who: Callable[[str], Actor]
) -> None:
    seen = client.get("/api/v1/lists", headers=bearer(house, "ceetdg")).json()
    assert {one["id"] for one in seen["delivery_modes"]} >= {"poste", "coursier", "courriel", "whatsapp"}
    assert {one["id"] for one in seen["transmittal_kinds"]} >= {"envoi", "transmission", "soit_transmis"}
    assert "note_service" not in {one["id"] for one in seen["templates"]}
    lists = consult.lists(store=house.store, actor=who("ceetdg"), clock=house.clock)
    assert {each.entity_id for each in lists.letterheads} == {"CEET"}
