"""Files of a folder hashed by processes of their own, of which none waits for the interpreter of another.

A process is `ged/store/vault/hashed.py`. All take messages from one socket, whoever is free the next, so that none is
idle while another is behind; an answer bears the number of what was asked. There are more of them where the disk is
waited for. They end when the socket is closed, so with whoever started them.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from ged.errors import Unavailable
from ged.store.vault import hashed

Answer = tuple[str, int]
"""(SHA-256 in hexadecimal, size in bytes) of a file read to its end; ("", errno) of one that cannot be."""
_LOOK_S = 1
"""So long without an answer, and it is looked whether a process died."""


class Hashers:
    """Processes that hash files below a folder, each started when there is something to do for it, ended on leaving."""

    def __init__(self, folder: Path, at_once: int, most: int) -> None:
        """Have `at_once` of them, at least one, while files are in memory; one more, up to `most`, for each wait."""
        self._folder, self._wanted, self._most = folder, at_once, most
        self._processes = list[subprocess.Popen[bytes]]()
        self._asked = self._come = 0
        self._answers = dict[int, list[Answer]]()

    def __enter__(self) -> Self:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", _LOOK_S, 0))
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for each in self._processes:
            each.kill()  # it only reads
            each.wait()
        self._theirs.close()
        self._ours.close()

    def ask(self, places: Sequence[str]) -> Callable[[], list[Answer]]:
        """Have files be hashed, a hundred or so; return what waits for the answers, to be called once.

        Raises:
            Unavailable: `vault.hasher`, a process died; from what waits, too.
        """
        if len(self._processes) < self._wanted:
            program = [sys.executable, "-I", "-S", hashed.__file__, str(self._folder)]
            self._processes.append(subprocess.Popen(program, stdin=self._theirs.fileno(), process_group=0))
        number, sent = self._asked, 0
        self._asked += 1
        while not sent:
            try:
                sent = self._ours.send(f"{number} {' '.join(places)}".encode(), socket.MSG_DONTWAIT)
            except BlockingIOError:  # the socket is full: who waits to answer takes no more
                self._take()
        return lambda: self._wait(number)

    def waiting(self) -> int:
        """Return of how many questions the answers have not come yet."""
        while self._asked > self._come and self._take(socket.MSG_DONTWAIT):
            pass
        return self._asked - self._come

    def _wait(self, number: int) -> list[Answer]:
        while number not in self._answers:
            self._take()
        return self._answers.pop(number)

    def _take(self, flags: int = 0) -> bool:
        """Take an answer and return whether one came; else look whether one can still come."""
        try:
            number, waited, *files = self._ours.recv(hashed.MESSAGE_BYTES, flags).decode().split()
        except BlockingIOError:
            if any(each.poll() is not None for each in self._processes):
                raise Unavailable(
                    "vault.hasher", "Un processus qui lisait le coffre s'est arrêté avant d'avoir fini."
                ) from None
            return False
        self._come += 1
        if waited == "1" and self._wanted == len(self._processes):
            self._wanted = min(self._wanted + 1, self._most)
        told = (each.split(":") for each in files)
        self._answers[int(number)] = [(digest, int(size)) for digest, size in told]
        return True
