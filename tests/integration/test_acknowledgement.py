"""The acknowledgement: printed, scanned again, followed by a stranger; it confirms and tells nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

import cv2
import httpx
import pypdfium2
import pytest

from api.deps import COOKIE
from api.wiring import House
from ged.mail.access import Actor
from ged.services.sign_in import set_password, sign_in
from rooms.letters import decide, letter_pdf, send

SENDER = "Société des Carrières du Mono"


def signed_in(house: House, login: str) -> dict[str, str]:
    set_password(login, "mot-de-passe-essai", store=house.store, clock=house.clock)
    secret = sign_in(login, "mot-de-passe-essai", store=house.store, clock=house.clock).secret
    return {"Cookie": f"{COOKIE}={secret}"}


@pytest.fixture
def letter_id(house: House, kossi: Actor) -> str:
    receipt = send(house, kossi, letter_pdf())
    decide(house, kossi, receipt.letter_id)
    return receipt.letter_id


def scanned(pdf: bytes) -> str:
    """Read the QR of a printed page as a phone does: from its picture."""
    image = pypdfium2.PdfDocument(pdf)[0].render(scale=150 / 72).to_numpy()
    found, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(found)


def test_the_paper_leads_a_stranger_to_a_page_that_tells_no_content(
    house: House, letter_id: str, client: httpx.Client
) -> None:
    clerk = signed_in(house, "kossi")
    first = client.get(f"/courrier/{letter_id}/accuse.pdf", headers=clerk)
    again = client.get(f"/courrier/{letter_id}/accuse.pdf", headers=clerk)
    text = pypdfium2.PdfDocument(first.content)[0].get_textpage().get_text_range()
    assert "ARR-" in text
    assert SENDER in text
    address = scanned(first.content)
    assert address == scanned(again.content)
    path = urlsplit(address).path
    shown = client.get(path)
    assert shown.status_code == 200
    assert "ARR-" in shown.text
    for told in (SENDER, "autorisation", "0123/2026", "DAF", letter_id):
        assert told not in shown.text
    for data, said in ((letter_pdf(), "octet pour octet"), (letter_pdf() + b" ", "pas celui")):
        answer = client.post(path, files={"fichier": ("copie.pdf", data)})
        assert answer.status_code == 200
        assert said in answer.text
    assert client.post(path).status_code == 422
    assert client.get("/accuse/" + "A" * 22).status_code == 404


def test_who_does_not_keep_the_register_gives_no_acknowledgement(
    house: House, letter_id: str, client: httpx.Client
) -> None:
    assert client.get(f"/courrier/{letter_id}/accuse.pdf", headers=signed_in(house, "daf")).status_code == 403
    assert client.get(f"/courrier/{letter_id}/accuse.pdf", headers=signed_in(house, "ceet")).status_code == 404
