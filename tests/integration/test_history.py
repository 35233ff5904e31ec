"""The history of a letter that went its way: on the page, in a table, on paper, by command, with digests that hold."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.wiring import House
from ged.errors import Forbidden, NotFound
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.moves import Destination, Move, Order
from ged.services import note
from ged.services.route import move
from ged.services.tell_history import Medium, tell_history
from rooms.letters import decide, letter_pdf, send
from rooms.server import bearer

Who = Callable[[str], Actor]


@pytest.fixture
def letter_id(house: House, kossi: Actor, who: Who) -> str:
    """A letter qualified, assigned and noted."""
    letter_id = decide(house, kossi, send(house, kossi, letter_pdf()).letter_id, sender="=Mairie de Vogan").id
    order = Order(Move.ASSIGN, None, Destination("DAF-COMPTA", "DAF-A1"), mention="elements", text="Vérifier le solde.")
    move(letter_id, order, store=house.store, actor=who("daf"), clock=house.clock)
    own = {"store": house.store, "actor": who("comptable"), "clock": house.clock}
    note.add_note(letter_id, "Solde vérifié", private=False, **own)  # type: ignore[arg-type]
    note.add_note(letter_id, "Rappeler demain", private=True, **own)  # type: ignore[arg-type]
    return letter_id


def test_an_auditor_takes_the_history_away_and_its_digests_can_be_computed_again(
    house: House, letter_id: str, client: httpx.Client, tmp_path: Path
) -> None:
    headers, address = bearer(house, "audit"), f"/api/v1/letters/{letter_id}/history"
    told = client.get(address, headers=headers).json()
    last = hashlib.sha256(f"{letter_id}\n{told['letter']['original_sha256']}".encode()).hexdigest()
    for event, digest in zip(told["events"], told["digests"], strict=True):
        plain = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        last = hashlib.sha256(f"{last}\n{plain}".encode()).hexdigest()
        assert digest == last
    acts = [event["act"] for event in told["events"]]
    assert acts == [Act.CAPTURED, Act.QUALIFIED, Act.MOVED, Act.NOTED]

    answer = client.get(address + ".csv", headers=headers)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row["acte"] for row in rows[:4]] == [
        "Enregistré",
        "Qualifié",
        "a affecté : Comptable, R. Kpodar",
        "Note ajoutée",
    ]
    assert "Expéditeur : =Mairie de Vogan" in rows[1]["détails"]
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert (rows[2]["texte"], rows[3]["texte"]) == ("Vérifier le solde.", "Solde vérifié")
    assert rows[3]["empreinte"] == told["digests"][3]
    assert "Rappeler demain" not in answer.text

    paper = tmp_path / "history.pdf"
    paper.write_bytes(client.get(address + ".pdf", headers=headers).content)
    text = subprocess.run(["pdftotext", "-layout", paper, "-"], capture_output=True, text=True, check=True).stdout
    assert "Vérifier le solde." in text
    assert "page 1 sur" in text
    with house.store.unit() as unit:
        exports = [line for line in unit.journal.of(letter_id) if line.act is Act.HISTORY_EXPORTED]
    assert [line.details["medium"] for line in exports] == ["json", "csv", "pdf"]
    assert exports[0].details["sha256"] == told["digests"][-1]


def test_who_may_not_read_or_export_takes_nothing_away(house: House, letter_id: str, who: Who) -> None:
    for login, error in (("drh", NotFound), ("ceet", NotFound), ("adjovi", Forbidden)):
        with pytest.raises(error):
            tell_history(letter_id, Medium.CSV, store=house.store, actor=who(login), clock=house.clock)
