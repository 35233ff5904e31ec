"""An authority as a site has one, with the dates that a test needs: certificates, links, lists of revoked ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2060, 1, 1, tzinfo=UTC)


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def pem(*parts: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in parts)


@dataclass
class SiteAuthority:
    """One authority; `above` makes it a link under another."""

    name: str = "AC du site"
    above: SiteAuthority | None = None
    start: datetime = START
    end: datetime = END
    key: Private = field(default_factory=p256)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        issuer = self.above or self
        self.certificate = issuer._issue(self.name, self.key.public_key(), self.start, self.end, certifies=True)

    def issue(
        self, public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, start: datetime = START, end: datetime = END
    ) -> x509.Certificate:
        return self._issue("Cachet du courrier", public, start, end, certifies=False)

    def revoke(
        self,
        certificate: x509.Certificate,
        at: datetime,
        reason: x509.ReasonFlags = x509.ReasonFlags.key_compromise,
        suspected: datetime | None = None,
    ) -> x509.CertificateRevocationList:
        one = x509.RevokedCertificateBuilder().serial_number(certificate.serial_number).revocation_date(at)
        one = one.add_extension(x509.CRLReason(reason), critical=False)
        if suspected is not None:
            one = one.add_extension(x509.InvalidityDate(suspected), critical=False)
        made = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        made = made.last_update(at).next_update(at + timedelta(days=365)).add_revoked_certificate(one.build())
        return made.sign(self.key, hashes.SHA256())

    def _issue(
        self,
        name: str,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        start: datetime,
        end: datetime,
        *,
        certifies: bool,
    ) -> x509.Certificate:
        usage = [not certifies, not certifies, False, False, False, certifies, certifies, False, False]
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=certifies, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(*usage), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.key, hashes.SHA256())
        )
