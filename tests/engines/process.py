"""A server that a test session runs: started, awaited, stopped by process id, its log shown when it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from api.embedded.account import Account, dropping_to


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    log: Path,
    ready: Callable[[], bool],
    within_s: float,
    account: Account | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[int]:
    """Yield the process id once `ready` says so; stop the process and all its children at the end."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=environment,
            start_new_session=True,
            **dropping_to(account),
        )
    try:
        _wait_until(ready, server, log, within_s)
        yield server.pid
    finally:
        _end(server)


def _wait_until(ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not ready():
        if server.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-4000:]
            message = f"{server.args!r} did not get ready within {within_s} s (exit {server.returncode}):\n{tail}"
            raise RuntimeError(message)
        time.sleep(0.1)


def _end(server: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    except ProcessLookupError:
        server.wait()
