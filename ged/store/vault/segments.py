"""Ciphertext in segments: the STREAM construction over AES-256-GCM, 1 MiB a segment, opened from any place.

A file is a header (a mark of eight bytes, then a random prefix of seven) and the segments, each with its tag. The
nonce of a segment is the prefix, its number and whether it is the last, so that none can be moved, left out or cut
off; what the file is (the object's name, the companion's suffix) is associated data, so that none can stand for
another.

Source: Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance",
CRYPTO 2015, section 7 (STREAM); NIST SP 800-38D.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ged.errors import Corrupt

SEGMENT_BYTES = 1 << 20
_MARK = b"GEDENC1\n"
_PREFIX_BYTES = 7
_TAG_BYTES = 16
_HEADER_BYTES = len(_MARK) + _PREFIX_BYTES
_SEALED_BYTES = SEGMENT_BYTES + _TAG_BYTES


def plain_size(stored: int) -> int:
    """Return how many bytes a ciphertext of that size holds; 0 for what is too short to be one."""
    body = stored - _HEADER_BYTES
    return max(0, body - _TAG_BYTES * max(1, -(-body // _SEALED_BYTES)))


def begins_ciphertext(stream: BinaryIO) -> bool:
    """Whether a stream begins as a ciphertext does; anybody can write that mark, only a key tells more."""
    return stream.read(len(_MARK)) == _MARK


def stored_size(plain: int) -> int:
    """Return the size of the ciphertext of that many bytes; an empty file has one empty segment."""
    return _HEADER_BYTES + plain + _TAG_BYTES * max(1, -(-plain // SEGMENT_BYTES))


class Cipher:
    """What encrypts one file: a key of its own, drawn from the object's, and what the file is."""

    def __init__(self, object_key: bytes, name: str, suffix: str = "") -> None:
        self._name, self._suffix = name, suffix
        drawn = HKDF(hashes.SHA256(), 32, salt=None, info=b"ged/coffre/1\0" + suffix.encode())
        self._gcm = AESGCM(drawn.derive(object_key))

    def encrypted(self, stream: BinaryIO, seen: Callable[[bytes], None]) -> Iterator[bytes]:
        """Give the ciphertext of a stream, piece by piece; each piece of plaintext is shown to `seen` first."""
        header = _MARK + secrets.token_bytes(_PREFIX_BYTES)
        bound = self._bound(header)
        yield header
        number, segment = 0, _filled(stream)
        while True:
            seen(segment)
            following = _filled(stream) if len(segment) == SEGMENT_BYTES else b""
            yield self._gcm.encrypt(_nonce(header, number, last=not following), segment, bound)
            if not following:
                return
            number, segment = number + 1, following

    def opened(self, stream: BinaryIO, stored: int) -> BinaryIO:
        """Return the plaintext of a ciphertext of `stored` bytes, seekable: only the segments that are read are opened.

        Raises:
            Corrupt: `vault.ciphertext`, at once or when the segment is read: a byte, the order or the length was
                changed, or it is the ciphertext of something else.
        """
        header = stream.read(_HEADER_BYTES)
        if not header.startswith(_MARK) or stored < _HEADER_BYTES + _TAG_BYTES:
            raise self.corrupt("header")
        return io.BufferedReader(_Segments(self, stream, header, plain_size(stored)), SEGMENT_BYTES)

    def open_segment(self, header: bytes, number: int, sealed: bytes, *, last: bool) -> bytes:
        """Return the plaintext of one segment, or raise `Corrupt` as `opened` says."""
        try:
            return self._gcm.decrypt(_nonce(header, number, last=last), sealed, self._bound(header))
        except InvalidTag as error:
            raise self.corrupt(f"segment {number}") from error

    def _bound(self, header: bytes) -> bytes:
        return hashlib.sha256(header + self._name.encode() + b"\0" + self._suffix.encode()).digest()

    def corrupt(self, where: str) -> Corrupt:
        """Return what is said when this file is not what it should be."""
        return Corrupt(
            "vault.ciphertext",
            "Un fichier chiffré du coffre a été modifié, tronqué ou échangé. Rien n'en est montré. "
            "Prévenez l'administrateur : il est à rétablir depuis la sauvegarde.",
            name=self._name,
            suffix=self._suffix,
            where=where,
        )


class _Segments(io.RawIOBase):
    """Plaintext by segments; the last one opened stays in memory."""

    def __init__(self, cipher: Cipher, stream: BinaryIO, header: bytes, size: int) -> None:
        self._cipher, self._stream, self._header, self._size = cipher, stream, header, size
        self._last = max(0, -(-size // SEGMENT_BYTES) - 1)
        self._place = 0
        self._held: tuple[int, bytes] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._place >= self._size and self._size:
            return 0
        number, within = divmod(self._place, SEGMENT_BYTES)
        piece = memoryview(self._segment(number))[within : within + len(buffer)]
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)

    def readall(self) -> bytes:
        pieces = []
        while self._place < self._size or not self._size:
            number, within = divmod(self._place, SEGMENT_BYTES)
            pieces.append(self._segment(number)[within:])
            self._place += len(pieces[-1])
            if not self._size:
                break
        return b"".join(pieces)

    def _segment(self, number: int) -> bytes:
        if self._held is None or self._held[0] != number:
            self._stream.seek(_HEADER_BYTES + number * _SEALED_BYTES)
            sealed = self._stream.read(_SEALED_BYTES)
            self._held = number, self._cipher.open_segment(self._header, number, sealed, last=number == self._last)
        return self._held[1]


def _nonce(header: bytes, number: int, *, last: bool) -> bytes:
    return header[-_PREFIX_BYTES:] + struct.pack(">IB", number, last)


def _filled(stream: BinaryIO) -> bytes:
    """Read a whole segment: a socket gives what it has, a segment is full or the last."""
    first = stream.read(SEGMENT_BYTES)
    if len(first) in {0, SEGMENT_BYTES}:
        return first
    pieces, size = [first], len(first)
    while size < SEGMENT_BYTES and (more := stream.read(SEGMENT_BYTES - size)):
        pieces.append(more)
        size += len(more)
    return b"".join(pieces)
