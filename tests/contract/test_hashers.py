"""Files of a vault hashed by processes: the same answers as the vault's own, whatever becomes of a process."""

from __future__ import annotations

import errno
import os
import resource
import secrets
import signal
import subprocess
import sys
import threading
import time
from io import BytesIO
from pathlib import Path

import pytest

from ged.errors import Unavailable
from ged.store.vault.hashers import Hashers
from ged.store.vault.local import LocalVault
from ged.store.vault.names import place_of
from rooms.house import ROOT

STARTED = """
import os, sys, threading
from pathlib import Path
from ged.store.vault.hashers import Hashers

with Hashers(Path(sys.argv[1]), 1, 1) as hashers:
    hashers.ask(["nothing"])()
    print(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text(), flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.fixture
def vault(tmp_path: Path) -> LocalVault:
    return LocalVault(tmp_path / "vault")


def put(vault: LocalVault, count: int, size: int) -> list[str]:
    return [vault.put(BytesIO(secrets.token_bytes(size)), media_type="").digest for _ in range(count)]


@pytest.mark.parametrize("size", [0, 1, 256 << 10, (1 << 20) + 1])
def test_processes_answer_as_the_vault_does(vault: LocalVault, size: int) -> None:
    digests = put(vault, 3, size)
    with Hashers(vault.plain_folder(), 2, 4) as hashers:
        asked = [hashers.ask([place_of(one)]) for one in digests]
        assert [answer() for answer in reversed(asked)] == [[vault.hashed(one)] for one in reversed(digests)]


def test_what_cannot_be_read_is_told_by_its_error(vault: LocalVault) -> None:
    (digest,) = put(vault, 1, 10)
    with Hashers(vault.plain_folder(), 1, 1) as hashers:
        answers = hashers.ask([place_of("0" * 64), ".drafts", place_of(digest)])()
    assert answers == [("", errno.ENOENT), ("", errno.EISDIR), (digest, 10)]


def test_more_is_asked_than_a_socket_holds(vault: LocalVault) -> None:
    digests = put(vault, 100, 10)
    with Hashers(vault.plain_folder(), 2, 4) as hashers:
        asked = [hashers.ask([place_of(one) for one in digests]) for _ in range(300)]
        assert all(answer() == [(one, 10) for one in digests] for answer in asked)


def test_there_are_more_where_the_disk_is_waited_for(vault: LocalVault) -> None:
    place = place_of(put(vault, 1, 1 << 20)[0])
    if not waits_for_a_disk(vault.plain_folder() / place):
        pytest.skip("the temporary folder of this machine is memory")
    with Hashers(vault.plain_folder(), 1, 3) as hashers:
        for _ in range(4):
            hashers.ask([place])()
        assert len(children()) == 1  # what was just written is in memory
        for _ in range(4):
            forget(vault.plain_folder() / place)
            hashers.ask([place])()
        assert len(children()) == 3


@pytest.mark.parametrize("processes", [1, 2])
def test_a_process_that_is_killed_is_told(vault: LocalVault, processes: int) -> None:
    fifo = vault.plain_folder() / "fifo"
    os.mkfifo(fifo)
    (digest,) = put(vault, 1, 10)
    with Hashers(vault.plain_folder(), processes, processes) as hashers:
        never = hashers.ask(["fifo"])
        with fifo.open("wb"):  # it reads, and nothing comes
            (reads,) = children()
            others = [hashers.ask([place_of(digest)]) for _ in range(processes - 1)]
            assert [answer() for answer in others] == [[(digest, 10)]] * (processes - 1)
            os.kill(reads, signal.SIGKILL)
            with pytest.raises(Unavailable, match="arrêté"):
                never()
    assert children() == []


def test_processes_end_with_whoever_started_them(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTED, str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (-signal.SIGKILL, "")
    process = Path("/proc") / ended.stdout.strip()
    while (process / "stat").exists() and process.joinpath("stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)


def waits_for_a_disk(path: Path) -> bool:
    """Whether a file is read from a disk once it is forgotten; it is in memory afterwards."""
    forget(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_inblock
    path.read_bytes()
    return resource.getrusage(resource.RUSAGE_SELF).ru_inblock > before


def forget(path: Path) -> None:
    """Have a file be read from the disk the next time."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def children() -> list[int]:
    """Return the processes of this one that hash; it may have others, engines of other tests."""
    every = Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()
    return [int(each) for each in every if b"hashed.py" in Path("/proc", each, "cmdline").read_bytes()]
