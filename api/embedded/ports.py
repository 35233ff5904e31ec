"""Loopback ports that nobody listens on."""

from __future__ import annotations

import secrets
import socket

LOOPBACK = "127.0.0.1"
# Below Linux's range for outgoing connections (32768 and up), so a kept port is rarely taken by chance.
_FIRST, _COUNT = 20_000, 10_000


def is_free(port: int) -> bool:
    """Tell whether a server could listen on that loopback port now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still dying down counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a free loopback port between 20000 and 29999, chosen at random."""
    while True:
        port = _FIRST + secrets.randbelow(_COUNT)
        if is_free(port):
            return port
