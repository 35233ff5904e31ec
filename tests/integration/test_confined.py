"""Behind the walls: what a task cannot reach, what ends it, and that it ends alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pytest

from ged.errors import Refused, Unavailable
from ingest.capture.unopened import ask
from ingest.confined.bounds import Bounds, Stopped, Unforeseen, Why
from ingest.confined.confined import Confined
from ingest.readers.inspection import Limits, inspect
from ingest.side_by_side import Reading
from rooms import intruder
from rooms.letters import letter_pdf

BOUNDS = Bounds(processor_s=1, timeout_s=60, memory_bytes=300_000_000, file_bytes=1_000_000, answer_bytes=1_000_000)


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    with Confined(BOUNDS, at_once=2) as opened:
        yield opened


@contextmanager
def open_to_all() -> Iterator[str]:
    """Lend the name of a socket that any account of this machine may call."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as service:
        name = Path(folder, "service")
        service.bind(str(name))
        service.listen()
        for each, mode in ((Path(folder), 0o755), (name, 0o777)):
            each.chmod(mode)
        yield str(name)


def test_what_the_status_page_says_of_the_walls_is_so(confined: Confined, tmp_path: Path) -> None:
    walls = confined.walls()
    given, secret = tmp_path / "lettre", tmp_path / "cle"
    given.write_bytes(b"lettre")
    secret.write_bytes(b"secret")
    with socket.create_server(("127.0.0.1", 0)) as server, open_to_all() as local:
        services = server.getsockname()[1], local
        reached = confined.call(intruder.reached, *services, given, (str(secret), "/etc/shadow"))
    assert reached["given"]
    assert reached["own folder"]
    assert reached["port"] is not walls.network
    assert reached["service"] is not walls.calls
    assert {reached[name] for name in ("others", "elsewhere", "given to write")} == {not walls.files}
    if walls.files:
        assert not reached["parent's secrets"]
    assert given.read_bytes() == b"lettre"


def test_a_task_knows_no_variable_of_ours_and_owns_nothing(confined: Confined) -> None:
    account, names = confined.call(intruder.account_and_variables)
    assert set(names) <= {
        *("PATH", "TESSDATA_PREFIX", "TZ", "LANG", "LC_CTYPE", "HOME", "TMPDIR", "PYTHONPATH"),
        *("PYTHONDONTWRITEBYTECODE", "OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    }
    assert {"", "/"}.isdisjoint(confined.call(intruder.search_path)), "code is looked for where it lies"
    walls = confined.walls()
    assert walls.root is (os.geteuid() == 0)
    assert (account != os.geteuid()) is walls.account


@pytest.mark.parametrize(
    ("act", "arguments", "why"),
    [
        (intruder.fill, (400_000_000,), Why.MEMORY),
        (intruder.turn, (), Why.TIME),
        (intruder.crash, (), Why.CRASH),
        (intruder.leave, (), Why.CRASH),
        (intruder.lie, (), Why.CRASH),
        (intruder.flood, (), Why.CRASH),
    ],
    ids=["memory", "time", "crash", "leaves", "lies", "answers without end"],
)
def test_a_task_beyond_its_bounds_ends_alone(
    confined: Confined, act: object, arguments: tuple[object, ...], why: Why
) -> None:
    with ThreadPoolExecutor(1) as beside:
        other = beside.submit(confined.call, intruder.echo, "à côté")
        with pytest.raises(Stopped) as stopped:
            confined.call(act, *arguments)  # type: ignore[arg-type]
        assert stopped.value.why is why
        assert other.result() == "à côté"
    assert confined.call(intruder.echo, "ensuite") == "ensuite"


def test_a_task_that_waits_for_ever_is_killed_at_its_hour(confined: Confined) -> None:
    with pytest.raises(Stopped) as stopped:
        confined.call(intruder.sleep, 10_000.0, bounds=Bounds(timeout_s=0.3))
    assert stopped.value.why is Why.TIME


def test_the_sender_and_the_reader_hear_it_in_words(confined: Confined) -> None:
    for act, code in ((intruder.crash, "capture.crashed"), (intruder.turn, "capture.too_slow")):
        with pytest.raises(Refused) as refused:
            ask(confined, act)
        assert refused.value.code == code
        assert refused.value.sentence.count(".") >= 2
    with pytest.raises(Refused) as refused:
        ask(confined, intruder.stumble)
    assert refused.value.code == "capture.damaged"
    with pytest.raises(Unforeseen):
        confined.call(intruder.stumble)
    with Reading("tesserocr", confined) as reading:
        assert reading.each(intruder.echo, [("a",), ("b",), ("c",)]) == ["a", "b", "c"]
        with pytest.raises(Unavailable) as lost:
            reading.each(intruder.crash, [(), ()])
        assert lost.value.code == "reading.process_lost"
        with pytest.raises(Refused) as heavy:
            reading.each(intruder.fill, [(1,), (400_000_000,)])
        assert heavy.value.code == "reading.too_heavy"


def test_errors_of_the_house_cross_with_their_facts(confined: Confined, tmp_path: Path) -> None:
    file = tmp_path / "lettre.pdf"
    file.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(200))
    with pytest.raises(Refused) as refused:
        confined.call(inspect, file, Limits())
    assert refused.value.code == "capture.unknown_type"
    assert refused.value.diagnostics()["media_type"] == "application/octet-stream"


def test_nothing_is_left_of_a_task(confined: Confined, tmp_path: Path) -> None:
    file = tmp_path / "lettre.pdf"
    file.write_bytes(letter_pdf())
    assert confined.run(inspect, file, Limits()).peak_bytes < 300_000_000
    assert list(Path(gettempdir()).glob(f"ged-confine-{os.getpid()}-*")) == []
    assert list(tmp_path.iterdir()) == [file]


_HOUSE = """
import os, sys
from pathlib import Path
from ingest.confined.confined import Confined
from rooms.intruder import echo
confined = Confined()
confined.call(echo, "a")
children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
print(children, flush=True)
if sys.argv[1] == "self":
    os.kill(os.getpid(), 9)
os.kill(int(children), 9)
print(confined.call(echo, "encore"))
confined.close()
"""


@pytest.mark.parametrize("killed", ["self", "first process"])
def test_a_killed_house_leaves_no_process_and_a_killed_process_is_replaced(killed: str) -> None:
    path = os.pathsep.join(place for place in sys.path if place)
    command = [sys.executable, "-c", _HOUSE, killed]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)
    child, *more = done.stdout.split()
    if killed == "first process":
        assert (more, done.returncode) == (["encore"], 0)
        return
    assert done.returncode == -signal.SIGKILL
    while Path(f"/proc/{child}").exists() and "State:\tZ" not in Path(f"/proc/{child}/status").read_text():
        time.sleep(0.05)
