"""The same acts as JSON: a draft is written, sent round, approved and sent back; links; never signed by a token."""

from __future__ import annotations

import httpx

from api.wiring import House
from ged.mail.access import Actor
from properties.test_register import register_one
from rooms.server import bearer

STAGES = [
    {"kind": "visa", "approvers": [{"entity": "DAF", "position": "DAF-1"}], "delay_days": 2},
    {"kind": "signature", "approvers": [{"entity": "MME", "position": "MIN"}]},
]


def test_a_draft_goes_round_as_json(house: House, client: httpx.Client) -> None:
    officer, chief, minister = (bearer(house, login) for login in ("comptable", "daf", "ministre"))
    written = {"subject": "Réponse", "recipients": ["SCM"], "text": "C'est accordé.", "stages": STAGES}
    strange = client.post("/api/v1/drafts", json=written | {"copies": [{"entity": "NULLE"}]}, headers=officer)
    assert (strange.status_code, strange.json()["code"]) == (404, "move.destination")
    written["copies"] = [{"entity": "CAB"}, {"label": "Préfecture"}]
    draft = client.post("/api/v1/drafts", json=written, headers=officer).raise_for_status().json()
    assert client.get("/api/v1/draft-baskets", headers=officer).json() == {"a-viser": 0, "mes-projets": 1}
    address = f"/api/v1/drafts/{draft['id']}"
    assert client.get(address, headers=minister).status_code == 200  # above the unit that writes
    assert client.get(address, headers=bearer(house, "drh")).status_code == 404
    order = {"act": "envoyer", "revision": draft["revision"], "digest": draft["digest"]}
    sent = client.post(f"{address}/acts", json=order, headers=officer).raise_for_status().json()
    assert sent["waiting"] == [{"entity": "DAF", "position": "DAF-1"}]
    listed = client.get("/api/v1/draft-baskets/a-viser", headers=chief).json()
    assert (listed["total"], listed["drafts"][0]["id"]) == (1, draft["id"])
    early = client.post(
        f"{address}/acts", json=order | {"act": "viser", "revision": sent["revision"]}, headers=minister
    )
    assert (early.status_code, early.json()["code"]) == (403, "draft.party")
    stale = client.post(f"{address}/acts", json=order | {"act": "viser"}, headers=chief)
    assert (stale.status_code, stale.json()["code"]) == (409, "draft.stale")
    refusal = order | {"act": "refuser", "revision": sent["revision"], "text": "Citer le décret."}
    refused = client.post(f"{address}/acts", json=refusal, headers=chief).raise_for_status().json()
    assert refused["state"] == "refuse_visa"
    second = written | {"text": "Vu le décret, c'est accordé.", "revision": refused["revision"], "comment": "Décret"}
    changed = client.post(f"{address}/versions", json=second, headers=officer).raise_for_status().json()
    again = order | {"revision": changed["revision"], "digest": changed["digest"]}
    sent = client.post(f"{address}/acts", json=again, headers=officer).raise_for_status().json()
    approved = {"act": "viser", "revision": sent["revision"], "digest": sent["digest"]}
    ready = client.post(f"{address}/acts", json=approved, headers=chief).raise_for_status().json()
    assert ready["state"] == "a_signer"
    token = {"act": "signer", "revision": ready["revision"], "digest": ready["digest"]}
    assert client.post(f"{address}/acts", json=token, headers=minister).json()["code"] == "draft.state"
    assert client.post(f"{address}/notes", json={"text": "Bien."}, headers=minister).status_code == 204
    file = client.get(address, headers=minister).raise_for_status().json()
    assert [one["number"] for one in file["versions"]] == [1, 2]
    assert [one["entity"] for one in file["versions"][0]["copies"]] == ["CAB", ""]
    assert [one["act"] for one in file["acts"]][-2:] == ["viser", "annoter"]
    assert file["circuit"][0]["visas"][-1]["digest"] == changed["digest"]


def test_letters_are_bound_as_json(house: House, client: httpx.Client, kossi: Actor) -> None:
    first, second = (register_one(house.store, kossi, data) for data in (b"one", b"two"))
    clerk = bearer(house, "kossi")
    address = f"/api/v1/letters/{first.letter_id}/links"
    asked = {"kind": "annule_et_remplace", "number": second.number}
    bound = client.post(address, json=asked, headers=clerk).raise_for_status().json()
    assert bound["number"] == second.number
    seen = client.get(f"/api/v1/letters/{second.letter_id}/links", headers=clerk).json()
    assert [(one["kind"], one["forward"], one["number"]) for one in seen] == [
        ("annule_et_remplace", False, first.number)
    ]
    assert client.delete(f"{address}/annule_et_remplace/{second.letter_id}", headers=clerk).status_code == 204
    assert client.get(address, headers=clerk).json() == []
