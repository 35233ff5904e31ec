"""The keys of an installation, made once: its own authority, the sealing key, the keys of its logs.

The authority is the installation's own and says so in its name; a site with a public key
infrastructure puts its certificate and key in the same files.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID

from ged.errors import Corrupt
from ged.seal.note import verifier_key

_AUTHORITY_YEARS, _SEAL_YEARS = 20, 10


@dataclass(frozen=True, slots=True)
class LogKey:
    """What signs the heads of one log: the log's name, as its heads carry it, and its private key."""

    origin: str
    private: ed25519.Ed25519PrivateKey

    @property
    def verifier(self) -> str:
        """What somebody needs to check this log's heads, as a C2SP verifier key."""
        return verifier_key(self.origin, self.private.public_key())


def log_origin(organisation: str) -> str:
    """Return the name of an organisation's log: no space, no plus (C2SP signed-note)."""
    return "ged-courrier/" + "-".join(organisation.lower().replace("+", " ").split())


@dataclass(frozen=True, slots=True)
class SealKeys:
    """What seals and what checks: `certificate` signs originals, `authority` vouches for it.

    Attributes:
        log: Signs the heads of the log of documents.
    """

    organisation: str
    seal_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    authority: x509.Certificate
    log: LogKey

    @property
    def chain_pem(self) -> bytes:
        """The sealing certificate then its authority, PEM."""
        pem = serialization.Encoding.PEM
        return self.certificate.public_bytes(pem) + self.authority.public_bytes(pem)


def ensure_keys(folder: Path, *, organisation: str) -> SealKeys:
    """Return the keys kept in a folder, made on the first call; two processes at once make one set.

    Every file is whole or absent: a death in the middle leaves keys that the next call completes.

    Raises:
        Corrupt: `seal.keys`, a file is there and is not the key that it should be.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _keep(folder / "autorite.key", _new_p256)
        _keep(folder / "autorite.pem", lambda: _authority(folder, organisation))
        _keep(folder / "sceau.key", _new_p256)
        _keep(folder / "sceau.pem", lambda: _certificate(folder, organisation))
        _keep(folder / "journal.key", _new_ed25519)
    try:
        return _load(folder, organisation)
    except (ValueError, TypeError) as error:
        raise _unreadable(folder) from error


def ensure_log_key(path: Path, *, origin: str) -> LogKey:
    """Return the key of one log, kept alone in a file of PEM and made on the first call; two processes make one.

    Raises:
        Corrupt: `seal.keys`, the file is there and is not the key that it should be.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (path.parent / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _keep(path, _new_ed25519)
    try:
        return LogKey(origin, _ed25519(path))
    except (ValueError, TypeError) as error:
        raise _unreadable(path.parent) from error


def _load(folder: Path, organisation: str) -> SealKeys:
    seal_key = _p256(folder / "sceau.key")
    certificate = x509.load_pem_x509_certificate((folder / "sceau.pem").read_bytes())
    authority = x509.load_pem_x509_certificate((folder / "autorite.pem").read_bytes())
    if seal_key.public_key() != certificate.public_key():
        message = "the sealing certificate is not that of the sealing key"
        raise ValueError(message)
    log = LogKey(log_origin(organisation), _ed25519(folder / "journal.key"))
    return SealKeys(organisation, seal_key, certificate, authority, log)


def _unreadable(folder: Path) -> Corrupt:
    return Corrupt(
        "seal.keys",
        "Les clés de scellement ne sont pas lisibles. Rétablissez le dossier des clés depuis la sauvegarde.",
        folder=str(folder),
    )


def _keep(path: Path, make: Callable[[], bytes]) -> None:
    if path.exists():
        return
    draft = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _private(path: Path) -> object:
    return serialization.load_pem_private_key(path.read_bytes(), password=None)


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _new_p256() -> bytes:
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _new_ed25519() -> bytes:
    return _pem(ed25519.Ed25519PrivateKey.generate())


def _p256(path: Path) -> ec.EllipticCurvePrivateKey:
    key = _private(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        message = f"{path.name} is not a P-256 key"
        raise TypeError(message)
    return key


def _ed25519(path: Path) -> ed25519.Ed25519PrivateKey:
    key = _private(path)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        message = f"{path.name} is not an Ed25519 key"
        raise TypeError(message)
    return key


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, role),
        ]
    )


_AUTHORITY_NAME = "Autorité propre à cette installation"


def _authority(folder: Path, organisation: str) -> bytes:
    key = _p256(folder / "autorite.key")
    name = _name(organisation, _AUTHORITY_NAME)
    builder = _builder(name, name, key.public_key(), _AUTHORITY_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(certifies=True), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _certificate(folder: Path, organisation: str) -> bytes:
    issuer_key = _p256(folder / "autorite.key")
    issuer = x509.load_pem_x509_certificate((folder / "autorite.pem").read_bytes())
    public = _p256(folder / "sceau.key").public_key()
    builder = _builder(_name(organisation, "Cachet du courrier"), issuer.subject, public, _SEAL_YEARS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(certifies=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
    )
    return builder.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, years: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - timedelta(hours=1)  # noqa: DTZ - a certificate's own date, not the product's clock
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
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
