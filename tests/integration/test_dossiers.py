"""Dossiers: seen by their units, filled by whoever keeps them, and opening no letter to anybody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.dossier import Dossier
from ged.mail.journal import Act
from ged.services import dossier
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


def opened(house: House, actor: Actor, title: str = "Carrière de Tsévié", code: str = "", *units: str) -> Dossier:
    return dossier.begin(code, title, "DAF", units, store=house.store, actor=actor, clock=house.clock)


def own(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


@pytest.fixture
def letters(house: House, kossi: Actor) -> list[str]:
    """One letter with the finance department, one with the personnel department."""
    units = ("DAF", "DRH")
    sent = [send(house, kossi, letter_pdf(reference=unit)).letter_id for unit in units]
    return [decide(house, kossi, each, service_id=unit).id for each, unit in zip(sent, units, strict=True)]


def test_each_reader_sees_and_counts_the_letters_that_are_theirs(
    house: House, letters: list[str], kossi: Actor, who: Who
) -> None:
    one = opened(house, who("daf"), "Carrière de Tsévié", "", "DRH")
    assert one.code == f"{house.clock().year}-DAF-001"
    for letter_id in letters:
        dossier.put_in(one.id, letter_id, **own(house, kossi))
    dossier.put_in(one.id, letters[0], **own(house, kossi))  # again: nothing happens
    shown = {
        login: [row.letter.id for row in dossier.dossier_file(one.id, store=house.store, actor=who(login)).letters.rows]
        for login in ("kossi", "daf", "drh", "sg")
    }
    assert shown == {"kossi": letters, "daf": letters[:1], "drh": letters[1:], "sg": letters}
    assert dossier.dossier_file(one.id, store=house.store, actor=who("drh")).letters.total == 1
    with pytest.raises(NotFound):
        dossier.put_in(one.id, letters[0], **own(house, who("drh")))
    for login in ("mines", "ceet", "ceetdg"):
        with pytest.raises(NotFound):
            dossier.dossier_file(one.id, store=house.store, actor=who(login))
    assert dossier.holding(letters[0], store=house.store, actor=who("daf")) == (one,)
    dossier.take_out(one.id, letters[0], **own(house, kossi))
    assert dossier.holding(letters[0], store=house.store, actor=kossi) == ()
    acts = [line.act for line in dossier.dossier_file(one.id, store=house.store, actor=kossi).journal]
    assert acts == [Act.DOSSIER_OPENED, Act.FILED, Act.FILED, Act.UNFILED]


def test_a_closed_dossier_is_not_touched_until_it_is_open_again(house: House, letters: list[str], kossi: Actor) -> None:
    one = opened(house, kossi)
    dossier.close(one.id, closing=True, **own(house, kossi))
    for act in (dossier.put_in, dossier.take_out):
        with pytest.raises(Refused) as closed:
            act(one.id, letters[0], **own(house, kossi))
        assert closed.value.code == "dossier.closed"
    assert dossier.found("", store=house.store, actor=kossi, only_open=True)[1] == 0
    dossier.close(one.id, closing=False, **own(house, kossi))
    dossier.put_in(one.id, letters[0], **own(house, kossi))


def test_a_dossier_is_found_by_the_beginning_of_words_and_named_by_code_or_words(house: House, kossi: Actor) -> None:
    one = opened(house, kossi)
    other = opened(house, kossi, "Électricité de Tsévié", "ELEC-7")
    assert [each.code for each in dossier.found("tsev", store=house.store, actor=kossi)[0]] == [other.code, one.code]
    for text in ("elec-7", other.label, "electricite"):
        assert dossier.named(text, store=house.store, actor=kossi).id == other.id
    with pytest.raises(Refused) as several:
        dossier.named("tsévié", store=house.store, actor=kossi)
    assert several.value.code == "dossier.several"
    for text in ("", "absent"):
        with pytest.raises(NotFound):
            dossier.named(text, store=house.store, actor=kossi)


def test_codes_are_never_doubled_and_what_cannot_stand_is_refused(house: House, kossi: Actor, who: Who) -> None:
    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(lambda n: opened(house, kossi, f"Affaire {n}").code[-3:], range(4)))
    assert codes == ["001", "002", "003", "004"]
    one = opened(house, kossi, "Affaire", "ELEC-7")
    with pytest.raises(Conflict):
        opened(house, kossi, "Autre", "ELEC-7")
    with pytest.raises(Refused):
        opened(house, kossi, " ")
    with pytest.raises(Refused):
        dossier.begin("", "Titre", "CEET-DG", (), **own(house, kossi))
    with pytest.raises(Forbidden):
        opened(house, who("audit"))
    dossier.correct(one.id, "ELEC-8", "Affaire close", ("DRH",), (), revision=1, **own(house, kossi))
    assert dossier.found("close", store=house.store, actor=who("drh"))[0][0].code == "ELEC-8"
    with pytest.raises(Conflict):
        dossier.correct(one.id, "ELEC-9", "Affaire", (), (), revision=1, **own(house, kossi))


def test_a_program_opens_a_dossier_and_fills_it(
    house: House, letters: list[str], kossi: Actor, client: httpx.Client
) -> None:
    headers, address = bearer(house, "kossi"), "/api/v1/dossiers"
    made = client.post(address, json={"title": "Carrière", "owner": "DAF"}, headers=headers).json()
    assert client.get(address, params={"q": "carr"}, headers=headers).json()["dossiers"] == [made]
    for letter_id in letters:
        put = client.put(f"{address}/{made['id']}/letters/{letter_id}", headers=headers)
        assert put.status_code == httpx.codes.NO_CONTENT
    listed = client.get(f"{address}/{made['id']}/letters", headers=bearer(house, "daf")).json()
    assert [one["id"] for one in listed["letters"]] == letters[:1]
    assert client.get(f"{address}/{made['id']}", headers=bearer(house, "ceet")).status_code == httpx.codes.NOT_FOUND
    gone = client.delete(f"{address}/{made['id']}/letters/{letters[0]}", headers=headers)
    assert gone.status_code == httpx.codes.NO_CONTENT
