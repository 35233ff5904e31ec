"""Signed heads and proofs as text that a stranger can check.

Source: C2SP signed-note, tlog-checkpoint and tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

_ED25519 = b"\x01"
_DASH = "\u2014"
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head that the log signed: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry stands, the path to the root, and the signed head that holds the root."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str


def key_id(name: str, public: bytes) -> bytes:
    """Return the four bytes by which a note names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


def verifier_key(name: str, key: ed25519.Ed25519PublicKey) -> str:
    """Return `name+hash+base64`, what somebody needs to check notes of that name."""
    public = _raw(key)
    return f"{name}+{key_id(name, public).hex()}+{_b64(_ED25519 + public)}"


def sign_checkpoint(head: Checkpoint, key: ed25519.Ed25519PrivateKey) -> str:
    """Return the signed note of a head."""
    body = f"{head.origin}\n{head.size}\n{_b64(head.root)}\n"
    name = key_id(head.origin, _raw(key.public_key()))
    return f"{body}\n{_DASH} {head.origin} {_b64(name + key.sign(body.encode()))}\n"


def read_checkpoint(note: str, verifier: str) -> Checkpoint:
    """Return the head of a note that the verifier key signed.

    Raises:
        ValueError: the note is malformed, or that key did not sign it.
    """
    body, separator, signatures = note.partition("\n\n")
    body += "\n"
    lines = body.splitlines()
    if not separator or len(lines) != 3 or not lines[1].isascii() or not lines[1].isdigit():
        raise ValueError("not a checkpoint")
    name, fingerprint, encoded = verifier.split("+", 2)
    public = ed25519.Ed25519PublicKey.from_public_bytes(_strict_b64(encoded)[1:])
    root = _strict_b64(lines[2])
    if lines[0] != name or str(int(lines[1])) != lines[1] or len(root) != 32:
        raise ValueError("another log, or a malformed head")
    expected = f"{_DASH} {name} "
    rows = signatures.split("\n")
    if len(rows) != 2 or rows[1] or not rows[0].startswith(expected):
        raise ValueError("not signed by this log")
    signature = _strict_b64(rows[0].removeprefix(expected))
    if signature[:4].hex() != fingerprint:
        raise ValueError("signed by another key")
    try:
        public.verify(signature[4:], body.encode())
    except InvalidSignature as error:
        raise ValueError("the head's signature does not verify") from error
    return Checkpoint(name, int(lines[1]), root)


def write_proof(proof: Proof) -> str:
    """Return the text of a proof."""
    path = "".join(f"{_b64(each)}\n" for each in proof.path)
    return f"{_PROOF}\nindex {proof.index}\n{path}\n{proof.checkpoint}"


def read_proof(text: str) -> Proof:
    """Return what a proof says, unverified.

    Raises:
        ValueError: it is malformed.
    """
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or len(lines) < 2 or lines[0] != _PROOF or not lines[1].startswith("index "):
        raise ValueError("not a proof")
    index = lines[1].removeprefix("index ")
    if not index.isascii() or not index.isdigit() or str(int(index)) != index:
        raise ValueError("malformed index")
    path = tuple(_strict_b64(line) for line in lines[2:])
    if any(len(each) != 32 for each in path):
        raise ValueError("malformed path")
    return Proof(int(index), path, checkpoint)


def _raw(key: ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _strict_b64(text: str) -> bytes:
    """Decode base64 that is the one encoding of its bytes: no stray character, no loose last bits."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64") from error
    if _b64(data) != text:
        raise ValueError("not canonical base64")
    return data
