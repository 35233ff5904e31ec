"""Another service's letter, tried by every door: the answer is always that there is no such letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.deps import COOKIE
from api.wiring import House
from api.worker import drain_index
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.legal_hold import Scope
from ged.services import consult, hold
from ged.services.export import export
from ged.services.hold import NewHold
from ged.services.sign_in import set_password, sign_in
from ged.services.verify import verify_file, verify_letter
from rooms.letters import decide, letter_pdf, proving, read_all, send, verifying
from rooms.server import bearer
from search.find import find
from search.port import Query


@pytest.fixture
def confidential(house: House, kossi: Actor, who: Callable[[str], Actor]) -> str:
    """A letter for the legal affairs, confidential, read and indexed."""
    receipt = send(house, kossi, letter_pdf(subject="Recours contre la décision n° 118"))
    read_all(house)
    decide(house, who("lawson"), receipt.letter_id, service_id="DAJ", confidentiality="confidentiel")
    drain_index(house)
    return receipt.letter_id


INSIDE = ("daj", "sg", "ministre", "lawson", "audit", "archives")
OUTSIDE = ("daf", "comptable", "mines", "ceet", "ceetdg", "admin", "kossi")
PATHS = (
    "/api/v1/letters/{id}",
    "/api/v1/letters/{id}/original",
    "/api/v1/letters/{id}/rendition",
    "/api/v1/letters/{id}/pages/1/image",
    "/api/v1/letters/{id}/proof",
)


def test_who_may_read_it_gets_it_by_every_address(house: House, confidential: str, client: httpx.Client) -> None:
    for login in INSIDE:
        headers = bearer(house, login)
        for path in PATHS:
            answer = client.get(path.format(id=confidential), headers=headers)
            assert answer.status_code == httpx.codes.OK, (login, path)


def test_who_may_not_finds_nothing_by_any_address(house: House, confidential: str, client: httpx.Client) -> None:
    for login in OUTSIDE:
        headers = bearer(house, login)
        for path in PATHS:
            answer = client.get(path.format(id=confidential), headers=headers)
            unknown = client.get(path.format(id="0" * 22), headers=headers)
            assert answer.status_code == httpx.codes.NOT_FOUND, (login, path)
            assert answer.content == unknown.content, (login, path)
        decision = {"revision": 1, "subject": "x"}
        address = f"/api/v1/letters/{confidential}"
        assert client.post(f"{address}/qualification", headers=headers, json=decision).status_code in {403, 404}
        assert client.post(f"{address}/hold?reason=x", headers=headers).status_code in {403, 404}
        for words in ("recours", "118", "transformateur", "ARR-2026-000001", ""):
            found = client.get("/api/v1/search", params={"q": words, "facets": "true"}, headers=headers).json()
            assert (found["total"], found["found"]) == (0, []), (login, words)
            assert not any(found["facets"].values())
        assert client.get("/api/v1/letters", headers=headers).json()["total"] == 0


def test_who_may_not_finds_nothing_by_any_service(
    house: House, confidential: str, who: Callable[[str], Actor], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.pdf"
    copy.write_bytes(letter_pdf(subject="Recours contre la décision n° 118"))
    reading: dict[str, Any] = {"store": house.store, "vault": house.vault}
    for login in OUTSIDE:
        actor = who(login)
        acts: list[Callable[[], Any]] = [
            partial(consult.letter, confidential, store=house.store, actor=actor),
            partial(consult.letter_file, confidential, store=house.store, actor=actor, clock=house.clock),
            partial(consult.by_number, f"ARR-{house.clock().year}-000001", store=house.store, actor=actor),
            partial(consult.page_image, confidential, 1, 909, actor=actor, clock=house.clock, **reading),
            partial(consult.original, confidential, actor=actor, clock=house.clock, **reading),
            partial(consult.searchable, confidential, actor=actor, clock=house.clock, **reading),
            partial(verify_letter, confidential, **verifying(house, actor)),
            partial(export, confidential, tmp_path, **proving(house, actor)),
            partial(
                hold.place,
                NewHold(Scope.LETTER, confidential, "motif"),
                store=house.store,
                actor=actor,
                clock=house.clock,
            ),
        ]
        for act in acts:
            with pytest.raises((NotFound, Forbidden)) as error:
                act()
            assert error.value.code in {"letter.unknown", "access.right"}, (login, act)
        with copy.open("rb") as stream:  # not even the very bytes tell that the letter is here
            letter, verdict = verify_file(stream, "", **verifying(house, actor))
        assert (letter, verdict.outcome) == (None, "inconnu")
    assert list(tmp_path.glob("ARR*")) == []


def test_nobody_without_a_token_gets_anything(confidential: str, client: httpx.Client) -> None:
    for path in (*PATHS, "/api/v1/letters", "/api/v1/search", "/api/v1/lists", "/api/v1/status"):
        for headers in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic a29zc2k6eA=="}):
            answer = client.get(path.format(id=confidential), headers=headers)
            assert answer.status_code == httpx.codes.FORBIDDEN
            assert answer.headers["content-type"] == "application/problem+json"


def test_every_page_asks_who_one_is(confidential: str, client: httpx.Client) -> None:
    pages: tuple[str, ...] = (
        "/",
        "/b/a-qualifier",
        "/numeriser",
        f"/courrier/{confidential}",
        f"/courrier/{confidential}/page/1/image",
    )
    pages += (
        f"/courrier/{confidential}/original",
        f"/courrier/{confidential}/copie",
        f"/courrier/{confidential}/texte",
    )
    pages += (
        "/registres/arrivee",
        "/registres/depart",
        "/impressions",
        "/registres/impressions/x",
        "/recherche?q=recours",
        "/verifier",
        "/etat",
        "/compte",
    )
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == httpx.codes.SEE_OTHER, page
        assert answer.headers["location"].startswith("/connexion?suite=")
        assert b"Recours" not in answer.content


def test_an_address_that_is_none_keeps_the_menu_and_the_language_of_whoever_is_signed_in(
    house: House, client: httpx.Client
) -> None:
    set_password("audit", "mot-de-passe-essai", store=house.store, clock=house.clock)
    secret = sign_in("audit", "mot-de-passe-essai", store=house.store, clock=house.clock).secret
    known = client.get("/nulle-part", headers={"Cookie": f"{COOKIE}={secret}"})
    stranger = client.get("/nulle-part")
    assert (known.status_code, stranger.status_code) == (httpx.codes.NOT_FOUND, httpx.codes.NOT_FOUND)
    assert ("This address does not exist" in known.text, 'href="/journal"' in known.text) == (True, True)
    assert ("Cette adresse n'existe pas" in stranger.text, 'href="/journal"' in stranger.text) == (True, False)


def test_a_post_that_ended_opens_nothing_any_more(house: House, confidential: str, who: Callable[[str], Actor]) -> None:
    daj = who("daj")
    assert find(Query("recours"), index=house.index, store=house.store, actor=daj).total == 1
    with house.store.unit() as unit:
        unit.organisation.end_other_holdings((), house.clock().date())
        unit.commit()
    gone = who("daj")
    assert gone.posts == ()
    assert find(Query("recours"), index=house.index, store=house.store, actor=gone).total == 0
    with pytest.raises(NotFound):
        consult.letter(confidential, store=house.store, actor=gone)


def test_a_letter_reclassified_a_moment_ago_is_not_shown_from_an_index_that_lags(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    receipt = send(house, kossi, letter_pdf())
    read_all(house)
    assert find(Query("transformateur"), index=house.index, store=house.store, actor=kossi).total == 1
    decide(house, who("lawson"), receipt.letter_id, service_id="DAJ", confidentiality="confidentiel")
    answer = find(Query("transformateur"), index=house.index, store=house.store, actor=kossi)
    assert (answer.total, answer.found) == (0, ())
