"""The little DER that a CMS signature needs: an encoder and a strict reader, nothing more.

Source: ITU-T X.690 (DER). openssl is its oracle in the tests.
"""

from __future__ import annotations

from typing import NamedTuple

from ged.mail.said import Said

SEQUENCE, SET, OCTETS, OID, INTEGER, NULL, UTC_TIME, GENERALIZED_TIME = 0x30, 0x31, 0x04, 0x06, 0x02, 0x05, 0x17, 0x18
BITS, CONTEXT_0, CONTEXT_4 = 0x03, 0xA0, 0xA4


def encode(tag: int, *parts: bytes) -> bytes:
    """Return one DER value: tag, definite length, the parts joined."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def oid(dotted: str) -> bytes:
    """Return an object identifier, `1.2.840.113549.1.7.2`."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    octets = bytearray([first * 40 + second])
    for arc in rest:
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(0x80 | (arc & 0x7F))
        octets += bytes(reversed(septets))
    return encode(OID, bytes(octets))


RSA_SHA256 = encode(SEQUENCE, oid("1.2.840.113549.1.1.11"), encode(NULL))
ECDSA_SHA256 = encode(SEQUENCE, oid("1.2.840.10045.4.3.2"))


class Value(NamedTuple):
    """One value as read: its tag, its content, its whole encoding, and where its content begins in what was decoded."""

    tag: int
    content: bytes
    whole: bytes
    at: int

    def children(self) -> list[Value]:
        """Return the values inside a constructed one.

        Raises:
            ValueError: the content is not a run of DER values.
        """
        found: list[Value] = []
        position = 0
        while position < len(self.content):
            value, position = _read(self.content, position, self.at)
            found.append(value)
        return found


def decode(data: bytes) -> Value:
    """Read one DER value that takes up the whole of `data`.

    Raises:
        ValueError: anything else, trailing bytes and indefinite or padded lengths included.
    """
    value, end = _read(data, 0, 0)
    if end != len(data):
        message = Said("des octets suivent la fin")
        raise ValueError(message)
    return value


def _read(data: bytes, start: int, base: int) -> tuple[Value, int]:
    try:
        tag, first = data[start], data[start + 1]
    except IndexError as error:
        message = Said("l'en-tête est tronqué")
        raise ValueError(message) from error
    position, size = start + 2, first
    if first & 0x80:
        octets = first & 0x7F
        raw = data[position : position + octets]
        size = int.from_bytes(raw, "big")
        if not 1 <= octets <= 4 or len(raw) != octets or raw[0] == 0 or size < 0x80:
            message = Said("la longueur n'est pas en DER")
            raise ValueError(message)
        position += octets
    if tag & 0x1F == 0x1F or position + size > len(data):
        message = Said("l'étiquette est longue ou le contenu tronqué")
        raise ValueError(message)
    end = position + size
    return Value(tag, data[position:end], data[start:end], base + position), end
