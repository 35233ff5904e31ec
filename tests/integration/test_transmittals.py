"""Sheets that go with paper: numbered without a hole, printed with a QR that reads back, discharged in three ways."""

from __future__ import annotations

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import cv2
import httpx
import numpy as np
import pypdfium2
import pytest
import zxingcpp

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.baskets import basket_of
from ged.mail.custody import Keeper, Way
from ged.mail.item import Letter
from ged.mail.transmittal import Transmittal
from ged.services import consult
from ged.services.discharge import Signed, receive_by_code, sign_letter, sign_transmittal
from ged.services.hand_over import confirm, give, paper_file
from ged.services.transmit import Wanted, cancel, transmit, transmittal
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer
from scripts.sample_letters.spoil import WAYS

Who = Callable[[str], Actor]
DAF = Keeper("DAF")


@pytest.fixture
def letters(house: House, kossi: Actor) -> list[Letter]:
    """Three letters of two services, their paper with the registry."""
    found = []
    for number, service in enumerate(("DAF", "DAF", "DRH")):
        receipt = send(house, kossi, letter_pdf(reference=f"{number}/2026"))
        found.append(decide(house, kossi, receipt.letter_id, service_id=service, subject=f"Objet {number}"))
    return found


def sheet(house: House, actor: Actor, letters: list[Letter], to: Keeper | None = DAF, **said: Any) -> Transmittal:
    wanted = Wanted("transmission", tuple(each.id for each in letters), to, **said)
    return transmit(wanted, store=house.store, actor=actor, clock=house.clock)[0]


def keeper(house: House, actor: Actor, letter: Letter) -> Keeper | None:
    standing = paper_file(letter.id, store=house.store, actor=actor).standing
    return standing.keeper if standing else None


def drawing() -> bytes:
    image = np.full((240, 720, 4), 0, np.uint8)
    cv2.line(image, (20, 200), (700, 40), (61, 33, 20, 255), 4)
    return cv2.imencode(".png", image)[1].tobytes()


def test_one_sheet_a_service_and_numbers_without_a_hole(
    house: House, kossi: Actor, letters: list[Letter], who: Who
) -> None:
    made = transmit(
        Wanted("transmission", tuple(each.id for each in letters)), store=house.store, actor=kossi, clock=house.clock
    )
    assert [(one.number[:-5], one.keeper.entity_id, len(one.lines)) for one in made] == [
        (f"BT-BOC-{house.clock().year}", "DAF", 2),
        (f"BT-BOC-{house.clock().year}", "DRH", 1),
    ]
    assert [one.sequence for one in made] == [1, 2]
    with pytest.raises(Conflict, match=letters[0].number):
        sheet(house, kossi, letters[:1])
    cancel(made[1].id, store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Refused):
        cancel(made[1].id, store=house.store, actor=kossi, clock=house.clock)
    again = sheet(house, kossi, letters[2:], Keeper("DRH"))
    assert again.sequence == 3, "neither the refused one took a number, nor was the cancelled one's given again"
    assert transmittal(made[0].id, store=house.store, actor=who("daf")).awaited == 2
    for stranger in ("ceet", "reseau"):
        with pytest.raises(NotFound):
            transmittal(made[0].id, store=house.store, actor=who(stranger))


def test_two_clerks_at_once_make_two_numbers_and_never_one_letter_twice(
    house: House, kossi: Actor, letters: list[Letter], who: Who
) -> None:
    def try_one(actor: Actor, chosen: list[Letter]) -> str:
        try:
            return sheet(house, actor, chosen).number
        except Conflict as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        calls = ((kossi, letters), (who("mensah"), letters[::-1]))
        given = list(pool.map(lambda call: try_one(*call), calls))
    assert sorted(given) == [f"BT-BOC-{house.clock().year}-0001", "custody.coming"]


def test_the_paper_to_hand_over_leaves_the_list_with_its_sheet(
    house: House, kossi: Actor, letters: list[Letter]
) -> None:
    def waiting() -> set[str]:
        listing = basket_of("papier-a-remettre", kossi).listing(kossi, house.clock().date())
        return {row.letter.id for row in consult.letters(listing, store=house.store, actor=kossi).rows}

    assert waiting() == {each.id for each in letters}
    sheet(house, kossi, letters[:2])
    assert waiting() == {letters[2].id}


def test_a_restricted_letter_is_a_number_on_the_sheet(house: House, letters: list[Letter], who: Who) -> None:
    receipt = send(house, who("lawson"), letter_pdf(subject="Affaire réservée"))
    secret = decide(house, who("lawson"), receipt.letter_id, confidentiality="confidentiel", subject="Affaire réservée")
    made = sheet(house, who("lawson"), [letters[0], secret], Keeper("DAF", "DAF-1"))
    assert "Objet 0" in made.lines[0].description
    assert made.lines[1].description == f"{secret.number} · Pli à diffusion restreinte"


def test_what_is_signed_on_the_screen_is_kept_and_printed(
    house: House, kossi: Actor, letters: list[Letter], who: Who, client: httpx.Client
) -> None:
    act: Any = {"store": house.store, "vault": house.vault, "clock": house.clock}
    made = sheet(house, kossi, letters[:2])
    for wrong in (Signed(" ", drawing()), Signed("M. Agbodjan", b"GIF89a"), Signed("M. Agbodjan", drawing() * 900)):
        with pytest.raises(Refused):
            sign_transmittal(made.id, wrong, actor=kossi, **act)
    with pytest.raises(NotFound):
        sign_transmittal(made.id, Signed("X. Y", None), actor=who("sg"), **act)
    sign_transmittal(made.id, Signed("M. Agbodjan", drawing()), actor=kossi, **act)
    closed = transmittal(made.id, store=house.store, actor=kossi)
    assert closed.discharge is not None
    assert (closed.awaited, closed.discharge.way, closed.discharge.recorded_by) == (0, Way.SIGNATURE, "A. Kossi")
    assert keeper(house, kossi, letters[0]) == keeper(house, kossi, letters[1]) == DAF
    with house.vault.open(closed.discharge.proof or "") as stream:
        assert stream.read() == drawing()
    with pytest.raises(Refused):
        sign_transmittal(made.id, Signed("Encore", None), actor=kossi, **act)
    pdf = client.get(f"/bordereaux/{made.id}/bordereau.pdf", headers=signed_in(house, "daf"))
    page = pypdfium2.PdfDocument(pdf.content)[0]
    assert "M. Agbodjan" in page.get_textpage().get_text_range()
    assert any(item.type == 3 for item in page.get_objects()), "the drawing is on the paper"
    one = give(letters[2].id, Keeper(outside="Huissier"), store=house.store, actor=kossi, clock=house.clock)
    sign_letter(letters[2].id, Signed("Me Koffi", drawing()), actor=kossi, **act)
    paper = client.get(f"/courrier/{letters[2].id}/papier/{one.id}/decharge.pdf", headers=signed_in(house, "kossi"))
    assert "Me Koffi" in pypdfium2.PdfDocument(paper.content)[0].get_textpage().get_text_range()


def address_on(pdf: bytes, way: str) -> str:
    """Read the QR of a printed page after it was spoilt as scanners do."""
    spoil, dpi = WAYS[way]
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=dpi / 72).to_numpy()
    spoilt = spoil(np.ascontiguousarray(image[..., :3]), np.random.default_rng(4))
    found = zxingcpp.read_barcodes(cv2.cvtColor(spoilt, cv2.COLOR_BGR2GRAY))
    return found[0].text if found else ""


def test_a_bearer_from_outside_attests_by_the_qr_once_and_learns_nothing(
    house: House, kossi: Actor, letters: list[Letter], client: httpx.Client
) -> None:
    made = sheet(house, kossi, letters[:2], Keeper(outside="Coursier du Mono"))
    pdf = client.get(f"/bordereaux/{made.id}/bordereau.pdf", headers=signed_in(house, "kossi")).content
    assert {urlsplit(address_on(pdf, way)).path for way in WAYS} == {f"/d/{made.code}"}
    shown = client.get(f"/d/{made.code}")
    assert made.number in shown.text
    for told in ("Objet 0", letters[0].number, letters[0].id, "Carrières"):
        assert told not in shown.text
    assert client.post(f"/d/{made.code}", data={"nom": " "}).status_code == 422
    foreign = client.post(f"/d/{made.code}", data={"nom": "K. Mono"}, headers={"Origin": "https://ailleurs.example"})
    assert foreign.status_code == 403
    assert "K. Mono" in client.post(f"/d/{made.code}", data={"nom": "K. Mono"}).text
    assert client.post(f"/d/{made.code}", data={"nom": "Un autre"}).status_code == 422
    closed = transmittal(made.id, store=house.store, actor=kossi)
    assert closed.discharge is not None
    assert (closed.discharge.name, closed.discharge.login, closed.discharge.way) == ("K. Mono", None, Way.QR)
    assert keeper(house, kossi, letters[0]) == Keeper(outside="Coursier du Mono")
    assert client.get("/d/" + "A" * 22).status_code == 404


def test_an_old_qr_attests_nothing(house: House, kossi: Actor, letters: list[Letter]) -> None:
    made = sheet(house, kossi, letters[:1])
    with pytest.raises(Refused, match="plus valable"):
        receive_by_code(
            made.code, "Tard", store=house.store, actor=None, clock=lambda: made.expires_at + timedelta(seconds=1)
        )


def test_a_line_attested_by_itself_is_not_attested_again_with_its_sheet(
    house: House, kossi: Actor, letters: list[Letter], who: Who
) -> None:
    made = sheet(house, kossi, letters[:2])
    confirm(letters[0].id, store=house.store, actor=who("daf"), clock=house.clock)
    receive_by_code(made.code, "", store=house.store, actor=who("daf"), clock=house.clock)
    ways = [paper_file(each.id, store=house.store, actor=kossi).history[-1].way for each in letters[:2]]
    assert ways == [Way.CONFIRMED, Way.QR]


def test_the_same_by_json(house: House, letters: list[Letter], client: httpx.Client) -> None:
    clerk, ids = bearer(house, "kossi"), [each.id for each in letters]
    asked = {
        "kind": "soit_transmis",
        "letters": ids[:1],
        "entity": "DAF",
        "mention": "suite",
        "observations": {ids[0]: "urgent"},
    }
    made = client.post("/api/v1/transmittals", json=asked, headers=clerk)
    assert made.status_code == 201
    (one,) = made.json()
    assert (one["number"][:7], one["lines"][0]["observation"]) == ("ST-BOC-", "urgent")
    assert "code" not in one
    refused: list[dict[str, Any]] = [{"kind": "inconnu"}, {"letters": []}, {"mention": "inconnue"}]
    for wrong in refused:
        assert client.post("/api/v1/transmittals", json=asked | wrong, headers=clerk).status_code == 422
    assert client.get("/api/v1/transmittals", headers=bearer(house, "daf")).json() == [one]
    assert client.get("/api/v1/transmittals", headers=bearer(house, "reseau")).json() == []
    assert client.delete(f"/api/v1/transmittals/{one['id']}", headers=bearer(house, "daf")).status_code == 403
    assert client.delete(f"/api/v1/transmittals/{one['id']}", headers=clerk).status_code == 204
    assert client.get(f"/api/v1/transmittals/{one['id']}", headers=clerk).json()["withdrawn_at"]


def test_a_drawing_is_taken_from_a_form_or_refused_in_words(
    house: House, kossi: Actor, letters: list[Letter], client: httpx.Client
) -> None:
    made = sheet(house, kossi, letters[:1])
    head = signed_in(house, "kossi")
    token = (
        client.get(f"/bordereaux/{made.id}", headers=head).text.partition('csrf_token" value="')[2].partition('"')[0]
    )
    good = "data:image/png;base64," + base64.b64encode(drawing()).decode()
    form = {"csrf_token": token, "nom": "M. Agbodjan", "dessin": good, "recu": "1"}
    for wrong in ({"recu": ""}, {"dessin": "data:image/png;base64,é"}, {"dessin": "data:text/html;base64,PGI+"}):
        answer = client.post(f"/bordereaux/{made.id}/decharge", data=form | wrong, headers=head)
        assert answer.status_code == 422
    assert client.post(f"/bordereaux/{made.id}/decharge", data=form, headers=head).status_code == 303


def test_nobody_signs_for_a_letter_that_is_not_theirs_to_give(
    house: House, kossi: Actor, letters: list[Letter], who: Who
) -> None:
    give(letters[0].id, Keeper("DRH"), store=house.store, actor=kossi, clock=house.clock)
    with pytest.raises(Forbidden):
        sign_letter(
            letters[0].id,
            Signed("X. Y", None),
            store=house.store,
            vault=house.vault,
            actor=who("daf"),
            clock=house.clock,
        )
