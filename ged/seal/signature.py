"""Reading a signature: strict DER, every part checked. Raises ValueError with the part that fails.

Source: RFC 5652, RFC 5035. openssl is the oracle in the tests; openssl alone lets some flipped
bytes of a signature file pass, which is why the file's own digest stands in the leaf.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from ged.seal.der import CONTEXT_0, ECDSA_SHA256, RSA_SHA256, SEQUENCE, SET, Value, decode, encode
from ged.seal.sealing_key import LEAST_RSA_BITS
from ged.seal.sign import (
    DATA,
    MESSAGE_DIGEST,
    SHA256,
    SIGNED_DATA,
    SIGNING_CERTIFICATE,
    SIGNING_TIME,
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What a signature file says: the digest it covers, when it claims to be made, the certificate it names.

    Attributes:
        presented: Every certificate in the file, the named one included: links of a chain, believed for nothing.
    """

    message_digest: bytes
    claimed_at: datetime
    certificate: x509.Certificate
    presented: tuple[x509.Certificate, ...]


def read_signature(p7s: bytes) -> Signature:
    """Return what a signature says, once its own cryptography holds.

    Raises:
        ValueError: it is not the CMS that we write, or its signature does not verify.
    """
    content_type, content = _children(decode(p7s), 2)
    _must(content_type.whole == SIGNED_DATA and content.tag == CONTEXT_0, "not signed data")
    version, digests, inner, certificates, infos = _children(_children(content, 1)[0], 5)
    _must(version.content == b"\x01" and digests.whole == encode(SET, SHA256), "unknown version or digest")
    _must(inner.whole == encode(SEQUENCE, DATA), "not detached data")
    info = _children(_children(infos, 1)[0], 6)
    attributes = _attributes(info[3])
    certificate = _named_certificate(certificates, attributes[SIGNING_CERTIFICATE], info[1])
    _must(info[2].whole == SHA256, "unknown algorithm")
    _verify(certificate, info[4].whole, info[5].content, encode(SET, info[3].content))
    claimed = attributes[SIGNING_TIME].content.decode("ascii")
    return Signature(
        attributes[MESSAGE_DIGEST].content,
        datetime.strptime(claimed, "%y%m%d%H%M%SZ").replace(tzinfo=UTC),
        certificate,
        tuple(_certificate(each.whole) for each in certificates.children()),
    )


def _attributes(signed: Value) -> dict[bytes, Value]:
    _must(signed.tag == CONTEXT_0, "no signed attributes")
    found: dict[bytes, Value] = {}
    for attribute in signed.children():
        kind, values = _children(attribute, 2)
        found[kind.whole] = _children(values, 1)[0]
    _must({MESSAGE_DIGEST, SIGNING_TIME, SIGNING_CERTIFICATE} <= found.keys(), "a signed attribute is missing")
    return found


def _named_certificate(certificates: Value, reference: Value, signer: Value) -> x509.Certificate:
    identifier = _children(_children(_children(reference, 1)[0], 1)[0], 2)
    for each in certificates.children():
        if hashlib.sha256(each.whole).digest() == identifier[0].content:
            certificate = _certificate(each.whole)
            issuer, serial = _children(signer, 2)
            named, number = _name(certificate)
            _must(named == issuer.whole, "another issuer")
            _must(number == int.from_bytes(serial.content, "big"), "another serial number")
            return certificate
    message = "the certificate that the signature names is not in it"
    raise ValueError(message)


@lru_cache(64)
def _certificate(whole: bytes) -> x509.Certificate:
    """Read once a certificate that thousands of signatures name."""
    try:
        return x509.load_der_x509_certificate(whole)
    except x509.InvalidVersion as error:
        message = "a certificate of an unknown version"
        raise ValueError(message) from error


@lru_cache(64)
def _name(certificate: x509.Certificate) -> tuple[bytes, int]:
    return certificate.issuer.public_bytes(), certificate.serial_number


@lru_cache(64)
def _key(certificate: x509.Certificate) -> CertificatePublicKeyTypes:
    return certificate.public_key()


def _verify(certificate: x509.Certificate, algorithm: bytes, signature: bytes, signed: bytes) -> None:
    key = _key(certificate)
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm == ECDSA_SHA256:
            key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_SHA256 and key.key_size >= LEAST_RSA_BITS:
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            message = "unknown algorithm, or a key that is not of it"
            raise ValueError(message)
    except InvalidSignature as error:
        message = "the signature does not verify"
        raise ValueError(message) from error


def _children(value: Value, count: int) -> list[Value]:
    found = value.children()
    _must(len(found) == count, f"{len(found)} values where {count} are due")
    return found


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
