"""The supervisor, with real processes in the place of the web server and the worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api.supervisor import Child, keep_running
from ged.errors import Unavailable

_ROOT = Path(__file__).resolve().parents[2]
# A supervisor in a process of its own, over two children that write their process ids and wait.
_SUPERVISOR = """
import os, sys
from api.supervisor import Child, keep_running
children = [Child(name, ["sh", "-c", f"echo $$ >> {sys.argv[1]}/{name}; exec sleep 600"], os.environ) for name in "ab"]
keep_running(children, ready=lambda: print("ready", flush=True))
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _SUPERVISOR, str(tmp_path)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_ROOT)
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    until(lambda: len(pids(tmp_path, "a")) == len(pids(tmp_path, "b")) == 1)
    return started


def pids(folder: Path, name: str) -> list[int]:
    file = folder / name
    return [int(line) for line in file.read_text().splitlines()] if file.exists() else []


def lives(pid: int) -> bool:
    try:
        return "Z" not in (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(condition: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_everything_when_told(supervisor: subprocess.Popen[str], tmp_path: Path, told: signal.Signals) -> None:
    supervisor.send_signal(told)
    supervisor.communicate(timeout=20)
    assert supervisor.returncode == 0
    assert not any(lives(pid) for name in "ab" for pid in pids(tmp_path, name))


def test_it_starts_a_killed_child_again_and_leaves_the_other(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(pids(tmp_path, "a")[0], signal.SIGKILL)
    until(lambda: len(pids(tmp_path, "a")) == 2)
    assert len(pids(tmp_path, "b")) == 1
    assert lives(pids(tmp_path, "b")[0])
    supervisor.terminate()
    supervisor.communicate(timeout=20)
    assert not any(lives(pid) for name in "ab" for pid in pids(tmp_path, name))


def test_its_children_end_when_it_is_killed(supervisor: subprocess.Popen[str], tmp_path: Path) -> None:
    supervisor.kill()
    supervisor.communicate(timeout=20)
    until(lambda: not any(lives(pid) for name in "ab" for pid in pids(tmp_path, name)))


def test_a_child_that_dies_at_once_again_and_again_ends_the_whole(tmp_path: Path) -> None:
    lasting = Child("worker", ["sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 600"], os.environ)
    dying = Child("serve", ["false"], os.environ)
    with pytest.raises(Unavailable) as unavailable:
        keep_running([lasting, dying])
    assert unavailable.value.code == "supervisor.keeps_dying"
    assert "ged serve" in unavailable.value.sentence
    assert not lives(pids(tmp_path, "pid")[0])
