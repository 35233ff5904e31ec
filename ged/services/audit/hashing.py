"""Originals read to their end: their SHA-256, and what is wrong with them."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, TypeVar

from ged.errors import Corrupt, NotFound
from ged.mail.audit import Finding
from ged.mail.said import Said
from ged.ports import Vault
from ged.services.audit.ground import Ground
from ged.services.audit.veiled import has_a_length, is_veiled
from ged.services.second_digests import Expected, both_digests
from ged.store.vault.hashers import Answer

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
    if expected:
        return _faults(digest, lambda: both_digests(digest, ground.vault), expected)
    return _faults(digest, lambda: _first_alone(ground.vault.hashed(digest)))


def answered(vault: Vault, name: str, answer: Answer) -> tuple[int, list[Finding]]:
    """Return how many bytes another process read of an original and what is wrong with them."""
    digest, number = answer
    return (number, []) if digest == name else _faults(name, lambda: _first_alone(_taken(vault, name, answer)))


def _taken(vault: Vault, name: str, answer: Answer) -> tuple[str, int]:
    digest, number = answer
    if digest:
        return answer
    if number == errno.ENOENT:
        return vault.hashed(name)  # tells an object that is not there from a disk that is not
    raise OSError(number, os.strerror(number))


def _faults(
    name: str, read: Callable[[], tuple[str, str, int]], expected: Expected | None = None
) -> tuple[int, list[Finding]]:
    """Return how many bytes were read of an original and what is wrong with its SHA-256, its SHA-512 and its size."""
    try:
        digest, second, size = read()
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


def _first_alone(found: tuple[str, int]) -> tuple[str, str, int]:
    digest, size = found
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
