"""The demonstration's morning: after it, every role finds work, and the registers are whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.baskets import basket_of
from ged.mail.sieve import Sieve
from ged.services import consult
from ged.services.boxes import boxes
from ged.services.check_register import check_registers
from ged.services.dossier import found
from ged.services.dossier_pieces import pieces_of
from retention.shelves import Shelf, Wanted, shelved
from rooms.letters import send
from scripts.demo_archive import play_archive
from scripts.demo_morning import play
from scripts.sample_letters.generate import generate


def test_everybody_finds_work(house: House, kossi: Actor, who: Callable[[str], Actor], tmp_path: Path) -> None:
    for path in generate(14, 5, tmp_path):
        send(house, kossi, path.read_bytes(), path.name)
    play(house, tmp_path)

    def count(login: str, slug: str) -> int:
        actor = who(login)
        listing = basket_of(slug, actor).listing(actor, house.clock().date())
        return consult.counts([listing], store=house.store, actor=actor)[0]

    assert count("kossi", "a-qualifier") == 2
    for login, slug in (
        ("comptable", "a-traiter"),
        ("daj", "avis"),
        ("daf", "a-affecter"),
        ("daf", "suivis"),
        ("ministre", "a-affecter"),
        ("adjovi", "a-presenter"),
        ("sg", "mon-service"),
    ):
        assert count(login, slug) > 0, (login, slug)
    wanted = Wanted(Shelf.CLOSED, Sieve())
    assert shelved(wanted, store=house.store, actor=who("archives"), clock=house.clock, limit=1).total > 0
    assert not any(one.report.faults for one in check_registers(store=house.store, actor=kossi))


def test_the_archivist_finds_work(house: House, who: Callable[[str], Actor], tmp_path: Path) -> None:
    play_archive(house, tmp_path)
    archivist = who("archives")

    def on(shelf: Shelf) -> int:
        return shelved(Wanted(shelf, Sieve()), store=house.store, actor=archivist, clock=house.clock, limit=1).total

    assert (on(Shelf.CLOSED), on(Shelf.HELD)) == (4, 1)
    (box,), _ = boxes("", store=house.store, actor=archivist, limit=2)
    assert box.count == 4
    (opened,), _ = found("lampadaires", store=house.store, actor=archivist)
    assert len(pieces_of(opened.id, store=house.store, actor=archivist)) == 2
