"""A private key that seals, wherever it is kept, and where the one of today comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

LEAST_RSA_BITS = 3072
"""As strong as P-256. Source: NIST SP 800-57 part 1, table 2."""

Private = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class SealingKey(Protocol):
    """A key that seals and the chain of its certificate."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """Its certificate, then its issuers up to an authority."""
        ...

    def sign(self, data: bytes) -> bytes:
        """Return a signature over the SHA-256 of data: ECDSA (DER) or RSA PKCS#1 v1.5, as the certificate's key is.

        Raises:
            Unavailable: the token that keeps it does not answer.
        """
        ...


class KeySource(Protocol):
    """Where the sealing key of today comes from: another one after a rotation, in the same process."""

    def current(self) -> SealingKey:
        """Return the key that seals now.

        Raises:
            Unavailable: none may seal now: seals wait.
        """
        ...

    @property
    def trust_pem(self) -> bytes:
        """Every certificate that seals or sealed, their authorities and the lists of revoked ones, PEM."""
        ...


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key read from a file into memory."""

    private: Private
    chain: tuple[x509.Certificate, ...]

    def sign(self, data: bytes) -> bytes:
        """Return a signature over the SHA-256 of data."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(data, ec.ECDSA(hashes.SHA256()))


def as_sealing(key: object) -> Public:
    """Return a public key as one that seals.

    Raises:
        ValueError: it is neither P-256 nor RSA of 3072 bits or more.
    """
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return key
    raise ValueError("a sealing key is P-256, or RSA of 3072 bits or more")


def to_pem(*certificates: x509.Certificate) -> bytes:
    """Return certificates as PEM, in their order."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)
