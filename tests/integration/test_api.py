"""The JSON door: capture with idempotency keys, lists by cursor, qualification, problems as RFC 9457 says."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.wiring import House
from api.worker import drain_index
from ged.mail.journal import Act
from rooms.letters import letter_pdf, read_all
from rooms.server import bearer


def post(client: httpx.Client, headers: dict[str, str], data: bytes, name: str = "lettre.pdf") -> httpx.Response:
    return client.post("/api/v1/letters", headers=headers, files={"file": (name, BytesIO(data))})


def test_a_letter_goes_through_the_api(house: House, client: httpx.Client) -> None:
    headers = bearer(house, "kossi")
    made = post(client, headers, letter_pdf())
    assert made.status_code == httpx.codes.CREATED
    receipt = made.json()
    read_all(house)
    file = client.get(f"/api/v1/letters/{receipt['id']}", headers=headers).json()
    assert file["letter"]["number"] == receipt["number"]
    proposals = {one["field"]: one for one in file["proposals"]}
    assert proposals["date_courrier"]["value"] == "2026-10-12"
    left, top, right, bottom = proposals["date_courrier"]["box"]
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    word = file["pages"][0]["words"][0]
    assert len(word) == 6

    decision = {
        "revision": file["letter"]["revision"],
        "sender": "Société des Carrières du Mono",
        "subject": "Demande d'autorisation",
        "kind": "demande",
        "service": "DAF",
        "letter_date": "2026-10-12",
    }
    address = f"/api/v1/letters/{receipt['id']}/qualification"
    decided = client.post(address, headers=headers, json=decision)
    assert decided.status_code == httpx.codes.OK
    assert decided.json()["state"] == "impute"
    again = client.post(address, headers=headers, json=decision)
    assert again.status_code == httpx.codes.CONFLICT
    assert again.json()["code"] == "letter.revision"

    drain_index(house)
    found = client.get("/api/v1/search", params={"q": "carriere"}, headers=headers).json()
    assert [one["letter"]["number"] for one in found["found"]] == [receipt["number"]]
    assert ["Carrières", True] in found["found"][0]["passage"]
    proof = client.get(f"/api/v1/letters/{receipt['id']}/proof", headers=headers).json()
    assert proof["outcome"] == "intact"
    assert [step["number"] for step in proof["steps"]] == list(range(1, len(proof["steps"]) + 1))


def test_the_same_key_with_the_same_file_registers_once(house: House, client: httpx.Client) -> None:
    headers = bearer(house, "kossi") | {"Idempotency-Key": "scan-1"}
    first, again = post(client, headers, letter_pdf()), post(client, headers, letter_pdf())
    assert first.json() == again.json()
    other = post(client, headers, letter_pdf(reference="0999/2026/X"))
    assert other.status_code in {409, 422}
    assert client.get("/api/v1/letters", headers=headers).json()["total"] == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "capture.empty"),
        (b"MZ\x90\x00" * 20, "capture.unknown_type"),
        (b"PK\x03\x04 zip", "capture.damaged"),
        (b"%PDF-1.7\nnothing", "capture.damaged"),
    ],
)
def test_a_file_that_is_no_letter_is_refused_with_a_sentence_and_a_trace(
    house: House, client: httpx.Client, data: bytes, code: str
) -> None:
    headers = bearer(house, "kossi")
    answer = post(client, headers, data, "note.pdf")
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["title"].endswith(".")
    assert problem["retryable"] is False
    with house.store.unit() as unit:
        found = unit.journal.recent(Act.REFUSED, "kossi")
    assert [(one.details["filename"], one.details["code"]) for one in found] == [("note.pdf", code)]
    assert client.get("/api/v1/letters", headers=headers).json()["total"] == 0


def test_a_list_is_walked_by_its_cursor(house: House, client: httpx.Client) -> None:
    headers = bearer(house, "kossi")
    numbers = [post(client, headers, letter_pdf(reference=f"{n}/2026/X")).json()["number"] for n in range(5)]
    seen: list[str] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get("/api/v1/letters", params=params, headers=headers).json()
        assert page["total"] == 5
        seen += [one["number"] for one in page["letters"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
    assert seen == numbers[::-1]
    year = house.clock().year
    register = client.get(f"/api/v1/registers/arrivee/{year}", headers=headers).json()
    assert [one["number"] for one in register["lines"]] == numbers


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/api/v1/letters?cursor=not-ours", "request.cursor"),
        ("/api/v1/search?cursor=not-ours", "search.cursor"),
        ("/api/v1/letters?limit=0", "request.faulty"),
        ("/api/v1/letters?state=rien", "request.faulty"),
        ("/api/v1/registers/arrivee/deux", "request.faulty"),
    ],
)
def test_a_faulty_question_is_said_so(house: House, client: httpx.Client, path: str, code: str) -> None:
    answer = client.get(path, headers=bearer(house, "kossi"))
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["code"] == code


def test_what_is_missing_from_a_decision_is_said_field_by_field(house: House, client: httpx.Client) -> None:
    headers = bearer(house, "kossi")
    receipt = post(client, headers, letter_pdf()).json()
    address = f"/api/v1/letters/{receipt['id']}/qualification"
    answer = client.post(address, headers=headers, json={"revision": 1, "service": "NULLE-PART"})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert set(answer.json()["faults"]) == {"subject", "sender", "kind", "service_id"}


def test_a_right_that_one_lacks_is_forbidden(house: House, client: httpx.Client) -> None:
    answer = post(client, bearer(house, "daf"), letter_pdf())
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert answer.json()["code"] == "access.right"
    assert (
        client.get(f"/api/v1/registers/arrivee/{house.clock().year}", headers=bearer(house, "daf")).status_code == 403
    )


def test_the_description_of_the_api_names_every_path(client: httpx.Client) -> None:
    described = client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/letters", "/api/v1/search", "/api/v1/verifications", "/api/v1/status"} <= set(described["paths"])


def test_an_address_or_a_method_that_is_none_is_said_so(house: House, client: httpx.Client) -> None:
    assert client.get("/api/v1/nothing").status_code == httpx.codes.NOT_FOUND
    assert (
        client.delete("/api/v1/letters", headers=bearer(house, "kossi")).status_code == httpx.codes.METHOD_NOT_ALLOWED
    )


def test_every_answer_carries_the_strict_headers(client: httpx.Client) -> None:
    for path in ("/connexion", "/static/app.css", "/api/v1/letters", "/nothing"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert headers["x-content-type-options"] == "nosniff"


def test_a_page_names_the_bytes_of_what_it_loads_and_browsers_keep_them(client: httpx.Client) -> None:
    page = client.get("/connexion").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+\.(?:css|js)[^"]*)"', page)
    assert len(addresses) >= 3
    for address in addresses:
        path, _, digest = address.partition("?")
        answer = client.get(address)
        assert hashlib.sha256(answer.content).hexdigest().startswith(digest)
        assert len(digest) == 12
        assert "immutable" in answer.headers["cache-control"]
        assert "immutable" not in client.get(path).headers["cache-control"]
