"""Originals read to their end: their SHA-256, and what is wrong with them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding
from ged.mail.said import Said
from ged.ports import Vault
from ged.services.audit.ground import Ground
from ged.services.audit.veiled import has_a_length, is_veiled

T = TypeVar("T")


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
        digest, size = vault.hashed(name)
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
    return size, [Finding("object.altered", name, Said("Ses octets ont l'empreinte %(digest)s.", digest=digest))]


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
