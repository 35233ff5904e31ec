"""What somebody would do who had taken over the process that reads a file; each is called behind walls."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from pathlib import Path


def reached(port: int, local: str, given: Path, others: tuple[str, ...]) -> dict[str, bool]:
    """What it could reach: services of this machine, files of others by name, the process that started it."""
    return {
        "service": _done(lambda: socket.socket(socket.AF_UNIX).connect(local)),
        "port": _done(lambda: socket.create_connection(("127.0.0.1", port), 2).close()),
        "given": _done(given.read_bytes),
        "given to write": _done(lambda: given.write_bytes(b"autre chose")),
        "others": any(_done(lambda path=name: Path(path).read_bytes()) for name in others),
        "elsewhere": _done(lambda: Path("/tmp/intrus").write_bytes(b"x")),  # noqa: S108
        "parent's secrets": _done(lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes()),
        "parent's life": _done(lambda: os.kill(os.getppid(), signal.SIGKILL)),
        "own folder": _done(lambda: Path("ici").write_bytes(b"x")),
    }


def _done(act: object) -> bool:
    try:
        act()  # type: ignore[operator]
    except OSError:
        return False
    return True


def account_and_variables() -> tuple[int, tuple[str, ...]]:
    return os.getuid(), tuple(sorted(os.environ))


def search_path() -> tuple[str, ...]:
    return tuple(sys.path)


def fill(size: int) -> int:
    return len(bytearray(size))


def turn() -> None:
    while True:
        pass


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(0)


def lie() -> int:
    return "pas un nombre"  # type: ignore[return-value]


def stumble() -> None:
    message = "un cas que personne n'a prévu"
    raise ValueError(message)


def flood() -> bytes:
    return bytes(2_000_000)


def echo(said: str) -> str:
    return said
