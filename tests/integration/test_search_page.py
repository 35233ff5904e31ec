"""The search page reads and writes one language: what is ticked is what could have been typed."""

from __future__ import annotations

from html import unescape

import httpx

from api.wiring import House
from api.worker import drain_index
from ged.mail.access import Actor
from integration.test_acknowledgement import signed_in
from rooms.letters import decide, letter_pdf, read_all, send


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
