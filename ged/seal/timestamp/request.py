"""The question put to a time-stamping authority, and the envelope of its answer.

Source: RFC 3161, 2.4.1 (TimeStampReq), 2.4.2 (TimeStampResp).
"""

from __future__ import annotations

from ged.mail.said import Said
from ged.seal.der import INTEGER, NULL, OCTETS, SEQUENCE, Value, decode, encode, oid

BOOLEAN = 0x01
DIGESTS = {
    "sha256": oid("2.16.840.1.101.3.4.2.1"),
    "sha384": oid("2.16.840.1.101.3.4.2.2"),
    "sha512": oid("2.16.840.1.101.3.4.2.3"),
}
_GRANTED, _GRANTED_WITH_CHANGES = 0, 1


def write_request(imprint: bytes, algorithm: str, nonce: int, policy: str = "") -> bytes:
    """Return a TimeStampReq (DER) that asks for a token with the authority's certificates in it."""
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    return encode(
        SEQUENCE,
        encode(INTEGER, b"\x01"),
        encode(SEQUENCE, encode(SEQUENCE, DIGESTS[algorithm], encode(NULL)), encode(OCTETS, imprint)),
        oid(policy) if policy else b"",
        encode(INTEGER, number),
        encode(BOOLEAN, b"\xff"),
    )


def read_response(response: bytes) -> bytes:
    """Return the token (a CMS ContentInfo, DER) of a TimeStampResp that grants one.

    Raises:
        ValueError: it is no such answer, or a refusal, whose words are in the message.
    """
    parts = decode(response).children()
    status = parts[0].children() if parts else []
    if not status or status[0].tag != INTEGER:
        raise ValueError(Said("ce n'est pas une réponse d'horodatage"))
    if int.from_bytes(status[0].content, "big") not in {_GRANTED, _GRANTED_WITH_CHANGES}:
        raise ValueError(Said("refusé : %(why)s", why=_words(status)))
    if len(parts) != 2:
        raise ValueError(Said("la réponse ne porte pas de jeton"))
    return parts[1].whole


def _words(status: list[Value]) -> str:
    """Return what a refusal says, else its number."""
    texts = [
        text.content.decode("utf-8", "replace") for part in status if part.tag == SEQUENCE for text in part.children()
    ]
    return "; ".join(texts)[:200] or f"status {int.from_bytes(status[0].content, 'big')}"
