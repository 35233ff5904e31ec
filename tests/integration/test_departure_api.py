"""Departures by programs: read, planned, sent off, answered, called back; pages that print; nothing for who may not."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.item import Letter
from rooms.departures import TEXT, signed, to_be_signed
from rooms.letters import letter_pdf
from rooms.server import bearer

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, who: Who) -> Letter:
    return signed(house, who("daf"), who("ministre"))


def test_a_program_plans_sends_answers_and_recalls(house: House, letter: Letter, client: httpx.Client) -> None:
    office, address = bearer(house, "kossi"), f"/api/v1/letters/{letter.id}"
    before = client.get(f"{address}/sendings", headers=office).json()["sendings"]
    assert [each["recipient"] for each in before] == list(TEXT.recipients)
    plans = [
        {"recipient": "Société des Carrières du Mono", "way": "poste", "address": "Kpalimé"},
        {"recipient": "CEET", "way": "plateforme", "tenant_id": "CEET"},
    ]
    stale = client.put(f"{address}/sendings", headers=office, json={"plans": plans, "seen": []})
    assert (stale.status_code, stale.json()["code"]) == (409, "dispatch.stale")
    given = {"plans": plans, "seen": [each["id"] for each in before]}
    post, platform = client.put(f"{address}/sendings", headers=office, json=given).json()
    assert client.post(f"{address}/dispatch", headers=office, json=[post["id"]]).json()["state"] == "a_expedier"
    assert client.post(f"{address}/dispatch", headers=office).json()["state"] == "expedie"
    told = client.get(f"{address}/sendings", headers=office).json()["sendings"][1]
    assert (told["id"], told["state"]) == (platform["id"], "ar_recu")
    assert client.get(f"/accuse/{told['receipt']}").status_code == 200
    back = client.delete(f"{address}/sendings/{platform['id']}", headers=office)
    assert (back.status_code, back.json()["code"]) == (409, "dispatch.too_late")
    said = client.post(f"{address}/sendings/{post['id']}/answer", headers=office, json={"state": "remis"})
    assert said.json()["state"] == "remis"
    for login in ("ceet", "drh"):
        assert client.get(f"{address}/sendings", headers=bearer(house, login)).status_code == 404
    assert client.post(f"{address}/dispatch", headers=bearer(house, "audit")).status_code == 403


def test_a_draft_is_seen_as_pdf_and_a_signed_copy_needs_a_print(
    house: House, letter: Letter, client: httpx.Client, who: Who
) -> None:
    draft = to_be_signed(house, who("daf"))
    seen = client.get(f"/api/v1/drafts/{draft.id}/preview.pdf", headers=bearer(house, "ministre"))
    assert seen.content.startswith(b"%PDF-")
    assert client.get(f"/api/v1/drafts/{draft.id}/preview.pdf", headers=bearer(house, "drh")).status_code == 404
    files = {"file": ("scan.pdf", letter_pdf())}
    sent = client.post(f"/api/v1/letters/{letter.id}/signed-copy", headers=bearer(house, "kossi"), files=files)
    assert (sent.status_code, sent.json()["code"]) == (422, "ink.none")
