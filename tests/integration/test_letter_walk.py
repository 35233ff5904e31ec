"""One letter through every room, on each pair of engines: captured, sealed, read, qualified, found, verified."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from api.config import Settings
from api.wiring import open_house
from api.worker import drain_index
from ged.mail.item import Reading, Sealing, State
from ged.mail.qualification import Field
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.export import export
from ged.services.sign_in import actor_of
from ged.services.verify import verify_file, verify_letter
from rooms.letters import decide, letter_pdf, proving, read_all, send, verifying
from search.find import find
from search.port import Query


@pytest.fixture(params=["embedded", "servers"])
def chosen(request: pytest.FixtureRequest) -> Settings:
    name = "settings" if request.param == "embedded" else "grand_settings"
    settings: Settings = request.getfixturevalue(name)
    return settings


def test_one_letter_from_the_scanner_to_the_auditor(chosen: Settings, tmp_path: Path) -> None:
    scan = letter_pdf()
    with open_house(chosen) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        receipt = send(house, kossi, scan, "scan 1.pdf")
        assert receipt.number == f"ARR-{house.clock().year}-000001"

        read_all(house)
        file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
        assert file.letter.state is State.TO_QUALIFY
        assert file.letter.sealing is Sealing.SEALED
        assert file.letter.reading is Reading.READY
        assert file.letter.original == hashlib.sha256(scan).hexdigest()
        assert "transformateur existant" in " ".join(file.pages[0].text.split())
        assert file.proposals[Field.SUBJECT].value == "Demande d'autorisation d'exploitation"
        assert file.proposals[Field.LETTER_DATE].value == "2026-10-12"
        assert file.proposals[Field.SENDER_REFERENCE].value == "0123/2026/SCM/DG"
        assert {image.width_px for image in file.images} == {909, 1800}

        decided = decide(house, kossi, receipt.letter_id)
        assert decided.state is State.ASSIGNED
        drain_index(house)

        daf = actor_of("daf", store=house.store, clock=house.clock)
        answer = find(Query("transformateur existnat", counted=True), index=house.index, store=house.store, actor=daf)
        assert [found.row.letter.number for found in answer.found] == [receipt.number]
        assert answer.facets["kind"] == {"demande": 1}
        passage = answer.found[0].passage
        assert passage is not None
        assert [text for text, lit in passage.pieces if lit] == ["transformateur existant"]

        audit = actor_of("audit", store=house.store, clock=house.clock)
        proof = proving(house, audit)
        assert verify_letter(receipt.letter_id, **verifying(house, audit)).outcome is Outcome.INTACT
        copy, tampered = tmp_path / "copy.pdf", tmp_path / "tampered.pdf"
        copy.write_bytes(scan)
        tampered.write_bytes(scan.replace(b"%%EOF", b"%%EOG"))
        with copy.open("rb") as stream:
            letter, verdict = verify_file(stream, "", **verifying(house, audit))
        assert (letter is not None, verdict.outcome) == (True, Outcome.INTACT)
        with tampered.open("rb") as stream:
            _, verdict = verify_file(stream, receipt.number, **verifying(house, audit))
        assert verdict.outcome is Outcome.ALTERED
        with tampered.open("rb") as stream:
            letter, verdict = verify_file(stream, "", **verifying(house, audit))
        assert (letter, verdict.outcome) == (None, Outcome.UNKNOWN)

        export(receipt.letter_id, tmp_path / "out", **proof)

    folder = tmp_path / "out" / receipt.number
    assert (folder / "original.pdf").read_bytes() == scan
    assert _openssl_accepts(folder, folder / "original.pdf")
    assert not _openssl_accepts(folder, tampered)


def _openssl_accepts(folder: Path, document: Path) -> bool:
    """Whether the commands of our LISEZMOI, run by a stranger's openssl, accept a document."""
    command: list[str | Path] = [
        "openssl",
        "cms",
        "-verify",
        "-cades",
        "-binary",
        "-inform",
        "DER",
        "-in",
        folder / "original.p7s",
    ]
    command += ["-content", document, "-CAfile", folder / "chaine.pem", "-purpose", "any", "-out", "/dev/null"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_same_bytes_again_are_one_letter_that_came_twice(chosen: Settings) -> None:
    with open_house(chosen) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        first = send(house, kossi, letter_pdf(), "a.pdf")
        again = send(house, kossi, letter_pdf(), "b.pdf")
        other = send(house, kossi, letter_pdf(reference="0124/2026/SCM/DG"), "c.pdf")
        assert (again.number, again.again) == (first.number, True)
        assert (first.number[-1], other.number[-1]) == ("1", "2")
        arrivals = consult.letter_file(first.letter_id, store=house.store, actor=kossi, clock=house.clock).arrivals
        assert [arrival.filename for arrival in arrivals] == ["a.pdf", "b.pdf"]
