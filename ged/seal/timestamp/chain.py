"""Who signed a token: the way from its certificate to one that the site trusts, at the time of the token.

Whether a certificate was revoked is not asked: no network is needed here, and docs/threats.md says so.
Source: RFC 5280, 6.1 (signatures, validity, basic constraints); RFC 3161, 2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

from ged.mail.said import Said
from ged.seal.timestamp.request import read_response
from ged.seal.timestamp.token import TimeToken, read_token

_LONGEST = 8
_SIGN_OF_DEMONSTRATION = "démonstration"


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """A token that holds: what it says, and the chain from its signer to a trusted certificate, both ends included."""

    token: TimeToken
    chain: tuple[x509.Certificate, ...]

    @property
    def ends(self) -> datetime:
        """When the first certificate of the chain ends: from then on only a renewal keeps the token's worth."""
        return min(each.not_valid_after_utc for each in self.chain)

    @property
    def demonstration(self) -> bool:
        """Whether the certificate says that its authority is one for demonstration."""
        return _SIGN_OF_DEMONSTRATION in self.token.signer.subject.rfc4514_string().lower()


def check_response(
    response: bytes, imprint: bytes, roots: Sequence[x509.Certificate], algorithm: str = "sha256"
) -> CheckedToken:
    """Return what a TimeStampResp says, once it covers the digest and leads to a trusted certificate.

    Raises:
        ValueError: a part does not hold; the message says which.
    """
    return check_token(read_response(response), imprint, roots, algorithm)


def check_token(
    token: bytes, imprint: bytes, roots: Sequence[x509.Certificate], algorithm: str = "sha256"
) -> CheckedToken:
    """Return what a token says, as `check_response` does of an answer."""
    found = read_token(token)
    if (found.algorithm, found.imprint) != (algorithm, imprint):
        raise ValueError(Said("le jeton porte sur autre chose"))
    _only_stamps(found.signer)
    return CheckedToken(found, chain_of(found.signer, found.certificates, roots, found.at))


def chain_of(
    certificate: x509.Certificate, others: Iterable[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> tuple[x509.Certificate, ...]:
    """Return the chain from a certificate to one of the roots, each valid at that time and issued by the next.

    Raises:
        ValueError: there is none, or one of it was not valid.
    """
    chain, pool = [certificate], (*roots, *others)
    while chain[-1] not in roots:
        issuer = next((each for each in pool if each not in chain and _issued(chain[-1], each)), None)
        if issuer is None or len(chain) == _LONGEST:
            raise ValueError(Said("aucun chemin ne mène du certificat de l'autorité à un autre que nous croyons"))
        chain.append(issuer)
    if not all(each.not_valid_before_utc <= at <= each.not_valid_after_utc for each in chain):
        raise ValueError(Said("un certificat de l'autorité n'était pas valable à l'heure du jeton"))
    return tuple(chain)


def read_certificates(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Return the certificates of a PEM file, none when it is empty.

    Raises:
        ValueError: it is not PEM.
    """
    return tuple(x509.load_pem_x509_certificates(pem)) if pem else ()


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    with suppress(ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound):
        certificate.verify_directly_issued_by(issuer)
        return issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    return False


def _only_stamps(certificate: x509.Certificate) -> None:
    """Check that a certificate serves to stamp time and nothing else, and says so as critical."""
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise ValueError(Said("le signataire n'est pas une autorité d'horodatage")) from error
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError(Said("le signataire n'est pas une autorité d'horodatage"))
