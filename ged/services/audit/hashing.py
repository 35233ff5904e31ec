"""Originals read to their end: their SHA-256, and what is wrong with them."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding
from ged.mail.said import Said
from ged.ports import Vault
from ged.services.audit.ground import Ground
from ged.services.audit.veiled import has_a_length, is_veiled
from ged.services.second_digests import Expected, both_digests

T = TypeVar("T")


class Asked(NamedTuple):
    """An original to be read, or a proof beside it.

    Attributes:
        digest: SHA-256 of the original; `size` of what is stored of it.
        suffix: Of the proof; "" for the original itself.
        expected: The SHA-512 that the log holds of the original, if any.
    """

    digest: str
    size: int
    suffix: str = ""
    expected: Expected | None = None


def read_original(ground: Ground, asked: Asked) -> tuple[int, list[Finding]]:
    """Return how many bytes were read of an original and what is wrong with them."""
    digest, size, _, expected = asked
    if ground.veiled and is_veiled(ground.vault, digest):
        cut = Finding("object.altered", digest, "Ce fichier chiffré est tronqué.")
        return 0, [] if has_a_length(size) else [cut]
    return _hashed(ground.vault, digest, expected)


def _hashed(vault: Vault, name: str, expected: Expected | None) -> tuple[int, list[Finding]]:
    try:
        digest, second, size = both_digests(name, vault) if expected else _first_alone(name, vault)
    except NotFound:
        return 0, [Finding("object.missing", name, "L'objet listé ne se lit plus.")]
    except Corrupt as error:
        return 0, [Finding("object.altered", name, error.sentence)]
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return 0, [Finding("object.unread", name, "Le disque ne rend pas ses octets (erreur de lecture).")]
    if digest != name:
        return size, [Finding("object.altered", name, Said("Ses octets ont l'empreinte %(digest)s.", digest=digest))]
    if expected and not expected.is_of(second):
        return size, [Finding("object.sha512", name, "Ses octets ont la SHA-256 inscrite, non la SHA-512 inscrite.")]
    return size, []


def _first_alone(name: str, vault: Vault) -> tuple[str, str, int]:
    digest, size = vault.hashed(name)
    return digest, "", size


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
