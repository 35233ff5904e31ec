"""The index beside the letters, on both engines: drift is found and put right, a refused letter stops no other."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import httpx
import psycopg
import pytest

from api.config import SearchSettings, Settings
from api.deps import COOKIE, Csrf
from api.embedded.ports import LOOPBACK, free_port
from api.index_check import check_index
from api.wiring import House, open_house
from api.worker import drain_index, renew_index
from ged.errors import Unavailable
from ged.mail.indexing import TRIES, Drift
from ged.services.sign_in import actor_of
from integration.test_acknowledgement import signed_in
from rooms.house import driver_url
from rooms.letters import letter_pdf, send
from rooms.server import served
from rooms.values import a_letter, a_page
from search.document import document
from search.port import Query


def letters_of(house: House, count: int) -> list[str]:
    """Register letters without having them read, and index them."""
    kossi = actor_of("kossi", store=house.store, clock=house.clock)
    pdf = letter_pdf()
    ids = [send(house, kossi, pdf + b"%%%d\n" % n, f"{n}.pdf").letter_id for n in range(count)]
    drain_index(house)
    return ids


def touched(house: House, letter_id: str, **changes: object) -> None:
    """Change a letter, the outbox told."""
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None, lock=True)
        unit.letters.change(letter, **changes)
        unit.outbox.add(letter_id, house.clock())
        unit.commit()


def behind_the_back(house: House, query: str, *values: object) -> None:
    with psycopg.connect(driver_url(house.database_url), autocommit=True) as connection:
        connection.execute(query.encode(), values)


def test_each_sort_of_drift_is_found_and_put_right(any_house: House) -> None:
    missing, stale, ahead, waiting, sound = letters_of(any_house, 5)
    touched(any_house, waiting, subject="Attend d'être indexé")
    any_house.index.remove([missing])
    behind_the_back(any_house, "UPDATE letter SET revision = revision + 1, subject = 'Changé' WHERE id = %s", stale)
    newer = document(a_letter(id=ahead, revision=99, subject="D'une autre vie"), [])
    any_house.index.put([newer, document(a_letter(id="orphelin"), [a_page("oublié")])])

    drift = Drift(letters=5, missing=1, stale=1, ahead=1, orphans=1)
    assert check_index(any_house, repair=False).drift == drift
    found = check_index(any_house)
    assert (found.drift, found.repaired) == (drift, True)
    drain_index(any_house)
    assert check_index(any_house).drift == Drift(letters=5)
    with any_house.store.unit() as unit:
        assert any_house.index.revisions([missing, stale, ahead, waiting, sound, "orphelin"]) == unit.letters.revisions(
            [missing, stale, ahead, waiting, sound]
        )
        assert unit.index_state.last_check() is not None
    admin = actor_of("admin", store=any_house.store, clock=any_house.clock)
    assert admin.person_id is not None
    with any_house.store.unit() as unit:
        told = [one.notice.kind for one in unit.notices.listed(admin.person_id, admin)]
    assert told == ["index_ecart", "index_ecart"], "one notice a check that found something"


def test_writes_under_way_are_no_drift(any_house: House) -> None:
    ids, stop = letters_of(any_house, 12), threading.Event()
    kossi = actor_of("kossi", store=any_house.store, clock=any_house.clock)

    def write() -> None:
        n = 0
        while not stop.is_set():
            touched(any_house, ids[n % 12], subject=f"Objet {n}")
            if n % 5 == 0:
                send(any_house, kossi, b"%PDF-1.4 " + letter_pdf()[9:] + b"%%nouveau %d\n" % n, f"n{n}.pdf")
            n += 1

    def index() -> None:
        while not stop.is_set():
            drain_index(any_house)

    threads = [threading.Thread(target=each) for each in (write, index)]
    for each in threads:
        each.start()
    try:
        found = [check_index(any_house).drift]
        while len(found) < 12 or (found[-1].letters == found[0].letters and threads[0].is_alive()):
            found.append(check_index(any_house).drift)
    finally:
        stop.set()
        for each in threads:
            each.join()
    assert {one.found for one in found} == {0}
    assert found[-1].letters > found[0].letters, "letters came in meanwhile"


def later(house: House, minutes: int) -> House:
    return replace(house, clock=lambda: house.clock() + timedelta(minutes=minutes))


def test_a_letter_that_the_engine_refuses_stops_no_other_and_is_set_aside_after_some_tries(
    settings: Settings, elasticsearch_url: str
) -> None:
    search = SearchSettings(kind="elasticsearch", url=elasticsearch_url, prefix=f"ged{uuid4().hex[:10]}")
    with open_house(settings.model_copy(update={"search": search})) as house:
        faulty, *others = letters_of(house, 3)
        touched(house, faulty, sender_reference="9" * 40_000)
        for each in others:
            touched(house, each, subject="Barrage")
        drain_index(house)
        tokens = actor_of("kossi", store=house.store, clock=house.clock).tokens()
        assert {hit.id for hit in house.index.search(Query("barrage"), tokens).hits} == set(others)
        with house.store.unit() as unit:
            assert unit.outbox.lag()[0] == 0
            assert unit.index_state.set_aside() == (), "it is tried again first"
        assert check_index(house).drift.found == 0, "what was refused is known, and no drift"
        for n in range(1, TRIES):
            drain_index(later(house, 30 * n))
        with house.store.unit() as unit:
            (aside,) = unit.index_state.set_aside()
        assert aside.entry == faulty
        assert "999" not in aside.reason
        touched(house, faulty, sender_reference="9/2026")
        drain_index(house)
        with house.store.unit() as unit:
            assert unit.index_state.count_set_aside() == 0, "changed, it was taken"


def test_refused_letters_are_shown_to_the_administrator_and_tried_again(house: House, client: httpx.Client) -> None:
    (faulty,) = letters_of(house, 1)
    with house.store.unit() as unit:
        for _ in range(TRIES):
            unit.index_state.refused({faulty: "illegal_argument_exception"}, house.clock())
        unit.commit()
    shown = unescape(client.get("/etat", headers=signed_in(house, "admin")).text)
    assert "1 courrier mis à l'écart" in shown
    assert "illegal_argument_exception" in shown
    others = unescape(client.get("/etat", headers=signed_in(house, "kossi")).text)
    assert "1 courrier mis à l'écart" in others
    assert "illegal_argument_exception" not in others

    def retry(login: str) -> int:
        session = signed_in(house, login)
        token = Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token
        return client.post("/etat/recherche", headers=session, data={"csrf_token": token}).status_code

    assert retry("kossi") == httpx.codes.FORBIDDEN
    assert retry("admin") == httpx.codes.SEE_OTHER
    drain_index(house)
    with house.store.unit() as unit:
        assert unit.index_state.count_set_aside() == 0
    assert "mis à l'écart" not in unescape(client.get("/etat", headers=signed_in(house, "admin")).text)


def test_a_search_that_is_behind_says_by_how_many_letters_one_may_read(house: House, client: httpx.Client) -> None:
    mine, other = letters_of(house, 2)
    touched(house, other, confidentiality="secret")
    touched(house, mine, subject="Barrage")
    me = signed_in(house, "kossi")
    behind_the_back(house, "UPDATE outbox SET at = at + interval '1 hour'")
    assert "en retard" not in client.get("/recherche?q=barrage", headers=me).text, "a moment is no delay"
    behind_the_back(house, "UPDATE outbox SET at = at - interval '2 hours'")
    shown = unescape(client.get("/recherche?q=barrage", headers=me).text)
    assert "La recherche est en retard : 1 courrier nouveau ou modifié n'y est pas encore." in shown
    drain_index(house)
    assert "en retard" not in client.get("/recherche?q=barrage", headers=me).text


def test_while_the_engine_is_away_the_page_keeps_the_search_and_says_what_waits(
    settings: Settings, elasticsearch_url: str
) -> None:
    away = SearchSettings(kind="elasticsearch", url=f"http://{LOOPBACK}:{free_port()}", prefix=f"ged{uuid4().hex[:10]}")
    with open_house(settings.model_copy(update={"search": away})) as house, served(house) as address:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        letter_id = send(house, kossi, letter_pdf()).letter_id
        with pytest.raises(Unavailable):
            drain_index(house)
        behind_the_back(house, "UPDATE outbox SET at = at - interval '1 minute'")
        answer = httpx.get(f"{address}/recherche?q=gravier", headers=signed_in(house, "kossi"))
        assert answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
        shown = unescape(answer.text)
        assert "La recherche est en retard : 1 courrier" in shown
        assert 'name="q" value="gravier"' in shown
        status = unescape(httpx.get(f"{address}/etat", headers=signed_in(house, "kossi")).text)
        assert "Ne répond pas" in status
    back = away.model_copy(update={"url": elasticsearch_url})
    with open_house(settings.model_copy(update={"search": back})) as house:
        drain_index(house)
        assert house.index.revisions([letter_id]) == {letter_id: 1}
        assert check_index(house).drift == Drift(letters=1)


def test_an_index_of_an_earlier_version_is_made_anew_by_the_worker(house: House, settings: Settings) -> None:
    ids = letters_of(house, 3)
    (settings.data / "index" / "current").write_text("d'avant")
    assert house.index.report().outdated
    touched(house, ids[0], subject="Barrage")
    drain_index(house)
    assert renew_index(house) == 3
    assert renew_index(house) == 0
    tokens = actor_of("kossi", store=house.store, clock=house.clock).tokens()
    assert [hit.id for hit in house.index.search(Query("barrage"), tokens).hits] == [ids[0]]
    assert check_index(house).drift == Drift(letters=3)
