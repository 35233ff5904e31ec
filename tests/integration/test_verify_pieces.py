"""Whatever was sealed is recognised by its bytes: annexes, pieces, inventories; by those it is open to."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import pytest

from api.deps import COOKIE, Csrf
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.annex import AnnexKind
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.kept import KeptFile, KeptKind
from ged.seal.verify import Outcome
from ged.services import consult, succeed
from ged.services.attach import attach
from ged.services.sealed_files import Sort
from ged.services.verify import verify_file, verify_piece
from integration.test_acknowledgement import signed_in
from integration.test_verify_at_rest import flipped
from rooms.letters import letter_pdf, read_all, send, verifying

ANNEX, KEPT = b"%PDF-1.7 talon", b"%PDF-1.7 fiche"


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    """A letter with a sealed annex and a sealed piece."""
    receipt, now = send(house, kossi, letter_pdf()), house.clock()
    found = consult.letter(receipt.letter_id, store=house.store, actor=kossi)
    joined, kept = (house.vault.put(BytesIO(each), media_type="application/pdf") for each in (ANNEX, KEPT))
    with house.store.unit() as unit:
        attach(
            unit, found, AnnexKind.RECEIPT, joined, media_type="application/pdf", label="Talon", actor=kossi, now=now
        )
        unit.arrivals.know(kept, "application/pdf", now)
        unit.kept_files.add(
            KeptFile("k" * 22, found.id, KeptKind.SLIP, kept.digest, kept.size, "application/pdf", "fiche.pdf", now,
                     kossi.name, None)
        )  # fmt: skip
        unit.queue.defer("seal_kept", kept_id="k" * 22)
        unit.commit()
    read_all(house)
    return consult.letter(found.id, store=house.store, actor=kossi)


def presented(house: House, actor: Actor, data: bytes, number: str = "") -> tuple[Sort | None, Outcome, set[Any]]:
    what, verdict = verify_file(BytesIO(data), number, **verifying(house, actor))
    return (what.sort if what else None), verdict.outcome, set(verdict.answers.values())


def test_a_sealed_piece_is_known_by_its_bytes_and_stored_bytes_are_read_anew(
    house: House, kossi: Actor, letter: Letter
) -> None:
    good = (Outcome.INTACT, {True})
    for number in ("", letter.number):
        assert presented(house, kossi, ANNEX, number) == (Sort.ANNEX, *good)
        assert presented(house, kossi, KEPT, number) == (Sort.KEPT, *good)
    assert presented(house, kossi, ANNEX + b" ")[:2] == (None, Outcome.UNKNOWN)
    assert presented(house, kossi, ANNEX + b" ", letter.number)[:2] == (Sort.ORIGINAL, Outcome.ALTERED)
    with house.store.unit() as unit:
        (annex,) = unit.annexes.of(letter.id)
    by = verifying(house, kossi)
    assert verify_piece(letter.id, annex.id, **by)[1].outcome is Outcome.INTACT
    for one in house.vault.objects():
        if one.digest == annex.digest and one.suffix in {"", "p7s"}:
            path = house.settings.data / "vault" / one.name
            before = flipped(path, path.stat().st_size // 2)
            assert verify_piece(letter.id, annex.id, **by)[1].outcome is Outcome.ALTERED, one.suffix
            path.write_bytes(before)
    with house.store.unit() as unit:
        told = [line.details for line in unit.journal.of(letter.id) if line.act is Act.VERIFIED]
    assert [each["outcome"] for each in told if each.get("piece") == annex.id] == [
        *["intact"] * 3, "altere", "altere"
    ]  # fmt: skip


def test_what_is_not_open_to_the_asker_is_unknown(
    house: House, kossi: Actor, who: Callable[[str], Actor], letter: Letter
) -> None:
    stranger = who("ceet")
    for data in (ANNEX, KEPT):
        assert presented(house, stranger, data)[:2] == (None, Outcome.UNKNOWN)
    with pytest.raises(NotFound):
        verify_piece(letter.id, "k" * 22, **verifying(house, stranger))
    other = send(house, kossi, letter_pdf(subject="Autre"))
    with pytest.raises(NotFound) as error:
        verify_piece(other.letter_id, "k" * 22, **verifying(house, kossi))
    assert error.value.code == "annex.unknown"


def test_an_inventory_is_known_by_those_whom_it_regards(house: House, who: Callable[[str], Actor]) -> None:
    daf, pdf = who("daf"), b"%PDF-1.7 inventaire"
    by: dict[str, Any] = {"store": house.store, "vault": house.vault, "signer": house.signer, "clock": house.clock}
    succeed.make("DAF-1", render=lambda _: pdf, actor=daf, **by)
    assert presented(house, daf, pdf) == (Sort.INVENTORY, Outcome.INTACT, {True})
    assert presented(house, who("ceet"), pdf)[:2] == (None, Outcome.UNKNOWN)


def test_the_letter_page_offers_it_and_the_three_answers_are_shown(
    house: House, letter: Letter, client: httpx.Client
) -> None:
    session = signed_in(house, "kossi")
    typed = {"csrf_token": Csrf(session["Cookie"].removeprefix(f"{COOKIE}=")).token}
    act = f"/courrier/{letter.id}/piece-scellee/{'k' * 22}/verifier"
    assert act in client.get(f"/courrier/{letter.id}", headers=session).text
    said = {"fr": ("Pièce gardée avec le courrier", "oui"), "en": ("Piece kept with the item", "yes")}
    for language, words in said.items():
        cookies = {"Cookie": f"{session['Cookie']}; ged_langue={language}"}
        shown = client.post(act, headers=session | cookies, data=typed).text
        assert [word for word in words if word not in shown] == []
        assert shown.count('<div class="good"><dt>') == 3
        assert "\\," not in shown
    sent = client.post("/verifier", headers=session, data=typed, files={"fichier": ("talon.pdf", ANNEX)}).text
    assert "Annexe du courrier : Talon" in sent
    assert letter.number in sent
