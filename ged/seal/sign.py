"""The signature: detached CMS, CAdES-B-B, ECDSA P-256 with SHA-256, encoded by ourselves in a few lines.

`cryptography`'s PKCS7 builder writes no ESSCertIDv2, so openssl refuses its output with `-cades`.
Source: RFC 5652 (SignedData), RFC 5035 (ESSCertIDv2), ETSI EN 319 122-1 (CAdES baseline B-B).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ged.seal.der import CONTEXT_0, CONTEXT_4, NULL, OCTETS, SEQUENCE, SET, UTC_TIME, decode, encode, oid
from ged.seal.keys import SealKeys

SIGNED_DATA = oid("1.2.840.113549.1.7.2")
DATA = oid("1.2.840.113549.1.7.1")
CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_TIME = oid("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
SHA256 = encode(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))
RSA_SHA256 = encode(SEQUENCE, oid("1.2.840.113549.1.1.11"), encode(NULL))
ECDSA_SHA256 = encode(SEQUENCE, oid("1.2.840.10045.4.3.2"))
VERSION_1 = encode(0x02, b"\x01")


class FileSigner:
    """Seals with a key kept in a file. A token by PKCS#11 fulfils the same protocol."""

    def __init__(self, keys: SealKeys) -> None:
        self._key = keys.seal_key
        self.chain_pem = self.trust_pem = keys.chain_pem
        certificate = keys.certificate.public_bytes(serialization.Encoding.DER)
        authority = keys.authority.public_bytes(serialization.Encoding.DER)
        issuer = keys.certificate.issuer.public_bytes()
        serial = next(part for part in decode(certificate).children()[0].children() if part.tag == 0x02).whole
        self._signer = encode(SEQUENCE, issuer, serial)
        self._certificates = encode(CONTEXT_0, *sorted((certificate, authority)))
        self._content_type = _attribute(CONTENT_TYPE, DATA)
        self._signing_certificate = _attribute(SIGNING_CERTIFICATE, _certificate_id(certificate, issuer, serial))

    def sign(self, digest: bytes, at: datetime) -> bytes:
        """Return a detached signature (DER) over the document whose SHA-256 is `digest` (32 bytes)."""
        time = at.astimezone(UTC).strftime("%y%m%d%H%M%SZ").encode()
        attributes = b"".join(
            sorted(
                (
                    self._content_type,
                    self._signing_certificate,
                    _attribute(SIGNING_TIME, encode(UTC_TIME, time)),
                    _attribute(MESSAGE_DIGEST, encode(OCTETS, digest)),
                )
            )
        )
        signature = self._key.sign(encode(SET, attributes), ec.ECDSA(hashes.SHA256()))
        signer_info = encode(
            SEQUENCE,
            VERSION_1,
            self._signer,
            SHA256,
            encode(CONTEXT_0, attributes),
            ECDSA_SHA256,
            encode(OCTETS, signature),
        )
        signed_data = encode(
            SEQUENCE,
            VERSION_1,
            encode(SET, SHA256),
            encode(SEQUENCE, DATA),
            self._certificates,
            encode(SET, signer_info),
        )
        return encode(SEQUENCE, SIGNED_DATA, encode(CONTEXT_0, signed_data))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return encode(SEQUENCE, kind, encode(SET, value))


def _certificate_id(certificate: bytes, issuer: bytes, serial: bytes) -> bytes:
    """Return SigningCertificateV2 with one ESSCertIDv2; SHA-256 is its default, so it is not written."""
    issuer_serial = encode(SEQUENCE, encode(SEQUENCE, encode(CONTEXT_4, issuer)), serial)
    one = encode(SEQUENCE, encode(OCTETS, hashlib.sha256(certificate).digest()), issuer_serial)
    return encode(SEQUENCE, encode(SEQUENCE, one))
