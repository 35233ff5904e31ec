"""Signed heads and proofs as text that a stranger can check.

Source: C2SP signed-note, tlog-checkpoint and tlog-proof.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from ged.mail.said import Said

_ED25519 = 1
_DASH = "\u2014"
_PROOF = "c2sp.org/tlog-proof@v1"
_MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A head that the log signed: how many entries, and the root over them.

    Attributes:
        extension: One line more under the root, "" for none: the succession of a key (`ged.seal.log_key`).
    """

    origin: str
    size: int
    root: bytes
    extension: str = ""


def entries(size: int) -> Said:
    """Return how many entries a log has, in French."""
    if size < 2:
        return Said("%(count)s inscription", count=size)
    return Said("%(count)s inscriptions", count=size)


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One line under a note: whose it says it is, the four bytes that name the key, and what was signed with it."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line as it stands in a note, with its line feed."""
        return f"{_DASH} {self.name} {_b64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Proof:
    """Where an entry stands, the path to the root, and the signed head that holds the root."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key as notes name it: C2SP `name+hash+base64`, of one algorithm (1 signs, 4 cosigns)."""

    name: str
    key_id: bytes
    key: ed25519.Ed25519PublicKey


def key_id(name: str, public: bytes, algorithm: int = _ED25519) -> bytes:
    """Return the four bytes by which a note names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + public).digest()[:4]


def verifier_key(name: str, key: ed25519.Ed25519PublicKey, algorithm: int = _ED25519) -> str:
    """Return `name+hash+base64`, what somebody needs to check notes of that name."""
    public = _raw(key)
    return f"{name}+{key_id(name, public, algorithm).hex()}+{_b64(bytes([algorithm]) + public)}"


@lru_cache(64)
def read_verifier(text: str, algorithm: int = _ED25519) -> Verifier:
    """Return the key that a verifier key names.

    Raises:
        ValueError: it is malformed, of another algorithm, or its hash is not that of its name and key.
    """
    name, _, rest = text.partition("+")
    fingerprint, _, encoded = rest.partition("+")
    data = _strict_b64(encoded)
    public = data[1:]
    if not is_name(name) or data[:1] != bytes([algorithm]) or len(public) != 32:
        raise ValueError(Said("ce n'est pas une clé de vérification de cet algorithme"))
    if key_id(name, public, algorithm).hex() != fingerprint:
        raise ValueError(Said("la clé de vérification n'est pas celle de son nom"))
    return Verifier(name, bytes.fromhex(fingerprint), ed25519.Ed25519PublicKey.from_public_bytes(public))


def is_name(name: str) -> bool:
    """Whether a key may bear a name: something, with neither space nor plus."""
    return "+" not in name and name.split() == [name]


def head_text(head: Checkpoint) -> str:
    """Return the lines of a head, which signatures cover."""
    return f"{head.origin}\n{head.size}\n{_b64(head.root)}\n" + (f"{head.extension}\n" if head.extension else "")


def sign_checkpoint(head: Checkpoint, key: ed25519.Ed25519PrivateKey) -> str:
    """Return the signed note of a head."""
    return f"{head_text(head)}\n{sign_text(head, key)}"


def sign_text(head: Checkpoint, key: ed25519.Ed25519PrivateKey) -> str:
    """Return the line of a key under a head."""
    name = key_id(head.origin, _raw(key.public_key()))
    return SignatureLine(head.origin, name, key.sign(head_text(head).encode())).text


def open_note(note: str) -> tuple[Checkpoint, tuple[SignatureLine, ...]]:
    """Return the head that a note states and its signature lines, none of them verified.

    Raises:
        ValueError: it is no note of a head, or a line of it is malformed.
    """
    body, separator, signed = note.rpartition("\n\n")
    lines = body.split("\n")
    if not separator or not 3 <= len(lines) <= 4 or not lines[1].isascii() or not lines[1].isdigit():
        raise ValueError(Said("ce n'est pas une tête de journal"))
    root = _strict_b64(lines[2])
    if not is_name(lines[0]) or str(int(lines[1])) != lines[1] or len(root) != 32 or not lines[-1]:
        raise ValueError(Said("la tête est mal formée"))
    return Checkpoint(lines[0], int(lines[1]), root, "".join(lines[3:])), read_lines(signed)


def read_lines(text: str) -> tuple[SignatureLine, ...]:
    """Return signature lines, none of them verified: one at least, sixteen at most.

    Raises:
        ValueError: a line is malformed.
    """
    rows = text.split("\n")
    if rows.pop() or not 1 <= len(rows) <= _MOST_SIGNATURES:
        raise ValueError(Said("les lignes de signature manquent, sont trop nombreuses ou tronquées"))
    return tuple(_read_line(row) for row in rows)


def check_signature(key: ed25519.Ed25519PublicKey, signature: bytes, message: bytes) -> None:
    """Pass silently when a key signed a message.

    Raises:
        ValueError: it did not.
    """
    try:
        key.verify(signature, message)
    except InvalidSignature as error:
        raise ValueError(Said("la signature de la tête ne se vérifie pas")) from error


def write_hashes(hashes: Sequence[bytes]) -> str:
    """Return hashes as lines of base64."""
    return "".join(f"{_b64(each)}\n" for each in hashes)


def read_hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    """Return the hashes of lines of base64.

    Raises:
        ValueError: a line is not a hash.
    """
    hashes = tuple(_strict_b64(line) for line in lines)
    if any(len(each) != 32 for each in hashes):
        raise ValueError(Said("le chemin de la preuve est mal formé"))
    return hashes


def write_proof(proof: Proof) -> str:
    """Return the text of a proof."""
    return proof_text(proof.index, write_hashes(proof.path), proof.checkpoint)


def proof_text(index: int, path: str, checkpoint: str) -> str:
    """Return the text of a proof whose path is written already (`write_hashes`)."""
    return f"{_PROOF}\nindex {index}\n{path}\n{checkpoint}"


def read_proof(text: str) -> Proof:
    """Return what a proof says, unverified.

    Raises:
        ValueError: it is malformed.
    """
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or len(lines) < 2 or lines[0] != _PROOF or not lines[1].startswith("index "):
        raise ValueError(Said("ce n'est pas une preuve"))
    return Proof(read_number(lines[1].removeprefix("index ")), read_hashes(lines[2:]), checkpoint)


def read_number(text: str) -> int:
    """Return a decimal number written the one way that it can be.

    Raises:
        ValueError: it is written otherwise.
    """
    if not text.isascii() or not text.isdigit() or str(int(text)) != text:
        raise ValueError(Said("un nombre est mal formé"))
    return int(text)


def _read_line(row: str) -> SignatureLine:
    dash, name, encoded = [*row.split(" "), "", "", ""][:3]
    data = _strict_b64(encoded)
    if row != f"{dash} {name} {encoded}" or dash != _DASH or not is_name(name) or len(data) <= 4:
        raise ValueError(Said("une ligne de signature est mal formée"))
    return SignatureLine(name, data[:4], data[4:])


def _raw(key: ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _strict_b64(text: str) -> bytes:
    """Decode base64 that is the one encoding of its bytes: no stray character, no loose last bits."""
    try:
        data = binascii.a2b_base64(text, strict_mode=True)  # an audit reads millions of them
    except ValueError as error:
        raise ValueError(Said("ce n'est pas du base64")) from error
    if binascii.b2a_base64(data, newline=False).decode("ascii") != text:
        raise ValueError(Said("ce n'est pas du base64 canonique"))
    return data
