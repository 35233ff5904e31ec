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
from ged.services.stations import stations_seen
from ingest.capture.folder import Station
from ingest.capture.stations import Stations
from rooms.letters import letter_pdf

PROGRAM = b"MZ\x90\x00" * 20


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
    (station.folder / "note.pdf").write_bytes(PROGRAM)
    station.look()
    assert station.look() == []
    assert names(station) == {"rejets/note.pdf", "rejets/note.pdf.motif.txt"}
    said = (station.folder / "rejets" / "note.pdf.motif.txt").read_text(encoding="utf-8")
    assert "ni un PDF" in said
    assert (station.folder / "rejets" / "note.pdf").read_bytes() == PROGRAM
    with house.store.unit() as unit:
        assert len(unit.journal.recent(Act.REFUSED, kossi.login)) == 1


def test_two_refused_files_of_one_name_are_both_kept(station: Station) -> None:
    for data in (PROGRAM, PROGRAM * 2):
        (station.folder / "note.pdf").write_bytes(data)
        station.look()
        station.look()
    kept = {path.read_bytes() for path in (station.folder / "rejets").iterdir() if path.suffix == ".pdf"}
    assert kept == {PROGRAM, PROGRAM * 2}


def test_what_is_no_file_is_set_aside_unopened_and_folders_stay(station: Station, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(letter_pdf())
    (station.folder / "lien.pdf").symlink_to(secret)
    (station.folder / ".cache.pdf").write_bytes(letter_pdf())
    (station.folder / "dossier").mkdir()
    os.mkfifo(station.folder / "tube.pdf")
    station.look()
    assert station.look() == []
    assert secret.exists()
    assert (station.folder / "dossier").is_dir()
    assert (station.folder / "rejets" / "lien.pdf").is_symlink()
    said = (station.folder / "rejets" / "tube.pdf.motif.txt").read_text(encoding="utf-8")
    assert "n'a pas été ouvert" in said
    assert station.counted() == (0, 2)


def test_a_name_of_any_bytes_is_taken_or_set_aside_under_it(station: Station, house: House, kossi: Actor) -> None:
    folder, long = os.fsencode(station.folder), b"n" * 251
    names_of = {
        b"caf\xe9 \n\x1b[31m.pdf": letter_pdf(),
        long + b".pdf": letter_pdf(reference="2/X"),
        b"\xff.pdf": PROGRAM,
    }
    for name, data in names_of.items():
        Path(os.fsdecode(folder + b"/" + name)).write_bytes(data)
    station.look()
    assert len(station.look()) == 2
    assert (station.folder / "rejets" / os.fsdecode(b"\xff.pdf")).exists()
    filenames = {row.letter.filename for row in consult.letters(Listing(), store=house.store, actor=kossi).rows}
    assert filenames == {"caf [31m.pdf", "n" * 196 + ".pdf"}


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


def test_a_station_registers_with_its_defaults_in_the_name_of_who_holds_its_position(
    house: House, kossi: Actor
) -> None:
    watching = Stations(house.settings.data / "depots", house.entrance)
    watching.round()
    desk = house.settings.data / "depots" / "guichet-1"
    (desk / "pli.pdf").write_bytes(letter_pdf())
    (desk / "non.pdf").write_bytes(PROGRAM)
    with house.store.unit() as unit:
        given = [replace(each, kind="facture") for each in unit.stations.all() if each.code == "GUICHET-1"]
        away = [replace(each, folder="/proc/nulle-part") for each in unit.stations.all() if each.code == "DEPART"]
        unit.stations.load([*given, *away])
        unit.commit()
    watching.round()
    watching.round()
    (row,) = consult.letters(Listing(), store=house.store, actor=kossi).rows
    assert (row.letter.direction, row.letter.kind) == ("arrivee", "facture")
    with house.store.unit() as unit:
        (line,) = [each for each in unit.journal.of(row.letter.id) if each.act is Act.CAPTURED]
    assert (line.actor_login, line.details["station"], line.details["delivery"]) == ("kossi", "GUICHET-1", "depot")
    assert line.details["reason"] == "Scanner du guichet 1, Dépôt au guichet"
    seen = {each.station.code: each for each in stations_seen(store=house.store, actor=kossi, clock=house.clock)}
    desk_state, away_state = seen["GUICHET-1"].state, seen["DEPART"].state
    assert desk_state is not None
    assert away_state is not None
    assert (desk_state.waiting, desk_state.rejected, desk_state.said) == (0, 1, "")
    assert "pas accessible" in away_state.said


def test_files_of_a_position_that_nobody_holds_wait_and_other_tenants_see_no_station(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    with house.store.unit() as unit:
        vacant = [replace(each, position_id="DIRCAB") for each in unit.stations.all() if each.code == "GUICHET-1"]
        unit.stations.load(vacant)
        unit.organisation.end_other_holdings((), house.clock().date())
        unit.commit()
    watching = Stations(house.settings.data / "depots", house.entrance)
    for _ in range(2):
        (house.settings.data / "depots" / "guichet-1").mkdir(parents=True, exist_ok=True)
        (house.settings.data / "depots" / "guichet-1" / "pli.pdf").touch()
        watching.round()
    with house.store.unit() as unit:
        state = unit.stations.states()["GUICHET-1"]
    assert state.waiting == 1
    assert "Personne n'occupe" in state.said
    assert stations_seen(store=house.store, actor=who("ceet"), clock=house.clock) == ()
