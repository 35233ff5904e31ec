"""SHA-512 of originals, in an entry of the log, and of the log: for the day when SHA-256 tells files apart no more.

One entry tells of many originals, each under the digest by which its leaf names it. What a salt blinds in the leaf it
blinds here as well, so that nothing of a confidential original can be guessed once the salt is destroyed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ged.mail.said import Said

MOST = 256
"""Originals in one entry: an entry of the log is at most 65,535 bytes, and one original takes 199."""

_FORMAT, _EVENT = 3, "sha512"
_MARK = b'"event":"sha512","format":3'
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
_WEAK, _STRONG = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{128}")


def blind_second(digest: str, salt: bytes) -> str:
    """Return the blinded digest: SHA-512 over the salt followed by the 64 bytes of the digest, hexadecimal."""
    return hashlib.sha512(salt + bytes.fromhex(digest)).hexdigest()


@dataclass(frozen=True, slots=True)
class SecondDigests:
    """An entry of the log: the SHA-512 of originals, hexadecimal, by the SHA-256 of their leaves.

    Attributes:
        time: ISO 8601, UTC, as claimed by the installation.
        blinded: Of originals whose leaf is blinded: both digests under the salt of the leaf.
    """

    time: str
    plain: Mapping[str, str] = field(default_factory=dict)
    blinded: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the one encoding of this entry."""
        told = {"sha512": dict(self.plain), "blinded_sha512": dict(self.blinded)}
        return _canonical({"format": _FORMAT, "event": _EVENT, "time": self.time, **told}).encode()

    @classmethod
    def decode(cls, data: bytes) -> SecondDigests:
        """Return what these bytes are the encoding of.

        Raises:
            ValueError: they are not the canonical encoding of second digests.
        """
        if _MARK not in data:
            raise ValueError(Said("ce ne sont pas des secondes empreintes"))
        try:
            fields = json.loads(data)
            made = cls(fields["time"], fields["sha512"], fields["blinded_sha512"])
            datetime.fromisoformat(made.time)
            whole = all(
                _WEAK.fullmatch(weak) and _STRONG.fullmatch(strong)
                for told in (made.plain, made.blinded)
                for weak, strong in told.items()
            )
        except (TypeError, KeyError, AttributeError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(Said("ce ne sont pas des secondes empreintes")) from error
        if not whole or made.encode() != data:
            raise ValueError(Said("ce n'est pas l'écriture canonique"))
        return made


class WholeLog:
    """SHA-512 over the first entries of a log as its entry bundles hold them, asked for sizes that only grow.

    Source: C2SP tlog-tiles, each entry after its length in two bytes: the bundles one after the other, cut at the size.
    """

    MARK = hashlib.sha512(b"ged-courrier: beside a head, SHA-512 of the entry bundles below it").digest()

    def __init__(self, bundles: Iterable[Sequence[bytes]]) -> None:
        self._entries = (entry for bundle in bundles for entry in bundle)
        self._read, self._digest = 0, hashlib.sha512()

    def beside(self, size: int) -> tuple[bytes, bytes]:
        """Return what stands beside the digest of the head of that size when it is hashed anew: a mark, the SHA-512.

        Raises:
            ValueError: the log is shorter, or a larger size was asked for before.
        """
        if size < self._read:
            raise ValueError("asked for backwards")
        for entry in islice(self._entries, size - self._read):
            self._digest.update(len(entry).to_bytes(2, "big") + entry)
            self._read += 1
        if self._read != size:
            raise ValueError(Said("le journal a %(found)s inscriptions, et non %(size)s", found=self._read, size=size))
        return self.MARK, self._digest.digest()


def is_second_digests(data: bytes) -> bool:
    """Whether an entry of the log tells of second digests: it is no leaf, and nothing is sealed by it."""
    try:
        SecondDigests.decode(data)
    except ValueError:
        return False
    return True
