"""What an authority and who asks one write: certificates, requests, lists of revoked certificates; pure.

The installation's own authority says what it is in its name. It publishes no list before it revokes something, and
none at fixed times, so that its key may lie off line: a list says nothing will follow before the authority itself ends.

Source: RFC 5280; RFC 2986 (requests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ged.seal.der import BITS, CONTEXT_0, ECDSA_SHA256, INTEGER, RSA_SHA256, SEQUENCE, encode
from ged.seal.sealing_key import Private, Public

_AUTHORITY_YEARS, _SEAL_YEARS = 20, 10
_HOUR = timedelta(hours=1)
_AUTHORITY_NAME, _SEAL_NAME = "Autorité propre à cette installation", "Cachet du courrier"


def authority_certificate(key: Private, organisation: str, now: datetime) -> x509.Certificate:
    """Return the certificate of an installation's own authority, signed by itself."""
    name = _name(organisation, _AUTHORITY_NAME)
    builder = _builder(name, name, key.public_key(), now, now + timedelta(days=365 * _AUTHORITY_YEARS))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    return builder.add_extension(_usage(certifies=True), critical=True).sign(key, hashes.SHA256())


def seal_certificate(
    public: Public, organisation: str, issuer: x509.Certificate, issuer_key: Private, now: datetime
) -> x509.Certificate:
    """Return a sealing certificate that an own authority vouches for; it ends before its authority does."""
    end = min(now + timedelta(days=365 * _SEAL_YEARS), issuer.not_valid_after_utc)
    builder = _builder(_name(organisation, _SEAL_NAME), issuer.subject, public, now, end)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(certifies=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    return builder.sign(issuer_key, hashes.SHA256())


def certificate_request(public: Public, sign: Callable[[bytes], bytes], organisation: str) -> bytes:
    """Return what a site's authority is asked to sign, PEM; the private key may lie on a token that only signs."""
    spki = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    subject = _name(organisation, _SEAL_NAME).public_bytes()
    asked = encode(SEQUENCE, encode(INTEGER, b"\x00"), subject, spki, encode(CONTEXT_0))
    algorithm = RSA_SHA256 if isinstance(public, rsa.RSAPublicKey) else ECDSA_SHA256
    request = encode(SEQUENCE, asked, algorithm, encode(BITS, b"\x00", sign(asked)))
    return x509.load_der_x509_csr(request).public_bytes(serialization.Encoding.PEM)


def revocation_list(
    revoked: Iterable[x509.RevokedCertificate],
    issuer: x509.Certificate,
    issuer_key: Private,
    number: int,
    now: datetime,
) -> x509.CertificateRevocationList:
    """Return a signed list of revoked certificates; `number` grows from one list to the next."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(now)
        .next_update(issuer.not_valid_after_utc)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    for each in revoked:
        builder = builder.add_revoked_certificate(each)
    return builder.sign(issuer_key, hashes.SHA256())


def revoked_certificate(
    certificate: x509.Certificate, at: datetime, reason: x509.ReasonFlags, suspected: datetime | None
) -> x509.RevokedCertificate:
    """Return a line of a list; `suspected` is since when the key may have been in other hands."""
    builder = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at)
    builder = builder.add_extension(x509.CRLReason(reason), critical=False)
    if suspected is not None:
        builder = builder.add_extension(x509.InvalidityDate(suspected), critical=False)
    return builder.build()


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, role),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: Public, now: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _HOUR)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _usage(*, certifies: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certifies,
        content_commitment=not certifies,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )
