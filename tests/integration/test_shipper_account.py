"""The log of acts shipped, and its key changed, by an account with the shipper's rights and nothing of the house."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from api.wiring import House
from ged.seal.log_key import in_force, periods
from ged.services.check_journal import check_journal
from integration.test_ship import REFUSED, log_of, roles_of_a_site, write_lines
from rooms.house import ROOT, driver_url

GED = str(Path(sys.executable).with_name("ged"))


@pytest.fixture
def account(house: House, database: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the shipper's unit is started with: an empty folder of data, its keys, the log, and its own role."""
    with roles_of_a_site(database) as addresses:
        own = tmp_path / "ged-ship"
        own.mkdir()
        yield {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "GED_DATA": str(own),
            "GED_DATABASE_KIND": "server",
            "GED_DATABASE_URL": addresses.ship,
            "GED_SHIP_URL": addresses.ship,
            "GED_SHIP_FOLDER": str(house.settings.journal_folder),
            "GED_SHIP_KEYS": str(own / "cles"),
            "GED_SHIP_EVERY_S": "1",
        }


@contextmanager
def shipping(account: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([GED, "ship"], env=account, cwd=ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        if holds():
            return
        time.sleep(0.1)
    pytest.fail("the journal is not shipped")


def test_the_shipper_s_account_changes_the_key_of_acts_with_its_own_rights(
    house: House, account: dict[str, str]
) -> None:
    def shipped() -> bool:
        with house.store.unit() as unit:
            return house.journal_log is not None and unit.shipping.lag()[0] == 0

    with shipping(account) as process:
        until(shipped, process)
        log = log_of(house)
        first, size = log.verifier_key, log.head().size
        said = subprocess.run(
            [GED, "journal", "rotate"], capture_output=True, text=True, env=account, cwd=ROOT, check=False, timeout=90
        )
        assert (said.returncode, said.stderr) == (0, "")
        write_lines(house.store, 3)
        until(shipped, process)

    log = log_of(house)
    assert log.verifier_key == said.stdout.split(" : ")[-1].strip() == in_force(log.key_text) != first
    assert [one.verifier for one in periods(log.key_text)] == [first, log.verifier_key]
    assert log.head().size > size
    log.recheck()
    assert check_journal(log, house.settings.journal_folder, store=house.store).sound

    own = Path(account["GED_DATA"])
    assert {each.name for each in own.iterdir()} == {"cles"}, "nothing else of a house was made there"
    assert len(list((own / "cles").glob("*.key"))) == 1, "the key that ended is gone"
    assert not (house.settings.data / "journal-keys").exists(), "the house never had it"
    with psycopg.connect(driver_url(account["GED_SHIP_URL"]), autocommit=True) as connection:
        for each in REFUSED["ship"]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(each.encode())
