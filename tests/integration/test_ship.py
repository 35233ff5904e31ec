"""The journal inscribed in its log: late commits, a shipper killed anywhere, rights that SQL enforces."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from api.config import Settings
from api.embedded.roles import Addresses
from api.shipping import open_shipper
from api.wiring import House
from ged.clock import system_clock
from ged.errors import Unavailable
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.seal.journal_leaf import read_entry
from ged.seal.log import TileLog
from ged.seal.ship_position import read_position
from ged.seal.tiles import durable_write
from ged.services.check_journal import check_journal
from ged.store.rights import statements
from ged.store.unit import Store
from rooms.house import driver_url

PUT_IN = (
    "INSERT INTO journal (id, at, act, login, name, details) OVERRIDING SYSTEM VALUE "
    "VALUES ({}, now(), 'session.ouverte', 'ajout', '', '{{}}')"
)


def write_lines(store: Store, count: int) -> None:
    with store.unit() as unit:
        for rank in range(count):
            unit.journal.write(system_clock(), Act.SIGNED_IN, SYSTEM, rank=rank, cle="é")
        unit.commit()


def lines_of(log: TileLog) -> list[int]:
    return [int(str(read_entry(entry)["id"])) for bundle in log.bundles() for entry in bundle]


def log_of(house: House) -> TileLog:
    log = house.journal_log
    assert log is not None
    return log


def database_of(settings: Settings) -> str:
    assert settings.database.url is not None
    return settings.database.url.get_secret_value()


def ids_of(settings: Settings) -> list[int]:
    with psycopg.connect(driver_url(database_of(settings))) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM journal ORDER BY id")]


def test_every_line_is_inscribed_once_and_whole(house: House, settings: Settings) -> None:
    write_lines(house.store, 1100)
    with open_shipper(settings) as shipper:
        assert shipper.round() == len(ids_of(settings)) > 1100
        assert shipper.round() == 0
    log = log_of(house)
    assert lines_of(log) == ids_of(settings)
    last = json.loads(log.entry(log.head().size - 1))
    assert last["details"] == {"rank": 1099, "cle": "é"}
    assert (last["act"], last["login"]) == ("session.ouverte", "systeme")
    with house.store.unit() as unit:
        assert unit.shipping.lag() == (0, None)
    log.recheck()
    assert check_journal(log, settings.journal_folder, store=house.store).sound


def test_what_a_slow_transaction_commits_late_is_never_missed(house: House, settings: Settings) -> None:
    write_lines(house.store, 3)
    with open_shipper(settings) as shipper, psycopg.connect(driver_url(database_of(settings))) as slow:
        shipper.round()
        slow.execute(
            "INSERT INTO journal (at, act, login, name, details) VALUES (now(), 'session.ouverte', 'lent', '', '{}')"
        )
        late = ids_of(settings)[-1] + 1
        write_lines(house.store, 2)
        assert shipper.round() == 2
        position = read_position(settings.journal_folder)
        assert position.floor < late
        assert position.beyond == {late + 1, late + 2}
        write_lines(house.store, 2)
        assert shipper.round() == 2
        slow.commit()
        assert shipper.round() == 1
        assert lines_of(log_of(house))[-1] == late
        assert shipper.round() == 0
    assert read_position(settings.journal_folder) == replace(position, floor=late + 4, beyond=frozenset())
    assert sorted(lines_of(log_of(house))) == ids_of(settings)


def test_a_transaction_that_gave_up_holds_nothing_back(house: House, settings: Settings) -> None:
    with open_shipper(settings) as shipper, psycopg.connect(driver_url(database_of(settings))) as slow:
        slow.execute("INSERT INTO journal (at, act, login, name, details) VALUES (now(), 'x', 'x', '', '{}')")
        write_lines(house.store, 2)
        shipper.round()
        slow.rollback()
        shipper.round()
        assert read_position(settings.journal_folder).floor == ids_of(settings)[-1]


def _ship_and_die(settings: Settings, fatal: int, moment: str) -> None:
    steps = 0

    def die(here: str) -> None:
        nonlocal steps
        if here == moment:
            steps += 1
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def write(path: Path, data: bytes) -> None:
        die("before a write")
        durable_write(path, data)
        die("after a write")

    def clock() -> datetime:
        die("before a mark")
        return system_clock()

    with open_shipper(settings, clock, write) as shipper:
        shipper.round()


def test_a_shipper_killed_anywhere_loses_and_doubles_nothing(house: House, settings: Settings) -> None:
    kills = [(each, moment) for moment in ("before a write", "after a write") for each in range(1, 6)]
    for fatal, moment in [*kills, (1, "before a mark")]:
        write_lines(house.store, 300)
        arguments = (settings, fatal, moment)
        process = multiprocessing.get_context("fork").Process(target=_ship_and_die, args=arguments)
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL, (fatal, moment)
        with open_shipper(settings) as shipper:
            shipper.round()
        assert lines_of(log_of(house)) == ids_of(settings), (fatal, moment)
    log_of(house).recheck()
    checked = check_journal(log_of(house), settings.journal_folder, store=house.store)
    assert (checked.sound, checked.waiting) == (True, 0)


def test_a_disk_that_refuses_stops_the_shipper_and_the_next_one_goes_on(house: House, settings: Settings) -> None:
    write_lines(house.store, 3)

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with open_shipper(settings, system_clock, full) as shipper, pytest.raises(Unavailable) as error:
        shipper.round()
    assert error.value.code == "ledger.stopped"
    with house.store.unit() as unit:
        assert unit.shipping.lag()[0] == len(ids_of(settings))
    with open_shipper(settings) as shipper:
        shipper.round()
    assert lines_of(log_of(house)) == ids_of(settings)


@contextmanager
def roles_of_a_site(database: str) -> Iterator[Addresses]:
    """A role for the pages and one for the shipper, made as docs/operations.md says, with the owner's SQL."""
    web, ship = "essai_web", "essai_ship"
    with psycopg.connect(driver_url(database), autocommit=True) as owner:
        for role in (web, ship):
            owner.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(role)))
        for each in statements(web, ship):
            owner.execute(each.encode())
        tail = database.partition("@")[2]
        yield Addresses(*(f"postgresql+psycopg://{role}:x@{tail}" for role in (web, ship)))
        for role in (web, ship):
            owner.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


REFUSED = {
    "web": (
        "UPDATE journal SET login = 'x'",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_kept ON journal",
        "INSERT INTO journal_mark VALUES (1, 1, now())",
        "UPDATE journal_mark SET position = 1",
        "DELETE FROM journal_mark",
    ),
    "ship": (
        "INSERT INTO journal (at, act, login, name, details) VALUES (now(), 'x', 'x', 'x', '{}')",
        "UPDATE journal SET login = 'x'",
        "DELETE FROM journal",
        "UPDATE journal_mark SET position = 1",
        "DELETE FROM journal_mark",
        "SELECT * FROM letter",
        "SELECT * FROM person",
        "SELECT * FROM session",
    ),
}


def test_the_pages_only_add_to_the_journal_and_the_shipper_only_reads_it(database: str, settings: Settings) -> None:
    with roles_of_a_site(database) as addresses:
        for who, address in (("web", addresses.web), ("ship", addresses.ship)):
            with psycopg.connect(driver_url(address), autocommit=True) as connection:
                for each in REFUSED[who]:
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(each.encode())
        store = Store(addresses.web)
        write_lines(store, 2)
        store.close()
        ship = settings.ship.model_copy(update={"url": SecretStr(addresses.ship)})
        with open_shipper(settings.model_copy(update={"ship": ship})) as shipper:
            assert shipper.round() >= 2


def test_even_the_owner_does_not_change_the_journal_by_mistake(database: str) -> None:
    with psycopg.connect(driver_url(database), autocommit=True) as owner:
        for each in REFUSED["web"][:3]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only added to"):
                owner.execute(each.encode())


def _superuser(database: str, *acts: str) -> None:
    with psycopg.connect(driver_url(database)) as connection:
        connection.execute("SET session_replication_role = replica")
        for act in acts:
            connection.execute(act.encode())


Lie = tuple[tuple[str, ...], set[tuple[str, int, tuple[str, ...]]]]


LIES: dict[str, Callable[[list[int]], Lie]] = {
    "altered": lambda ids: (
        (f"UPDATE journal SET login = 'autre', at = at - interval '1 day' WHERE id = {ids[3]}",),
        {("modifiee", ids[3], ("at", "login"))},
    ),
    "details altered": lambda ids: (
        (f"""UPDATE journal SET details = details || '{{"rank": 77}}' WHERE id = {ids[4]}""",),
        {("modifiee", ids[4], ("details",))},
    ),
    "removed": lambda ids: (
        (f"DELETE FROM journal WHERE id IN ({ids[2]}, {ids[-1]})",),
        {("supprimee", ids[2], ()), ("supprimee", ids[-1], ())},
    ),
    "put in behind": lambda ids: (
        (
            PUT_IN.format(-5),
            f"DELETE FROM journal WHERE id = {ids[5]}",
            PUT_IN.format(ids[5]),
        ),
        {("ajoutee", -5, ()), ("modifiee", ids[5], ("at", "details", "login", "name"))},
    ),
    "swapped": lambda ids: (
        (
            f"UPDATE journal SET id = -1 WHERE id = {ids[6]}",
            f"UPDATE journal SET id = {ids[6]} WHERE id = {ids[7]}",
            f"UPDATE journal SET id = {ids[7]} WHERE id = -1",
        ),
        {("deplacee", ids[6], (str(ids[7]),)), ("deplacee", ids[7], (str(ids[6]),))},
    ),
    "marks swapped": lambda ids: (
        (
            f"UPDATE journal_mark SET position = position + 1 WHERE journal_id = {ids[1]}",
            f"DELETE FROM journal_mark WHERE journal_id = {ids[2]}",
        ),
        {("repere", ids[1], ()), ("repere", ids[2], ())},
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_a_database_superuser_does_is_named(house: House, settings: Settings, lie: str) -> None:
    write_lines(house.store, 12)
    with open_shipper(settings) as shipper:
        shipper.round()
    acts, expected = LIES[lie](ids_of(settings)[-12:])
    lift = "ALTER TABLE journal ALTER COLUMN id SET GENERATED BY DEFAULT"
    _superuser(database_of(settings), lift, *acts)
    checked = check_journal(log_of(house), settings.journal_folder, store=house.store)
    told: set[Any] = {(str(fault.kind), fault.line, fault.differs) for fault in checked.faults}
    assert told == expected
    assert checked.fault_count == len(expected)
    assert not checked.sound
    assert all(str(fault.line) in fault.sentence() for fault in checked.faults)
    with open_shipper(settings) as shipper:  # and shipping goes on without inscribing what was put in
        assert shipper.round() == 0
    assert check_journal(log_of(house), settings.journal_folder, store=house.store).faults == checked.faults


def test_a_line_that_the_log_holds_in_two_versions_is_named(house: House, settings: Settings) -> None:
    write_lines(house.store, 3)
    with open_shipper(settings) as shipper:
        shipper.round()
        last = ids_of(settings)[-1]
        _superuser(database_of(settings), f"UPDATE journal SET login = 'autre' WHERE id = {last}")
        (settings.journal_folder / "position.json").unlink()  # as when the shipper's folder was restored without it
        shipper.round()
    checked = check_journal(log_of(house), settings.journal_folder, store=house.store)
    assert {(str(fault.kind), fault.line) for fault in checked.faults} == {
        ("modifiee", last),
        ("inscrite_deux_fois", last),
    }
