"""Reading a signature: strict DER, every part checked. Raises ValueError with the part that fails.

Source: RFC 5652, RFC 5035. openssl is the oracle in the tests; openssl alone lets some flipped
bytes of a signature file pass, which is why the file's own digest stands in the leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from ged.mail.said import Said
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
    form = _forms.get(len(p7s))
    if form is None or form.rest(p7s) != form.same:
        form = _form_of(p7s)
    signed = form.signed_head + p7s[form.signed]
    _verify(form.certificate, form.algorithm, p7s[form.signature], signed)
    return Signature(p7s[form.digest], _time(p7s[form.claimed]), form.certificate, form.presented)


@dataclass(frozen=True, slots=True)
class _Form:
    """A signature file that was read whole, and may stand for others: they differ from it in three values at most.

    Nothing inside those three is read as DER, so that a file of the same length whose every other byte is the same is
    read with the same outcome. What a sealing key makes is all of three or four forms.

    Attributes:
        same: Every byte outside the three: before, between and after.
        signed_head: What comes before the signed attributes where they are signed.
    """

    digest: slice
    claimed: slice
    signature: slice
    signed: slice
    signed_head: bytes
    same: tuple[bytes, ...]
    certificate: x509.Certificate
    algorithm: bytes
    presented: tuple[x509.Certificate, ...]

    def rest(self, p7s: bytes) -> tuple[bytes, ...]:
        """Return every byte of a file outside the three values."""
        return _outside(p7s, (self.digest, self.claimed, self.signature))


_WITH_SHA256 = ec.ECDSA(hashes.SHA256())
_FORMS = 64
_forms: dict[int, _Form] = {}
"""The last form of each length."""


def _outside(p7s: bytes, spans: Sequence[slice]) -> tuple[bytes, ...]:
    first, second, third = sorted((each.start, each.stop) for each in spans)
    return p7s[: first[0]], p7s[first[1] : second[0]], p7s[second[1] : third[0]], p7s[third[1] :]


def _form_of(p7s: bytes) -> _Form:
    """Read a signature file whole, its signature not verified."""
    content_type, content = _children(decode(p7s), 2)
    _must(content_type.whole == SIGNED_DATA and content.tag == CONTEXT_0, "not signed data")
    version, digests, inner, certificates, infos = _children(_children(content, 1)[0], 5)
    _must(version.content == b"\x01" and digests.whole == encode(SET, SHA256), "unknown version or digest")
    _must(inner.whole == encode(SEQUENCE, DATA), "not detached data")
    info = _children(_children(infos, 1)[0], 6)
    attributes = _attributes(info[3])
    certificate = _named_certificate(certificates, attributes[SIGNING_CERTIFICATE], info[1])
    _must(info[2].whole == SHA256, "unknown algorithm")
    signed = encode(SET, info[3].content)
    digest, claimed, value = (_span(each) for each in (attributes[MESSAGE_DIGEST], attributes[SIGNING_TIME], info[5]))
    form = _Form(
        digest=digest,
        claimed=claimed,
        signature=value,
        signed=_span(info[3]),
        signed_head=signed[: len(signed) - len(info[3].content)],
        same=_outside(p7s, (digest, claimed, value)),
        certificate=certificate,
        algorithm=info[4].whole,
        presented=tuple(_certificate(each.whole) for each in certificates.children()),
    )
    if len(_forms) >= _FORMS:
        _forms.clear()
    _forms[len(p7s)] = form
    return form


def _span(value: Value) -> slice:
    return slice(value.at, value.at + len(value.content))


def _time(claimed: bytes) -> datetime:
    """Return a UTCTime; the years are those of `%y`, 1969 to 2068."""
    _must(len(claimed) == 13 and claimed.endswith(b"Z") and claimed[:12].isdigit(), "a malformed time")
    year, month, day = int(claimed[:2]), int(claimed[2:4]), int(claimed[4:6])
    hour, minute, second = int(claimed[6:8]), int(claimed[8:10]), int(claimed[10:12])
    return datetime(year + (2000 if year < 69 else 1900), month, day, hour, minute, second, tzinfo=UTC)


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
    message = Said("le certificat que nomme la signature n'y est pas")
    raise ValueError(message)


@lru_cache(64)
def _certificate(whole: bytes) -> x509.Certificate:
    """Read once a certificate that thousands of signatures name."""
    try:
        return x509.load_der_x509_certificate(whole)
    except x509.InvalidVersion as error:
        message = Said("un certificat d'une version inconnue")
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
            key.verify(signature, signed, _WITH_SHA256)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == RSA_SHA256 and key.key_size >= LEAST_RSA_BITS:
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        else:
            message = Said("un algorithme inconnu, ou une clé qui n'est pas de lui")
            raise ValueError(message)
    except InvalidSignature as error:
        message = Said("la signature ne se vérifie pas")
        raise ValueError(message) from error


def _children(value: Value, count: int) -> list[Value]:
    found = value.children()
    _must(len(found) == count, f"{len(found)} values where {count} are due")
    return found


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
