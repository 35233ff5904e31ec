"""The worker has a doubtful page read again before it proposes anything."""

from __future__ import annotations

from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.services import consult
from ingest.engines import by_onnx
from rooms.letters import letter_pdf, read_all, send
from rooms.scans import copy_of_a_copy


def test_what_people_see_of_a_doubtful_page_is_its_surer_reading(house: House, kossi: Actor, tmp_path: Path) -> None:
    receipt = send(house, kossi, copy_of_a_copy(letter_pdf(), tmp_path / "scan.pdf").read_bytes())
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    (page,) = file.pages
    assert page.engine == by_onnx.engine().name
    assert "aux besoins du quartier" in page.text
    assert file.proposals, "fields are proposed from it"
