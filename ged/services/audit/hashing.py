"""Originals read to their end: their SHA-256, and what is wrong with them."""

from __future__ import annotations

import errno
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding
from ged.ports import Vault
from ged.services.audit.ground import Ground
from ged.services.audit.veiled import has_a_length, is_veiled

_CHUNK = 256 << 10
"""Measured: from 128 KiB to 1 MiB alike, 1.9 GB/s a core where `openssl dgst` gives 1.5; smaller is slower."""
_here = threading.local()

T = TypeVar("T")


def digest_of_object(vault: Vault, digest: str) -> tuple[str, int]:
    """Return (SHA-256 in hexadecimal, size in bytes) of what is stored under a digest, read to its end.

    Raises:
        NotFound, Unavailable: as the vault says.
    """
    buffer: bytearray = getattr(_here, "buffer", None) or bytearray(_CHUNK)
    _here.buffer = buffer
    view, found, size = memoryview(buffer), hashlib.sha256(), 0
    with vault.open(digest) as stream:
        raw = getattr(stream, "raw", stream)  # a file of the disk, without a second buffer between
        read = getattr(raw, "readinto", None)
        while count := read(buffer) if read is not None else _copied(stream.read(_CHUNK), buffer):
            found.update(view[:count])
            size += count
    return found.hexdigest(), size


def _copied(data: bytes, buffer: bytearray) -> int:
    buffer[: len(data)] = data
    return len(data)


def read_originals(ground: Ground, asked: Sequence[tuple[str, int]]) -> list[tuple[int, list[Finding]]]:
    """Return, for each (digest, stored size), how many bytes were read and what is wrong with them."""
    return [_examined(ground, digest, size) for digest, size in asked]


def _examined(ground: Ground, digest: str, size: int) -> tuple[int, list[Finding]]:
    if ground.veiled and is_veiled(ground.vault, digest):
        cut = Finding("object.altered", digest, "Ce fichier chiffré est tronqué.")
        return 0, [] if has_a_length(size) else [cut]
    return _hashed(ground.vault, digest)


def _hashed(vault: Vault, name: str) -> tuple[int, list[Finding]]:
    try:
        digest, size = digest_of_object(vault, name)
    except NotFound:
        return 0, [Finding("object.missing", name, "L'objet listé ne se lit plus.")]
    except Corrupt as error:
        return 0, [Finding("object.altered", name, error.sentence)]
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return 0, [Finding("object.unread", name, "Le disque ne rend pas ses octets (erreur de lecture).")]
    if digest == name:
        return size, []
    return size, [Finding("object.altered", name, f"Ses octets ont l'empreinte {digest}.")]


def handfuls(things: Iterable[T], weight: Callable[[T], float]) -> Iterator[list[T]]:
    """Give things by the handful: one is full when the weights of what it holds come to 1."""
    some, full = list[T](), 0.0
    for one in things:
        some.append(one)
        full += weight(one)
        if full >= 1:
            yield some
            some, full = [], 0.0
    if some:
        yield some
