"""The search page reads and writes one language: what is ticked is what could have been typed."""

from __future__ import annotations

import re
from html import unescape

import httpx

from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, read_all, send


def test_a_file_code_is_typed_ticked_and_suggested_with_all_that_is_under_it(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    sent = {
        code: send(house, kossi, letter_pdf(subject=f"Gravier {code}", reference=f"{code}/2026"))
        for code in ("D1", "D2", "C2")
    }
    for code, one in sent.items():
        decide(house, kossi, one.letter_id, service_id="DAF", subject=f"Gravier {code}", file_code=code)
    read_all(house)
    drain_index(house)
    me = signed_in(house, "kossi")

    def page(address: str) -> str:
        answer = client.get(address, headers=me)
        assert answer.status_code == httpx.codes.OK, address
        return unescape(answer.text)

    def shown(address: str) -> list[str]:
        text = page(address)
        return [code for code, one in sent.items() if f"/courrier/{one.letter_id}?" in text]

    assert shown("/recherche?q=gravier cote:D") == ["D1", "D2"]
    assert shown("/recherche?q=cote:mines-et-carrieres") == ["D1", "D2"]
    assert shown("/recherche?q=gravier cote:c2") == ["C2"]
    branch = page("/recherche?q=gravier cote:D")
    assert re.search(r'value="D" checked> <span>D · Mines et carrières</span> <b>2</b>', branch)
    assert re.search(r'value="D1"> <span>D1 · Titres miniers</span> <b>1</b>', branch)
    ticked = client.get("/recherche?q=gravier&cote=D&cote=D1", headers=me).headers["location"]
    assert ticked == "/recherche?q=gravier+cote%3AD1"
    assert "« cote:Z9 » n'est pas dans le plan en vigueur" in page("/recherche?q=cote:Z9")

    assert "cote:D1" in page("/recherche/suggestions?q=cote:titres")
    assert "cote:D2" in page("/recherche/suggestions?q=gravier cote:d")
    assert "cote:D1" in page("/recherche/suggestions?q=titres")


def test_what_is_ticked_is_written_and_what_is_written_is_ticked(
    house: House, kossi: Actor, client: httpx.Client
) -> None:
    bill = send(house, kossi, letter_pdf(subject="Facture de gravier", reference="77/2026/X"))
    plea = send(house, kossi, letter_pdf(subject="Plainte sur le gravier", reference="78/2026/X"))
    decide(house, kossi, bill.letter_id, service_id="DAF", kind="facture", subject="Facture de gravier")
    decide(house, kossi, plea.letter_id, service_id="DAF", kind="plainte", subject="Plainte sur le gravier")
    read_all(house)
    drain_index(house)
    me = signed_in(house, "kossi")

    def page(address: str) -> str:
        answer = client.get(address, headers=me)
        assert answer.status_code == httpx.codes.OK, address
        return unescape(answer.text)

    ticked = client.get("/recherche?q=gravier&nature=facture&service=DAF&du=01/01/2026&au=", headers=me)
    assert ticked.headers["location"] == "/recherche?q=gravier+nature%3Afacture+service%3Adaf+depuis%3A01%2F01%2F2026"
    shown = page(ticked.headers["location"])
    assert (bill.number in shown, plea.number in shown) == (True, False)
    assert 'value="facture" checked' in shown
    assert 'name="du" value="01/01/2026"' in shown

    assert plea.number in page("/recherche?q=objet:plainte depuis:cette-année")
    assert plea.number not in page("/recherche?q=gravier avant:2020")
    unread = client.get("/recherche?q=gravier&du=bientôt", headers=me).headers["location"]
    assert "« depuis:bientot » : cette date ne se lit pas" in page(unread)
    assert "« couleur: » n'est pas un champ" in page("/recherche?q=gravier couleur:rouge")

    assert "/recherche?q=objet%3AFacture+gravier" in page("/recherche?q=objet:factrue gravier")
    assert "Vouliez-vous dire" not in page("/recherche?q=factures de gravier")

    through = page(f"/courrier/{bill.letter_id}?dans=recherche&q=nature:facture")
    assert "1 sur 1" in through, "the way through the hits keeps to what was asked"
