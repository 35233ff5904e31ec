"""Letters that say what is asked in other words come below those that hold the words, for whoever may read them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape

import httpx
import psycopg
import pytest

from api.config import MeaningSettings, Settings
from api.embedded.ports import LOOPBACK, free_port
from api.wiring import House, open_house
from api.worker import drain_index, make_meanings, renew_index
from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.listing import ListedLetter
from ged.services.sign_in import actor_of
from ged.store.changes import Changes
from integration.test_acknowledgement import signed_in
from integration.test_index_state import behind_the_back, touched
from rooms.disposals import disposed, over
from rooms.house import driver_url
from rooms.letters import decide, letter_pdf, read_all, send
from rooms.server import bearer
from search.find import Answer, find
from search.port import Query
from search.rebuild import rebuild

Who = Callable[[House], Actor]
STOLEN, DAM = "Vol de câble à Atakpamé", "Construction du barrage d'Adjarala"
ASKED = "fils dérobés à Atakpamé"
"""What was stolen where, in other words; but for the place, which is too little to be found by."""


@pytest.fixture
def settings(grand_settings: Settings, embeddings_url: str) -> Settings:
    return grand_settings.model_copy(update={"meaning": MeaningSettings(url=embeddings_url)})


@pytest.fixture
def kossi_of() -> Who:
    """The mailroom clerk, in a house that the test opens."""
    return lambda house: actor_of("kossi", store=house.store, clock=house.clock)


@pytest.fixture
def letters(house: House, kossi: Actor) -> dict[str, str]:
    """A letter about a theft and one about a dam, read, by subject."""
    return {subject: brought(house, kossi, subject) for subject in (STOLEN, DAM)}


def brought(house: House, kossi: Actor, subject: str) -> str:
    """A letter that came in, was qualified, read and indexed."""
    one = send(house, kossi, letter_pdf(subject=subject, reference=f"{len(subject)}/2026", body=f"{subject}."))
    decide(house, kossi, one.letter_id, service_id="DAF", subject=subject)
    read_all(house)
    drain_index(house)
    return one.letter_id


def asked(house: House, actor: Actor, words: str, **more: object) -> Answer[ListedLetter]:
    query = Query(words, **more)  # type: ignore[arg-type]
    return find(query, index=house.index, store=house.store, actor=actor, meaning=house.meaning)


def near(answer: Answer[ListedLetter]) -> list[str]:
    return [one.row.letter.id for one in answer.near]


def known(house: House) -> None:
    make_meanings(house)
    drain_index(house)


def test_other_words_find_it_once_the_model_had_time_on_the_page_and_by_the_api(
    house: House, kossi: Actor, letters: dict[str, str], client: httpx.Client
) -> None:
    known(house)
    answer = asked(house, kossi, ASKED)
    assert answer.found == ()
    assert near(answer) == [letters[STOLEN]]
    assert near(asked(house, kossi, "stolen wires in Atakpamé")) == [letters[STOLEN]], "in another language"
    page = unescape(client.get(f"/recherche?q={ASKED}", headers=signed_in(house, "kossi")).text)
    below = page[page.index("Proches par le sens") :]
    assert f"/courrier/{letters[STOLEN]}?" in below
    assert letters[DAM] not in below
    told = client.get(f"/api/v1/search?q={ASKED}", headers=bearer(house, "kossi")).json()
    assert [one["letter"]["id"] for one in told["near"]] == [letters[STOLEN]]
    status = client.get("/etat", headers=signed_in(house, "admin"))
    assert "Modèle de sens" in status.text


@pytest.mark.parametrize(
    "exactly",
    ['fils "dérobés à Atakpamé"', "objet:fils dérobés Atakpamé", f"{ASKED} -barrage", "dérobés", f"{ASKED} 12/2026"],
)
def test_what_is_asked_to_the_letter_is_not_looked_for_by_meaning(
    house: House, kossi: Actor, letters: dict[str, str], exactly: str
) -> None:
    known(house)
    assert letters
    assert near(asked(house, kossi, exactly)) == []


def test_a_letter_found_by_its_words_is_not_shown_again(house: House, kossi: Actor, letters: dict[str, str]) -> None:
    known(house)
    answer = asked(house, kossi, "vol câble")
    assert [one.row.letter.id for one in answer.found] == [letters[STOLEN]]
    assert near(answer) == []


def test_filters_and_rights_hold_and_a_letter_closed_a_moment_ago_is_not_shown(
    house: House, kossi: Actor, who: Callable[[str], Actor], letters: dict[str, str]
) -> None:
    known(house)
    daf = who("daf")
    assert near(asked(house, daf, ASKED)) == [letters[STOLEN]]
    assert near(asked(house, daf, ASKED, services=("DRH",))) == []
    assert near(asked(house, replace(daf, posts=()), ASKED)) == []
    closed = "UPDATE letter SET confidentiality = %s, service_id = 'DRH' WHERE id = %s"
    behind_the_back(house, closed, Confidentiality.CONFIDENTIAL.value, letters[STOLEN])
    assert near(asked(house, daf, ASKED)) == [], "the index does not know it yet"


def test_a_letter_that_says_something_else_is_put_into_a_vector_again(
    house: House, kossi: Actor, letters: dict[str, str]
) -> None:
    known(house)
    with house.store.unit() as unit:
        assert unit.meanings.count_waiting() == 0
    touched(house, letters[DAM], subject="Incendie de l'entrepôt de carburant")
    drain_index(house)
    with house.store.unit() as unit:
        assert unit.meanings.count_waiting() == 1
    known(house)
    assert letters[DAM] in near(asked(house, kossi, "un feu dans un dépôt d'essence"))


def test_a_model_that_is_away_stops_nothing_and_its_work_waits(settings: Settings, kossi_of: Who) -> None:
    away = settings.model_copy(update={"meaning": MeaningSettings(url=f"http://{LOOPBACK}:{free_port()}/v1")})
    with open_house(away) as house:
        kossi = kossi_of(house)
        stolen = brought(house, kossi, STOLEN)
        with pytest.raises(Unavailable, match="modèle de sens"):
            make_meanings(house)
        answer = asked(house, kossi, "vol câble")
        assert [one.row.letter.id for one in answer.found] == [stolen]
        assert near(asked(house, kossi, ASKED)) == []
    with open_house(settings) as house:
        known(house)
        assert near(asked(house, kossi, ASKED)) == [stolen]


def test_an_index_without_vectors_is_made_anew_for_a_model_and_no_vector_twice(
    settings: Settings, kossi_of: Who
) -> None:
    with open_house(settings.model_copy(update={"meaning": MeaningSettings()})) as house:
        kossi = kossi_of(house)
        stolen = brought(house, kossi, STOLEN)
        assert near(asked(house, kossi, ASKED)) == []
    with open_house(settings) as house:
        assert house.index.report().outdated
        assert renew_index(house) == 1
        known(house)
        assert near(asked(house, kossi, ASKED)) == [stolen]
        rebuild(Changes(house.store), house.index, house.clock, meanings=house.meanings)
        assert make_meanings(house) == 0
        assert near(asked(house, kossi, ASKED)) == [stolen]


def test_of_a_letter_that_was_destroyed_no_vector_is_left(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    letter_id = over(house, kossi, "L", data=letter_pdf(reference="L", subject=STOLEN, body=STOLEN), read=True)
    drain_index(house)
    known(house)

    def vectors() -> int:
        query = "SELECT model FROM letter_meaning WHERE letter_id = %s"
        with psycopg.connect(driver_url(house.database_url)) as connection:
            return len(connection.execute(query, (letter_id,)).fetchall())

    assert vectors() == 1
    disposed(house, who)
    assert vectors() == 0
    drain_index(house)
    known(house)
    assert vectors() == 0
    assert near(asked(house, who("audit"), ASKED)) == []
