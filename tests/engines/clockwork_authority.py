"""An authority of time whose clock the test moves: tokens of any year, as openssl would make them that day."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ged.mail.anchor import Stamp
from ged.seal.der import CONTEXT_0, ECDSA_SHA256, GENERALIZED_TIME, INTEGER, OCTETS, SEQUENCE, SET, decode, encode, oid
from ged.seal.sign import CONTENT_TYPE, MESSAGE_DIGEST, SHA256, SIGNED_DATA, SIGNING_CERTIFICATE
from ged.seal.timestamp.chain import check_response
from ged.seal.timestamp.request import DIGESTS

_TST_INFO = oid("1.2.840.113549.1.9.16.1.4")
_V1, _V3 = encode(INTEGER, b"\x01"), encode(INTEGER, b"\x03")


@dataclass
class ClockworkAuthority:
    """Fulfils the port. Its own certificate and that of its authority last `years` from `since`."""

    name: str
    since: datetime
    years: float = 5
    asked: int = 0
    now: datetime | None = None
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        ca_key = ec.generate_private_key(ec.SECP256R1())
        ends = self.since + timedelta(days=365 * self.years)

        def made(subject: str, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> x509.Certificate:
            builder = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(f"AC de {self.name}"))
            builder = builder.public_key(public).serial_number(x509.random_serial_number())
            builder = builder.not_valid_before(self.since).not_valid_after(ends).add_extension(extension, critical=True)
            return builder.sign(ca_key, hashes.SHA256())

        self.root = made(f"AC de {self.name}", ca_key.public_key(), x509.BasicConstraints(ca=True, path_length=None))
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        self.certificate = made(self.name, self._key.public_key(), purpose)

    def stamp(self, imprint: bytes, *, now: datetime, after: datetime | None, algorithm: str = "sha256") -> Stamp:
        assert after is None or after <= (self.now or now)
        self.asked += 1
        response = encode(
            SEQUENCE, encode(SEQUENCE, encode(INTEGER, b"\x00")), self.token(imprint, self.now or now, algorithm)
        )
        found = check_response(response, imprint, [self.root], algorithm)
        return Stamp(response, self.name, found.token.at, found.ends)

    def token(self, imprint: bytes, at: datetime, algorithm: str = "sha256") -> bytes:
        covered = encode(SEQUENCE, encode(SEQUENCE, DIGESTS[algorithm]), encode(OCTETS, imprint))
        time = encode(GENERALIZED_TIME, at.strftime("%Y%m%d%H%M%SZ").encode())
        info = encode(
            SEQUENCE,
            _V1,
            oid("1.2.3.4.1"),
            covered,
            encode(INTEGER, self.asked.to_bytes(4, "big").lstrip(b"\0") or b"\0"),
            time,
        )
        der = self.certificate.public_bytes(serialization.Encoding.DER)
        named = encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE, encode(OCTETS, hashlib.sha256(der).digest()))))
        attributes = b"".join(
            sorted(
                encode(SEQUENCE, kind, encode(SET, value))
                for kind, value in (
                    (CONTENT_TYPE, _TST_INFO),
                    (MESSAGE_DIGEST, encode(OCTETS, hashlib.sha256(info).digest())),
                    (SIGNING_CERTIFICATE, named),
                )
            )
        )
        signature = self._key.sign(encode(SET, attributes), ec.ECDSA(hashes.SHA256()))
        serial = next(part for part in decode(der).children()[0].children() if part.tag == INTEGER).whole
        issuer = encode(SEQUENCE, self.certificate.issuer.public_bytes(), serial)
        signer = encode(
            SEQUENCE, _V1, issuer, SHA256, encode(CONTEXT_0, attributes), ECDSA_SHA256, encode(OCTETS, signature)
        )
        content = encode(SEQUENCE, _TST_INFO, encode(CONTEXT_0, encode(OCTETS, info)))
        signed = encode(SEQUENCE, _V3, encode(SET, SHA256), content, encode(CONTEXT_0, der), encode(SET, signer))
        return encode(SEQUENCE, SIGNED_DATA, encode(CONTEXT_0, signed))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
