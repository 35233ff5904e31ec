"""Whom to believe: an installation's sealing certificates over time, their authorities, and what was revoked; pure.

Everything comes from one PEM file, so that what the product believes is what a stranger is handed. Certificates
in it sort themselves: one that signed itself is an authority to start from, another authority is a link of the chain,
any other seals or sealed. Lists of revoked certificates stand among them and add up: no list takes back another's word.

Source: RFC 5280, sections 5 (lists), 6.1 (paths).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import Certificate, CertificateRevocationList
from cryptography.x509.oid import NameOID

from ged.mail.said import Said

_LONGEST = 6
_BLOCK = re.compile(rb"-----BEGIN (CERTIFICATE|X509 CRL)-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moment:
    """The time at which a seal is judged, and whether anybody but the installation vouches for it."""

    at: datetime
    proved: bool

    @property
    def said(self) -> Said:
        """It, said to an auditor, in French."""
        at = f"{self.at:%d/%m/%Y %H:%M:%S}"
        if self.proved:
            return Said("%(at)s UTC (date prouvée)", at=at)
        return Said("%(at)s UTC (heure déclarée, non prouvée)", at=at)


@dataclass(frozen=True, slots=True)
class Revocation:
    """From when a certificate is not to be believed, and why (RFC 5280, 5.3.1 and 5.3.2)."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class TrustStore:
    """What is believed of seals.

    Attributes:
        authorities: Where a chain may end; each signed itself.
        links: Authorities between.
        seals: Every certificate that seals or sealed; a certificate of the site's that is none of them seals nothing.
        lists: Lists of revoked certificates; one that its issuer did not sign counts for nothing.
    """

    authorities: tuple[Certificate, ...]
    links: tuple[Certificate, ...]
    seals: tuple[Certificate, ...]
    lists: tuple[CertificateRevocationList, ...]

    @classmethod
    def from_pem(cls, pem: bytes) -> TrustStore:
        """Return what a PEM file of certificates and revocation lists says.

        Raises:
            ValueError: one of its blocks is not what its heading says.
        """
        return _from_pem(pem)

    @property
    def lists_pem(self) -> bytes:
        """Every list of revoked certificates, PEM; b"" when nothing was ever revoked."""
        return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in self.lists)

    def path(self, certificate: Certificate, presented: Sequence[Certificate] = ()) -> tuple[Certificate, ...]:
        """Return the chain from a sealing certificate to an authority, both included.

        Args:
            certificate: The one that a signature names.
            presented: Others that came with the signature: they may be links, never authorities.

        Raises:
            ValueError: it is none of the installation's, or no chain leads to an authority.
        """
        if certificate not in self.seals:
            raise ValueError(Said("Le certificat n'est pas un cachet de cette installation"))
        links = (*self.links, *(each for each in presented if _certifies(each)))
        return self._up((certificate,), links)

    def revocation(self, certificate: Certificate, issuer: Certificate) -> Revocation | None:
        """Return the earliest revocation of a certificate in the lists that its issuer signed, or None."""
        found = [
            _revocation(entry)
            for each in self.lists
            if each.issuer == issuer.subject
            if (entry := each.get_revoked_certificate_by_serial_number(certificate.serial_number)) is not None
            if _signed_list(each, issuer)
        ]
        return min(found, key=lambda one: one.at) if found else None

    def signed(self, revoked: CertificateRevocationList) -> bool:
        """Whether an authority known here signed a list."""
        return any(
            revoked.issuer == each.subject and _signed_list(revoked, each) for each in (*self.authorities, *self.links)
        )

    def judge(self, path: Sequence[Certificate], moment: Moment) -> None:
        """Refuse a path one of whose certificates was not valid, or was revoked, at a moment.

        A revocation is outlived only by a seal proved to be older: a claimed time proves nothing, and whoever stole
        a key would claim the day before.

        Raises:
            ValueError: the sentence says which certificate, and since when.
        """
        for each in path:
            if not each.not_valid_before_utc <= moment.at <= each.not_valid_after_utc:
                raise ValueError(
                    Said(
                        "« %(certificate)s » vaut du %(first)s au %(last)s et ne valait pas le %(moment)s",
                        certificate=named(each),
                        first=f"{each.not_valid_before_utc:%d/%m/%Y}",
                        last=f"{each.not_valid_after_utc:%d/%m/%Y}",
                        moment=moment.said,
                    )
                )
        for each, issuer in pairwise(path):
            revoked = self.revocation(each, issuer)
            if revoked is not None and not (moment.proved and moment.at < revoked.at):
                raise ValueError(
                    Said(
                        "« %(certificate)s » est révoqué depuis le %(since)s UTC (%(reason)s), et rien ne prouve que "
                        "le sceau est d'avant : %(moment)s",
                        certificate=named(each),
                        since=f"{revoked.at:%d/%m/%Y %H:%M:%S}",
                        reason=revoked.reason,
                        moment=moment.said,
                    )
                )

    def span(self, path: Sequence[Certificate]) -> tuple[datetime, datetime] | None:
        """Return between which moments, both included, `judge` passes a path and at no other; None: one was revoked."""
        if any(self.revocation(each, issuer) is not None for each, issuer in pairwise(path)):
            return None
        return max(each.not_valid_before_utc for each in path), min(each.not_valid_after_utc for each in path)

    def _up(self, path: tuple[Certificate, ...], links: Sequence[Certificate]) -> tuple[Certificate, ...]:
        last = path[-1]
        for each in self.authorities:
            if _issued(last, each):
                return (*path, each)
        if len(path) < _LONGEST:
            for each in links:
                if each not in path and _issued(last, each):
                    try:
                        return self._up((*path, each), links)
                    except ValueError:
                        continue
        raise ValueError(Said("Le certificat n'est pas émis par une autorité reconnue"))


def named(certificate: Certificate) -> str:
    """Return the name of a certificate as people read it: whom it names, then of what organisation."""
    return read_name(certificate.subject)


def read_name(name: x509.Name) -> str:
    """Return a name as people read it: the common name, then the organisation; whole where it has neither."""
    found: list[str] = []
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        found.extend(str(each.value) for each in name.get_attributes_for_oid(kind))
    return ", ".join(dict.fromkeys(found)) or name.rfc4514_string()


@lru_cache(maxsize=8)
def _from_pem(pem: bytes) -> TrustStore:
    certificates: dict[bytes, Certificate] = {}
    lists = []
    for block in _BLOCK.finditer(pem):
        if block[1] == b"CERTIFICATE":
            one = x509.load_pem_x509_certificate(block[0])
            certificates[one.public_bytes(serialization.Encoding.DER)] = one
        else:
            lists.append(x509.load_pem_x509_crl(block[0]))
    known = certificates.values()
    return TrustStore(
        authorities=tuple(each for each in known if _certifies(each) and _issued(each, each)),
        links=tuple(each for each in known if _certifies(each) and not _issued(each, each)),
        seals=tuple(each for each in known if not _certifies(each)),
        lists=tuple(lists),
    )


@lru_cache(256)
def _certifies(certificate: Certificate) -> bool:
    try:
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return False
    return basic.ca and usage.key_cert_sign


@lru_cache(256)
def _issued(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _signed_list(each: CertificateRevocationList, issuer: Certificate) -> bool:
    key = issuer.public_key()
    return isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)) and each.is_signature_valid(key)


def _revocation(entry: x509.RevokedCertificate) -> Revocation:
    at, reason = entry.revocation_date_utc, "unspecified"
    for extension in entry.extensions:
        if isinstance(extension.value, x509.CRLReason):
            reason = extension.value.reason.value
        elif isinstance(extension.value, x509.InvalidityDate):
            at = min(at, extension.value.invalidity_date_utc)
    return Revocation(at, reason)
