"""ClamAV by its daemon, over a local socket or TCP: bytes are streamed to it, it never opens a file of ours.

Source: clamd(8), commands zPING, zVERSION, zINSTREAM.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from ged.errors import Unavailable
from ged.ports import AntivirusReport

_CHUNK, _ANSWER_LENGTH = 1 << 18, 4096


class Clamd:
    """A clamd that listens on a path, or on a host and port."""

    def __init__(self, path: str, host: str, port: int, timeout_s: float) -> None:
        self._path = path
        self._address = (host, port)
        self._timeout_s = timeout_s

    @property
    def place(self) -> str:
        """Where it listens."""
        return self._path or f"{self._address[0]}:{self._address[1]}"

    def scan(self, stream: BinaryIO) -> str | None:
        """Return what was found in a stream, by the name of its signature; None when nothing was.

        Raises:
            Unavailable: `antivirus.unavailable`, it does not answer, or will not say.
        """
        with self._asking(b"zINSTREAM\0") as line:
            while chunk := stream.read(_CHUNK):
                line.sendall(struct.pack("!I", len(chunk)) + chunk)
            line.sendall(struct.pack("!I", 0))
            said = _said(line)
        if said.endswith(" FOUND"):
            return said.removeprefix("stream: ").removesuffix(" FOUND")[:200]
        if said == "stream: OK":
            return None
        raise self._unavailable(said or "rien")

    def report(self) -> AntivirusReport:
        """Say whether it answers, and which signatures it has. Never raises."""
        try:
            with self._asking(b"zVERSION\0") as line:
                version = _said(line)
        except Unavailable as error:
            return AntivirusReport(self.place, reachable=False, version="", remark=error.sentence)
        return AntivirusReport(self.place, reachable=bool(version), version=version, remark="")

    @contextmanager
    def _asking(self, command: bytes) -> Iterator[socket.socket]:
        try:
            with self._connected() as line:
                line.sendall(command)
                yield line
        except OSError as error:
            raise self._unavailable(str(error)) from error

    def _connected(self) -> socket.socket:
        if not self._path:
            return socket.create_connection(self._address, self._timeout_s)
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(self._timeout_s)
            line.connect(self._path)
        except OSError:
            line.close()
            raise
        return line

    def _unavailable(self, said: str) -> Unavailable:
        return Unavailable(
            "antivirus.unavailable",
            "L'antivirus ne répond pas, et aucun fichier n'entre sans lui. Le vôtre reste où il est : réessayez dans "
            "quelques minutes, et prévenez l'administrateur si cela dure.",
            place=self.place,
            said=said[:500],
        )


def _said(line: socket.socket) -> str:
    """Return an answer; clamd may close before all was sent, when the stream is longer than it allows."""
    said = b""
    while not said.endswith(b"\0") and len(said) < _ANSWER_LENGTH:
        piece = line.recv(_ANSWER_LENGTH)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()
