"""The web server as installed: several processes on one port, none of which outlives or brings down the others."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from api.embedded.ports import free_port, is_free
from engines.process import running


@pytest.fixture
def serving(database: str, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The process id and the port of `ged serve` with two processes."""
    port = free_port()
    environment = {
        **os.environ,
        "GED_DATA": str(tmp_path / "data"),
        "GED_DATABASE_KIND": "server",
        "GED_DATABASE_URL": database,
        "GED_WEB_PORT": str(port),
        "GED_WEB_PROCESSES": "2",
    }
    ged = Path(sys.executable).with_name("ged")
    ready = lambda: answers(port)  # noqa: E731
    with running([ged, "serve"], log=tmp_path / "log", ready=ready, within_s=60, environment=environment) as pid:
        until(lambda: len(children(pid)) >= 2)
        yield pid, port


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/connexion").status_code == 200
    except httpx.TransportError:
        return False


def children(pid: int) -> list[int]:
    """The processes that serve: those that wait on the port, not the tracker of multiprocessing."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]


def until(condition: Callable[[], bool], within_s: float = 60) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_process_killed_is_replaced_and_the_pages_stay(serving: tuple[int, int]) -> None:
    pid, port = serving
    before = children(pid)
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len([one for one in children(pid) if one not in before]) == 1)
    assert answers(port)


def test_a_process_that_dies_while_it_is_asked_is_replaced_before_the_question_ends(serving: tuple[int, int]) -> None:
    pid, port = serving
    before = children(pid)
    os.kill(before[0], signal.SIGSTOP)
    time.sleep(2)  # asked each half second: it is being asked now, and the question would end after a minute
    os.kill(before[0], signal.SIGKILL)
    until(lambda: len([one for one in children(pid) if one not in before]) == 1, within_s=45)
    assert answers(port)


def test_when_the_parent_is_killed_the_port_is_free_for_the_next(serving: tuple[int, int]) -> None:
    pid, port = serving
    os.kill(pid, signal.SIGKILL)
    until(lambda: is_free(port))


def test_a_process_that_is_long_in_answering_is_not_replaced(serving: tuple[int, int]) -> None:
    pid, port = serving
    before = children(pid)
    os.kill(before[0], signal.SIGSTOP)
    time.sleep(7)  # longer than the five seconds after which uvicorn, left to itself, kills it
    os.kill(before[0], signal.SIGCONT)
    until(lambda: answers(port))
    assert children(pid) == before
