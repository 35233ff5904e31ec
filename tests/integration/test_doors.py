"""The watched folder: a file leaves it once its letter is registered, and never before."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from api.wiring import House
from ged.errors import Unavailable
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.listing import Listing
from ged.ports import Stored
from ged.services import consult
from ingest.capture.folder import Station
from rooms.letters import letter_pdf


@pytest.fixture
def station(house: House, kossi: Actor, tmp_path: Path) -> Station:
    folder = tmp_path / "depot"
    folder.mkdir()
    return Station(folder, lambda: kossi, house.entrance)


def names(station: Station) -> set[str]:
    return {path.relative_to(station.folder).as_posix() for path in station.folder.rglob("*") if path.is_file()}


def total(house: House, actor: Actor) -> int:
    return consult.letters(Listing(), store=house.store, actor=actor).total


def test_a_file_is_taken_once_it_stands_still(station: Station, house: House, kossi: Actor) -> None:
    path = station.folder / "scan.pdf"
    data = letter_pdf()
    path.write_bytes(data[:2000])
    assert station.look() == []
    path.write_bytes(data)
    assert station.look() == []
    (receipt,) = station.look()
    assert receipt.number.endswith("000001")
    assert names(station) == set()
    assert station.look() == []
    assert total(house, kossi) == 1


def test_a_refused_file_is_set_aside_with_the_reason_beside_it(station: Station, house: House, kossi: Actor) -> None:
    (station.folder / "note.pdf").write_text("bonjour")
    station.look()
    assert station.look() == []
    assert names(station) == {"rejets/note.pdf", "rejets/note.pdf.motif.txt"}
    said = (station.folder / "rejets" / "note.pdf.motif.txt").read_text(encoding="utf-8")
    assert "ni un PDF" in said
    assert (station.folder / "rejets" / "note.pdf").read_text() == "bonjour"
    with house.store.unit() as unit:
        assert len(unit.journal.recent(Act.REFUSED, kossi.login)) == 1


def test_two_refused_files_of_one_name_are_both_kept(station: Station) -> None:
    for text in ("un", "deux"):
        (station.folder / "note.pdf").write_text(text)
        station.look()
        station.look()
    kept = {path.read_text() for path in (station.folder / "rejets").iterdir() if path.suffix == ".pdf"}
    assert kept == {"un", "deux"}


def test_links_folders_and_hidden_files_are_left_alone(station: Station, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(letter_pdf())
    (station.folder / "lien.pdf").symlink_to(secret)
    (station.folder / ".cache.pdf").write_bytes(letter_pdf())
    (station.folder / "dossier").mkdir()
    os.mkfifo(station.folder / "tube.pdf")
    station.look()
    assert station.look() == []
    assert secret.exists()


def test_a_claim_left_by_a_process_that_died_is_taken_up(station: Station, house: House, kossi: Actor) -> None:
    claimed = station.folder / ".en-cours"
    claimed.mkdir()
    (claimed / "0a1b2c3d--scan.pdf").write_bytes(letter_pdf())
    (receipt,) = station.look()
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert file.letter.filename == "scan.pdf"
    assert names(station) == set()


class _Away:
    """A vault whose engine does not answer."""

    def put(self, *_: object, **__: object) -> Stored:
        raise Unavailable("vault.unavailable", "Le coffre ne répond pas.")


def test_a_file_goes_back_when_an_engine_is_down_and_is_taken_when_it_is_up(
    station: Station, house: House, kossi: Actor
) -> None:
    (station.folder / "scan.pdf").write_bytes(letter_pdf())
    up = station.entrance
    station.entrance = replace(up, vault=_Away())  # type: ignore[arg-type]
    station.look()
    assert station.look() == []
    assert names(station) == {"scan.pdf"}
    assert total(house, kossi) == 0
    station.entrance = up
    station.look()
    station.look()
    assert total(house, kossi) == 1
    assert names(station) == set()


def test_the_same_scan_twice_is_one_letter(station: Station, house: House, kossi: Actor) -> None:
    for name in ("a.pdf", "b.pdf"):
        (station.folder / name).write_bytes(letter_pdf())
    station.look()
    receipts = station.look()
    assert [receipt.again for receipt in receipts] == [False, True]
    assert total(house, kossi) == 1


def test_a_keeper_who_lost_the_right_registers_nothing_and_the_file_stays(
    station: Station, house: House, who: Callable[[str], Actor]
) -> None:
    (station.folder / "scan.pdf").write_bytes(letter_pdf())
    station.who = lambda: who("daf")
    station.look()
    station.look()
    assert {name for name in names(station) if name.endswith(".pdf")} == {"rejets/scan.pdf"}
    assert total(house, who("lawson")) == 0
