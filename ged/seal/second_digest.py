"""The second digest: what the log says of originals by SHA-512, for the day when SHA-256 tells files apart no more.

One entry tells of many originals, each under the digest by which its leaf names it. What a salt blinds in the leaf it
blinds here as well, so that nothing of a confidential original can be guessed once the salt is destroyed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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
            raise ValueError("not second digests")
        try:
            fields = json.loads(data)
            made = cls(fields["time"], fields["sha512"], fields["blinded_sha512"])
            datetime.fromisoformat(made.time)
            whole = all(
                _WEAK.fullmatch(weak) and _STRONG.fullmatch(strong)
                for told in (made.plain, made.blinded)
                for weak, strong in told.items()
            )
        except (TypeError, KeyError, AttributeError, UnicodeDecodeError) as error:
            raise ValueError("not second digests") from error
        if not whole or made.encode() != data:
            raise ValueError("not the canonical encoding")
        return made


def is_second_digests(data: bytes) -> bool:
    """Whether an entry of the log tells of second digests: it is no leaf, and nothing is sealed by it."""
    try:
        SecondDigests.decode(data)
    except ValueError:
        return False
    return True
