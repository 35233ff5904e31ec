"""The antivirus at every door, a real clamd: what it finds is refused, put aside, told, and deleted with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.config import AntivirusSettings, Settings
from api.enclosures import enclose
from api.mailbox.doors import mail_door
from api.wiring import House, open_house
from engines.clamd import EICAR, SIGNATURE
from ged.errors import Forbidden, NotFound, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.mail.quarantine import Infected
from ged.services.capture import Door
from ged.services.quarantine import delete_from_quarantine, in_quarantine
from ged.services.sign_in import actor_of
from ingest.capture.folder import Station
from ingest.capture.receive import receive, receive_scan
from integration.test_acknowledgement import signed_in
from rooms.letters import letter_pdf
from rooms.mails import BOX, PERSON, person_mail, with_boxes

INFECTED = letter_pdf() + b"\n" + EICAR


@contextmanager
def watched(settings: Settings, **antivirus: Any) -> Iterator[House]:
    given = settings.model_copy(update={"antivirus": AntivirusSettings(**antivirus)})
    with open_house(with_boxes(given)) as opened:
        yield opened


@pytest.fixture
def house(settings: Settings, clamd: Path) -> Iterator[House]:
    with watched(settings, socket=clamd) as opened:
        yield opened


def refusals(house: House, login: str) -> list[str]:
    with house.store.unit() as unit:
        return [str(entry.details["code"]) for entry in unit.journal.recent(Act.REFUSED, login)]


def test_what_is_found_at_any_door_is_refused_put_aside_and_told_to_the_administrator(
    house: House, kossi: Actor, who: Callable[[str], Actor], tmp_path: Path
) -> None:
    entrance, admin = house.entrance, who("admin")
    doors: tuple[Callable[[], object], ...] = (
        lambda: receive(BytesIO(INFECTED), "a.pdf", door=Door.API, actor=kossi, entrance=entrance),
        lambda: receive_scan(BytesIO(EICAR), "b.com", door=Door.UPLOAD, actor=kossi, entrance=entrance),
        lambda: enclose(BytesIO(INFECTED), "c.pdf", house, kossi),
        lambda: mail_door(house).take(person_mail(text="Voici.\n" + EICAR.decode()), BOX, PERSON),
    )
    for door in doors:
        with pytest.raises(Infected) as refused:
            door()
        assert refused.value.code == "capture.infected"
        assert refused.value.signature.startswith(SIGNATURE)
        assert refused.value.sentence.count(".") >= 2
    station = Station(tmp_path / "depot", lambda: kossi, entrance)
    station.folder.mkdir()
    (station.folder / "d.pdf").write_bytes(INFECTED)
    station.look()
    assert station.look() == []
    left = {path.name for path in station.folder.rglob("*") if path.is_file()}
    assert left == {"d.pdf.motif.txt"}, "nobody is to meet the file in a folder"
    rows = in_quarantine(store=house.store, actor=admin)
    assert {row.filename for row in rows} == {"a.pdf", "b.com", "c.pdf", "d.pdf", "ama.mensah@exemple.tg"}
    assert {(row.login, row.signature.split(".")[0]) for row in rows} == {("kossi", SIGNATURE)}
    assert refusals(house, "kossi") == ["capture.infected"] * 5
    for row in rows:
        assert house.vault.stat(row.digest) is None
        assert (house.settings.data / "quarantine" / row.digest).stat().st_mode & 0o777 == 0o600
    assert receive(BytesIO(letter_pdf()), "e.pdf", door=Door.API, actor=kossi, entrance=entrance).number


def test_the_administrator_deletes_with_a_reason_and_nobody_else_looks(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    for name in ("a.pdf", "b.pdf"):
        with pytest.raises(Infected):
            receive(BytesIO(INFECTED), name, door=Door.API, actor=kossi, entrance=house.entrance)
    admin = who("admin")
    first, second = in_quarantine(store=house.store, actor=admin)
    path = house.settings.data / "quarantine" / first.digest
    ways: dict[str, Any] = {"folder": house.quarantine, "store": house.store, "clock": house.clock}
    for stranger in (kossi, who("ministre"), who("ceet")):
        with pytest.raises(Forbidden):
            in_quarantine(store=house.store, actor=stranger)
        with pytest.raises(Forbidden):
            delete_from_quarantine(first.id, "parce que", actor=stranger, **ways)
    with pytest.raises(Refused):
        delete_from_quarantine(first.id, "  ", actor=admin, **ways)
    with pytest.raises(NotFound):
        delete_from_quarantine("rien", "essai", actor=admin, **ways)
    delete_from_quarantine(first.id, "essai\ndu matin", actor=admin, **ways)
    assert path.exists(), "the same bytes are there for somebody else"
    delete_from_quarantine(second.id, "essai", actor=admin, **ways)
    assert not path.exists()
    rows = in_quarantine(store=house.store, actor=admin)
    assert {(row.reason, row.removed_by) for row in rows} == {("essai du matin", admin.name), ("essai", admin.name)}
    with house.store.unit() as unit:
        told = unit.journal.recent(Act.QUARANTINE_DELETED, "admin")
    assert {entry.details["digest"] for entry in told} == {first.digest}


def test_without_the_antivirus_no_file_enters_and_none_is_lost(
    settings: Settings, database: str, tmp_path: Path, client: httpx.Client, house: House
) -> None:
    shown = client.get("/etat", headers=signed_in(house, "admin")).text
    assert "ClamAV" in shown
    assert "Quarantaine" in shown
    assert client.get("/quarantaine", headers=signed_in(house, "admin")).status_code == 200
    with watched(settings, socket=tmp_path / "personne.sock") as down:
        kossi = actor_of("kossi", store=down.store, clock=down.clock)
        station = Station(tmp_path / "depot", lambda: kossi, down.entrance)
        station.folder.mkdir()
        (station.folder / "scan.pdf").write_bytes(letter_pdf())
        station.look()
        assert station.look() == []
        assert (station.folder / "scan.pdf").exists(), "it waits in the folder"
        doors: tuple[Callable[[], object], ...] = (
            lambda: receive(BytesIO(letter_pdf()), "a.pdf", door=Door.API, actor=kossi, entrance=down.entrance),
            lambda: mail_door(down).take(person_mail(), BOX),
        )
        for door in doors:
            with pytest.raises(Unavailable) as away:
                door()
            assert away.value.code == "antivirus.unavailable"
        assert down.antivirus is not None
        assert not down.antivirus.report().reachable
    with watched(settings) as without:
        assert without.antivirus is None
        assert without.entrance.screen is None
