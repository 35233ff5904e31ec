"""A witness on a real port, asked by our client: it signs what grows, and catches who rewrites with the log's key."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.embedded.ports import LOOPBACK, free_port
from ged.errors import Corrupt, Unavailable
from ged.seal.cosignature import cosignatures, cosigner_key
from ged.seal.keys import ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log_key import read_checkpoint
from ged.seal.witness import HttpWitness

COSIGNER = cosigner_key("temoin.example/cour", Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


def ged(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api.witness", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=60)


@contextmanager
def running(state: Path) -> Iterator[str]:
    """Run a witness as its operator does, and kill it without a word at the end."""
    port = free_port()
    command = [sys.executable, "-m", "api.witness", "--state", str(state), "--listen", f"{LOOPBACK}:{port}"]
    with (state / "said").open("a") as said, subprocess.Popen(command, stdout=said, stderr=said) as process:
        try:
            _wait(f"http://{LOOPBACK}:{port}/temoin.vkey", process)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.kill()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the witness does not listen")


def ledger(folder: Path, name: str = "log") -> TileLedger:
    return TileLedger(folder / name, ensure_log_key(folder / "log.key", origin="essai/log"))


def grow(log: TileLedger, count: int, what: str = "entry") -> None:
    start = log.head().size
    log.append([f"{what} {n}".encode() for n in range(start, start + count)])


def shown(log: TileLedger) -> tuple[bytes, int, Callable[[int], Sequence[bytes]]]:
    """Return what a log shows to a witness: its head, its size, and how it proves to extend an older one."""
    head = log.head()
    return head.note.encode(), head.size, lambda older: log.consistency(older, head.size)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "witness"
    verifier = ledger(tmp_path).verifier_key
    ged("--state", str(folder), "--init", "temoin.example/cour", "--trust", verifier)
    return folder


def key_of(state: Path) -> str:
    return str(json.loads(ged("--state", str(state), "--json", check=False).stdout.splitlines()[0])["key"])


def test_a_witness_remembers_over_kills_and_catches_whoever_rewrites_the_log(tmp_path: Path, state: Path) -> None:
    key, log = key_of(state), ledger(tmp_path)
    grow(log, 300)
    with running(state) as url:
        witness = HttpWitness(key, url)
        for count in (1, 40, 1):
            grow(log, count)
            note = log.head().note + witness.cosign(*shown(log))
            assert [each.witness for each in cosignatures(note, [key])] == ["temoin.example/cour"]
            assert read_checkpoint(note, log.verifier_key).size == log.head().size
    with running(state) as url:  # killed without a word, it still knows
        fresh = HttpWitness(key, url)  # and a log that forgot what it showed is told
        grow(log, 5)
        fresh.cosign(*shown(log))
        held = log.head().size

        rebuilt = ledger(tmp_path, "rebuilt")  # an insider with the log's key writes a history of that size
        grow(rebuilt, held, "another")
        with pytest.raises(Corrupt) as error:
            fresh.cosign(*shown(rebuilt))
        assert error.value.code == "witness.refused"

        longer = ledger(tmp_path, "longer")
        grow(longer, held + 9, "a third")
        with pytest.raises(Corrupt) as error:
            fresh.cosign(*shown(longer))
        assert error.value.code == "witness.refused"

        shorter = ledger(tmp_path, "shorter")
        grow(shorter, 3)
        with pytest.raises(Corrupt) as error:
            fresh.cosign(*shown(shorter))
        assert error.value.code == "witness.ahead"

        page = httpx.get(url).text
        assert "Fraude" in page
        told = (state / "said").read_text(encoding="utf-8")
        assert "FRAUDE" in told
        asked = httpx.post(f"{url}/add-checkpoint", content=b"x" * 20_000)
        assert asked.status_code == 413
        answer = httpx.post(f"{url}/add-checkpoint", content=f"old 0\n\n{log.head().note}".encode())
        assert (answer.status_code, answer.text) == (409, f"{held}\n")
        assert answer.headers["content-type"] == "text/x.tlog.size"
    told_again = ged("--state", str(state), check=False)
    assert told_again.returncode == 1
    assert "FRAUDE" in told_again.stdout
    assert len(list((state / "journaux").glob("*/preuves/*.note"))) == 2


def test_a_witness_that_does_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    log = ledger(tmp_path)
    grow(log, 2)
    silent = HttpWitness(COSIGNER, f"http://{LOOPBACK}:{free_port()}", timeout_s=1)
    with pytest.raises(Unavailable) as error:
        silent.cosign(*shown(log))
    assert error.value.code == "witness.unavailable"


@pytest.mark.parametrize(
    "lie",
    [b"", b"not a line\n", "\u2014 temoin.example/cour AAAAAAAAAAAA\n".encode(), b"\xff"],
)
def test_what_a_false_witness_answers_is_not_believed(tmp_path: Path, lie: bytes) -> None:
    class Liar(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(lie)

        def log_message(self, *_: object) -> None:
            pass

    log = ledger(tmp_path)
    grow(log, 2)
    with http.server.HTTPServer((LOOPBACK, 0), Liar) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with pytest.raises(Unavailable) as error:
                HttpWitness(COSIGNER, f"http://{LOOPBACK}:{server.server_port}").cosign(*shown(log))
        finally:
            server.shutdown()
            thread.join()
    assert error.value.code == "witness.unavailable"


def test_a_state_folder_has_one_witness_for_good(tmp_path: Path, state: Path) -> None:
    again = ged("--state", str(state), "--init", "autre.example", check=False)
    assert (again.returncode, "witness.exists" in again.stderr) == (6, True)
    none = ged("--state", str(tmp_path / "nowhere"), check=False)
    assert (none.returncode, "witness.none" in none.stderr) == (2, True)
    bad = ged("--state", str(state), "--trust", "no key", check=False)
    assert (bad.returncode, "witness.key" in bad.stderr) == (2, True)
