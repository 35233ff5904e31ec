"""An authority on this very machine, for demonstration: `openssl ts` with keys of its own, and a name that says so.

It shows how tokens are asked for, checked, kept and renewed. It proves nothing: whoever owns the machine owns it.
"""

from __future__ import annotations

import fcntl
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ged.clock import Clock
from ged.seal.timestamp.authority import Ask, TokenAuthority

NAME = "Autorité de démonstration"
_YEARS, _TIMEOUT_S = 10, 20
_POLICY = "1.3.6.1.4.1.99999.1"
"""Of no registered owner: a demonstration has no policy."""
# `certs=` stays out: openssl would sort what it names, and some readers refuse what it makes of it.
_CONFIG = f"""[ts]
serial = serial
signer_cert = signer.pem
signer_key = signer.key
signer_digest = sha256
default_policy = {_POLICY}
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


def demonstration_authority(folder: Path, clock: Clock) -> TokenAuthority:
    """Return the authority whose keys lie in a folder, made on the first call."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        if not ca_file(folder).exists():
            _make(folder, clock())
    return TokenAuthority(NAME, _by_openssl(folder), x509.load_pem_x509_certificates(ca_file(folder).read_bytes()))


def ca_file(folder: Path) -> Path:
    """Return the file of the certificate (PEM) that its tokens lead to."""
    return folder / "ca.pem"


def _by_openssl(folder: Path) -> Ask:
    command: Sequence[str] = ("openssl", "ts", "-reply", "-config", "ts.cnf", "-section", "ts")

    def ask(question: bytes) -> bytes:
        try:
            with _alone(folder):
                return subprocess.run(
                    [*command, "-queryfile", "/dev/stdin"],
                    cwd=folder, input=question, capture_output=True, check=True, timeout=_TIMEOUT_S,
                ).stdout  # fmt: skip
        except subprocess.SubprocessError as error:
            raise OSError("openssl ts does not answer") from error

    return ask


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes out: keys are made once, and openssl counts in a file."""
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(folder: Path, now: datetime) -> None:
    """Make keys, certificates and configuration; the authority's certificate last: with it, all is there."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("Autorité d'horodatage de démonstration")
    ca = _builder(ca_name, ca_name, ca_key.public_key(), now)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    signer = _builder(_name("Horodatage de démonstration, sans valeur de preuve"), ca_name, key.public_key(), now)
    signer = signer.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    pem = serialization.Encoding.PEM
    (folder / "signer.key").touch(mode=0o600)
    (folder / "signer.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "signer.pem").write_bytes(signer.sign(ca_key, hashes.SHA256()).public_bytes(pem))
    (folder / "ts.cnf").write_text(_CONFIG, encoding="ascii")
    (folder / "serial").write_text("01\n", encoding="ascii")
    ca_file(folder).write_bytes(ca.sign(ca_key, hashes.SHA256()).public_bytes(pem))


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime
) -> x509.CertificateBuilder:
    start = now - timedelta(hours=1)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    made = made.serial_number(x509.random_serial_number()).not_valid_before(start)
    return made.not_valid_after(start + timedelta(days=365 * _YEARS))


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
