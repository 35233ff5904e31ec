"""What is wrapped for each object: its key, the digest that it answers to, its size; and its name in the store."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ged.errors import Corrupt

_DRAWN_BYTES = 24
_LAYOUT = struct.Struct(">32s32sQ")


@dataclass(frozen=True, slots=True, repr=False)
class ObjectSecret:
    """The key of one object and what it opens.

    Attributes:
        key: 32 random bytes; everything of the object is encrypted under keys drawn from it.
        digest: SHA-256 of the plaintext, hexadecimal; `size` in bytes.
    """

    key: bytes
    digest: str
    size: int

    def pack(self) -> bytes:
        """Return the bytes that are wrapped."""
        return _LAYOUT.pack(self.key, bytes.fromhex(self.digest), self.size)

    @classmethod
    def unpack(cls, data: bytes) -> ObjectSecret:
        """Return what was wrapped."""
        key, digest, size = _LAYOUT.unpack(data)
        return cls(key, digest.hex(), size)

    def suffix_in_store(self, name: str, suffix: str) -> str:
        """Return the suffix of a companion in the store, always the same one: nobody reads there what it is of."""
        return self._siv().encrypt(suffix.encode(), [name.encode()]).hex()

    def suffix_of(self, name: str, stored: str) -> str:
        """Return the suffix that stands behind one of the store.

        Raises:
            ValueError: it is none that this object gives.
        """
        try:
            return self._siv().decrypt(bytes.fromhex(stored), [name.encode()]).decode()
        except InvalidTag as error:
            message = "not a companion of this object"
            raise ValueError(message) from error

    def _siv(self) -> AESSIV:
        return AESSIV(HKDF(hashes.SHA256(), 64, salt=None, info=b"ged/coffre/1/suffixes").derive(self.key))


def new_name(lookup_key: bytes) -> str:
    """Return a name for an object: random, and recognised as ours by whoever has the key."""
    drawn = secrets.token_bytes(_DRAWN_BYTES)
    return (drawn + _mark(drawn, lookup_key)).hex()


def is_name(name: str, lookup_key: bytes) -> bool:
    """Whether `new_name` gave this name: what lies under it is ciphertext of ours, even when its key is gone."""
    data = bytes.fromhex(name)
    return hmac.compare_digest(data[_DRAWN_BYTES:], _mark(data[:_DRAWN_BYTES], lookup_key))


def lookup_of(digest: str, lookup_key: bytes) -> bytes:
    """Return what a digest is looked up by."""
    return hmac.digest(lookup_key, b"digest\0" + digest.encode(), hashlib.sha256)


def mark_of(lookup_key: bytes) -> bytes:
    """Return what says, without showing the key, that a database goes with it."""
    return hmac.digest(lookup_key, b"mark", hashlib.sha256)


def corrupt_key(name: str) -> Corrupt:
    """Return what is said when the wrapped key of an object is that of another."""
    return Corrupt(
        "vault.key",
        "La clé d'un fichier du coffre ne s'ouvre pas. Rien n'est montré. Prévenez l'administrateur : la table "
        "des clés est à rétablir depuis la sauvegarde.",
        name=name,
    )


def _mark(drawn: bytes, lookup_key: bytes) -> bytes:
    return hmac.digest(lookup_key, b"name\0" + drawn, hashlib.sha256)[: 32 - _DRAWN_BYTES]
