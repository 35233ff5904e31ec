"""Files of keys: whole or absent, read by their owner alone, and never changed once there: a folder only gains files.

What is made again has the next number: `sceau.pem`, `sceau-2.pem`, `sceau-3.pem`. The highest number is the one of
today, so that one rename is the whole of a rotation, and a listing of names tells whether anything happened.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from ged.seal.sealing_key import LEAST_RSA_BITS, Private


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder of keys, made when it is not there, over every process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def keep(path: Path, make: Callable[[], bytes]) -> None:
    """Make a file durable under its name, whole, unless one of that name is there."""
    if path.exists():
        return
    draft = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Make a folder's names durable."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def numbered(folder: Path, stem: str, suffix: str) -> dict[int, Path]:
    """Return the files `stem.suffix` (number 1), `stem-2.suffix` … of a folder by number, oldest first."""
    found = {}
    for path in folder.glob(f"{stem}*{suffix}"):
        number = path.name.removeprefix(stem).removesuffix(suffix)
        if not number:
            found[1] = path
        elif number[0] == "-" and number[1:].isascii() and number[1:].isdigit():
            found[int(number[1:])] = path
    return dict(sorted(found.items()))


def in_number(folder: Path, stem: str, number: int, suffix: str) -> Path:
    """Return the path of the file of that number."""
    return folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")


def read_private(path: Path) -> Private:
    """Return a sealing or authority key.

    Raises:
        ValueError, TypeError: it is none.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey)):
        message = f"{path.name} is no key that seals"
        raise TypeError(message)
    return key


def read_ed25519(path: Path) -> ed25519.Ed25519PrivateKey:
    """Return the key of a log.

    Raises:
        ValueError, TypeError: it is none.
    """
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        message = f"{path.name} is not an Ed25519 key"
        raise TypeError(message)
    return key


def private_pem(key: Private | ed25519.Ed25519PrivateKey) -> bytes:
    """Return a private key as PEM, unencrypted: the file's rights are what guards it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def new_p256() -> bytes:
    """Return a new P-256 key as PEM."""
    return private_pem(ec.generate_private_key(ec.SECP256R1()))


def new_rsa() -> bytes:
    """Return a new RSA key as PEM."""
    return private_pem(rsa.generate_private_key(65537, LEAST_RSA_BITS))


def new_ed25519() -> bytes:
    """Return a new Ed25519 key as PEM."""
    return private_pem(ed25519.Ed25519PrivateKey.generate())
