"""The signature: detached CMS, CAdES-B-B, ECDSA P-256 or RSA with SHA-256, encoded by ourselves in a few lines.

`cryptography`'s PKCS7 builder writes no ESSCertIDv2, so openssl refuses its output with `-cades`.
Source: RFC 5652 (SignedData), RFC 5035 (ESSCertIDv2), ETSI EN 319 122-1 (CAdES baseline B-B).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ged.errors import Unavailable
from ged.seal.der import (
    CONTEXT_0,
    CONTEXT_4,
    ECDSA_SHA256,
    OCTETS,
    RSA_SHA256,
    SEQUENCE,
    SET,
    UTC_TIME,
    decode,
    encode,
    oid,
)
from ged.seal.sealing_key import KeySource, SealingKey, to_pem

SIGNED_DATA = oid("1.2.840.113549.1.7.2")
DATA = oid("1.2.840.113549.1.7.1")
CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
SIGNING_TIME = oid("1.2.840.113549.1.9.5")
SIGNING_CERTIFICATE = oid("1.2.840.113549.1.9.16.2.47")
SHA256 = encode(SEQUENCE, oid("2.16.840.1.101.3.4.2.1"))
VERSION_1 = encode(0x02, b"\x01")


class CmsSigner:
    """Seals with the key of today, wherever it is kept."""

    def __init__(self, source: KeySource) -> None:
        self._source = source
        self._form: _Form | None = None

    @property
    def chain_pem(self) -> bytes:
        """The certificate that seals and its issuers, leaf first, PEM."""
        return to_pem(*self._source.current().chain)

    @property
    def trust_pem(self) -> bytes:
        """Every certificate that seals or sealed, their authorities and the lists of revoked ones, PEM."""
        return self._source.trust_pem

    def sign(self, digest: bytes, at: datetime) -> bytes:
        """Return a detached signature (DER) over the document whose SHA-256 is `digest` (32 bytes).

        Raises:
            Unavailable: no key may seal now (`seal.ended`, `seal.revoked`, `seal.no_key`, `seal.token`).
        """
        key = self._source.current()
        if key.chain[0].not_valid_after_utc < at:
            raise Unavailable(
                "seal.ended",
                "Le certificat du cachet est arrivé à son terme. Les courriers sont gardés ; leur sceau attend une "
                "nouvelle clé (ged keys rotate).",
            )
        form = self._form
        if form is None or form.key is not key:
            form = self._form = _Form(key)
        return form.sign(digest, at)


class _Form:
    """What is the same in every signature by one key, encoded once."""

    def __init__(self, key: SealingKey) -> None:
        self.key = key
        certificate = key.chain[0].public_bytes(serialization.Encoding.DER)
        issuer = key.chain[0].issuer.public_bytes()
        serial = next(part for part in decode(certificate).children()[0].children() if part.tag == 0x02).whole
        rsa_key = isinstance(key.chain[0].public_key(), rsa.RSAPublicKey)
        self._algorithm = RSA_SHA256 if rsa_key else ECDSA_SHA256
        self._signer = encode(SEQUENCE, issuer, serial)
        self._certificates = encode(CONTEXT_0, *sorted(_der(each) for each in key.chain))
        self._content_type = _attribute(CONTENT_TYPE, DATA)
        self._signing_certificate = _attribute(SIGNING_CERTIFICATE, _certificate_id(certificate, issuer, serial))

    def sign(self, digest: bytes, at: datetime) -> bytes:
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
        signer_info = encode(
            SEQUENCE,
            VERSION_1,
            self._signer,
            SHA256,
            encode(CONTEXT_0, attributes),
            self._algorithm,
            encode(OCTETS, self.key.sign(encode(SET, attributes))),
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


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _attribute(kind: bytes, value: bytes) -> bytes:
    return encode(SEQUENCE, kind, encode(SET, value))


def _certificate_id(certificate: bytes, issuer: bytes, serial: bytes) -> bytes:
    """Return SigningCertificateV2 with one ESSCertIDv2; SHA-256 is its default, so it is not written."""
    issuer_serial = encode(SEQUENCE, encode(SEQUENCE, encode(CONTEXT_4, issuer)), serial)
    one = encode(SEQUENCE, encode(OCTETS, hashlib.sha256(certificate).digest()), issuer_serial)
    return encode(SEQUENCE, encode(SEQUENCE, one))
