"""What makes a signed PDF hold for long: time from outside and what validates it, put into the file by pyHanko.

Source: ETSI EN 319 142-1, 5.4 to 5.6 (document security store, document time-stamp); 6.1 (levels B-T, B-LT, B-LTA).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from asn1crypto import cms, crl, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator import ValidationContext

from ged.errors import Corrupt, Unavailable
from ged.ports import TimestampAuthority
from ged.seal.trust import TrustStore


class PortStamper(TimeStamper):
    """pyHanko's view of our time-stamping authorities: asked in order, the first that answers is kept to."""

    def __init__(self, authorities: Sequence[TimestampAuthority], now: datetime) -> None:
        super().__init__(include_nonce=False)  # type: ignore[no-untyped-call]
        self._authorities, self._now = list(authorities), now

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Return a token over a digest.

        Raises:
            Unavailable: `timestamp.unavailable`, none answers.
        """
        while self._authorities:
            try:
                stamp = self._authorities[0].stamp(message_digest, now=self._now, after=None, algorithm=md_algorithm)
            except (Unavailable, Corrupt):
                self._authorities.pop(0)
            else:
                return tsp.TimeStampResp.load(stamp.token)["time_stamp_token"]
        raise Unavailable(
            "timestamp.unavailable",
            "Aucune autorité d'horodatage ne répond. Rien n'est perdu : la signature tient sans elles.",
        )


def long_term_context(trust: TrustStore, stamps: Sequence[Certificate]) -> ValidationContext:
    """Return what the validation data of a PDF are taken from: our own certificates and lists, nothing fetched."""
    return ValidationContext(
        trust_roots=[_asn1(each) for each in (*trust.authorities, *stamps)],
        other_certs=[_asn1(each) for each in (*trust.links, *trust.seals)],
        crls=[crl.CertificateList.load(each.public_bytes(Encoding.DER)) for each in trust.lists],
        allow_fetching=False,
        revocation_mode="soft-fail",
    )


def _asn1(certificate: Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))
