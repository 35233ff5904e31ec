"""A time-stamp token read and checked, offline: what it covers, when, and by whose key.

Source: RFC 3161, 2.4.2 (TSTInfo) and 2.3 (the certificate's one purpose); RFC 5652, 5.4; RFC 5035 and 5816 (which
certificate signed). openssl is the oracle in the tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ged.mail.said import Said
from ged.seal.der import CONTEXT_0, GENERALIZED_TIME, INTEGER, OCTETS, SEQUENCE, SET, Value, decode, encode, oid
from ged.seal.sign import CONTENT_TYPE, MESSAGE_DIGEST, SIGNED_DATA, SIGNING_CERTIFICATE
from ged.seal.timestamp.request import DIGESTS

_TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
_SIGNING_CERTIFICATE_SHA1 = oid("1.2.840.113549.1.9.16.2.12")
_PSS = oid("1.2.840.113549.1.1.10")
_BY_OID = {value: name for name, value in DIGESTS.items()}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_SIGNED_WITH = {
    oid("1.2.840.113549.1.1.11"): "sha256",
    oid("1.2.840.113549.1.1.12"): "sha384",
    oid("1.2.840.113549.1.1.13"): "sha512",
    oid("1.2.840.10045.4.3.2"): "sha256",
    oid("1.2.840.10045.4.3.3"): "sha384",
    oid("1.2.840.10045.4.3.4"): "sha512",
}


@dataclass(frozen=True, slots=True)
class TimeToken:
    """What a token says, once its own signature holds; nothing is said yet of who its signer is.

    Attributes:
        imprint: The digest that it covers, by `algorithm` (`sha256`, `sha384`, `sha512`).
        at: The genTime.
        nonce: As asked, None when there is none.
        certificates: Those in the token, the signer's first.
    """

    imprint: bytes
    algorithm: str
    at: datetime
    policy: bytes
    nonce: int | None
    certificates: tuple[x509.Certificate, ...]

    @property
    def signer(self) -> x509.Certificate:
        """The certificate of the authority."""
        return self.certificates[0]


def read_token(token: bytes) -> TimeToken:
    """Return what a token says, once its signature by the certificate that it names holds.

    Raises:
        ValueError: it is no token, or its signature does not verify.
    """
    try:
        return _read(token)
    except (x509.InvalidVersion, UnsupportedAlgorithm, IndexError) as error:
        raise ValueError(Said("ce n'est pas un jeton, ou d'une sorte inconnue")) from error


def _read(token: bytes) -> TimeToken:
    kind, content = _children(decode(token), 2)
    _must(kind.whole == SIGNED_DATA and content.tag == CONTEXT_0, "not signed data")
    signed = _children(content, 1)[0].children()
    _must(len(signed) >= 4 and signed[3].tag == CONTEXT_0, "the authority's certificate is not in the token")
    inner_kind, inner = _children(signed[2], 2)
    info = _children(inner, 1)[0]
    _must(inner_kind.whole == _TST_INFO and info.tag == OCTETS, "not a time-stamp")
    certificates = tuple(
        x509.load_der_x509_certificate(each.whole) for each in signed[3].children() if each.tag == SEQUENCE
    )
    signer = _signed_by(_children(signed[-1], 1)[0], info.content, certificates)
    return _read_info(info.content, (signer, *(each for each in certificates if each != signer)))


def _read_info(info: bytes, certificates: tuple[x509.Certificate, ...]) -> TimeToken:
    parts = decode(info).children()
    _must(len(parts) >= 5 and parts[4].tag == GENERALIZED_TIME, "not a TSTInfo")
    algorithm, imprint = _children(parts[2], 2)
    nonces = [part for part in parts[5:] if part.tag == INTEGER]
    return TimeToken(
        imprint.content,
        _digest_name(algorithm),
        _time(parts[4].content),
        parts[1].whole,
        int.from_bytes(nonces[0].content, "big", signed=True) if nonces else None,
        certificates,
    )


def _signed_by(signer: Value, content: bytes, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the certificate whose key signed the content, as the signed attributes bind both."""
    parts = signer.children()
    _must(len(parts) >= 6 and parts[3].tag == CONTEXT_0, "no signed attributes")
    attributes = {kind.whole: values for kind, values in (_children(each, 2) for each in parts[3].children())}
    digest = _digest_name(parts[2])
    _must(_one(attributes, CONTENT_TYPE).whole == _TST_INFO, "signed as something else")
    _must(_one(attributes, MESSAGE_DIGEST).content == hashlib.new(digest, content).digest(), "its content was changed")
    certificate = _named(attributes, certificates)
    kind = parts[4].children()[0].whole
    try:
        _verify(
            certificate,
            parts[5].content,
            encode(SET, parts[3].content),
            _SIGNED_WITH.get(kind, digest),
            pss=kind == _PSS,
        )
    except InvalidSignature as error:
        raise ValueError(Said("la signature du jeton ne se vérifie pas")) from error
    return certificate


def _named(attributes: dict[bytes, Value], certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """Return the certificate that the signing-certificate attribute names by its digest."""
    if SIGNING_CERTIFICATE in attributes:
        parts = _one(attributes, SIGNING_CERTIFICATE).children()[0].children()[0].children()
        algorithm = _digest_name(parts[0]) if parts[0].tag == SEQUENCE else "sha256"
        expected = next((part.content for part in parts if part.tag == OCTETS), b"")
    else:
        parts = _one(attributes, _SIGNING_CERTIFICATE_SHA1).children()[0].children()[0].children()
        algorithm, expected = "sha1", parts[0].content
    for certificate in certificates:
        if certificate.fingerprint(_HASHES.get(algorithm, hashes.SHA1())) == expected:  # noqa: S303 - RFC 3161 named certificates so
            return certificate
    raise ValueError(Said("le certificat que nomme le jeton n'y est pas"))


def _verify(certificate: x509.Certificate, signature: bytes, signed: bytes, digest: str, *, pss: bool) -> None:
    key, algorithm = certificate.public_key(), _HASHES[digest]
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey) and pss:
        key.verify(signature, signed, padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO), algorithm)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), algorithm)
    else:
        raise ValueError(Said("une clé d'une sorte inconnue"))


def _time(content: bytes) -> datetime:
    text = content.decode("ascii")
    whole, _, fraction = text.removesuffix("Z").partition(".")
    _must(text.endswith("Z") and len(whole) == 14 and whole.isdigit(), "not a time in UTC")
    at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction.isdigit() else at


def _digest_name(algorithm: Value) -> str:
    name = _BY_OID.get(algorithm.children()[0].whole)
    if name is None:
        raise ValueError(Said("une empreinte d'une sorte inconnue"))
    return name


def _one(attributes: dict[bytes, Value], kind: bytes) -> Value:
    _must(kind in attributes, "a signed attribute is missing")
    return _children(attributes[kind], 1)[0]


def _children(value: Value, count: int) -> list[Value]:
    found = value.children()
    _must(len(found) == count, f"{len(found)} values where {count} are due")
    return found


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
