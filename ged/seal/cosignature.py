"""What a witness adds under a head: when it saw it, signed with a key of its own.

Source: C2SP tlog-cosignature, `cosignature/v1` (Ed25519): the key is of algorithm 4, and signs a header, the time
in seconds, and the whole text of the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from ged.mail.said import Said
from ged.seal.note import (
    Checkpoint,
    SignatureLine,
    Verifier,
    check_signature,
    head_text,
    key_id,
    open_note,
    read_verifier,
    verifier_key,
)

COSIGNS = 4
_TIME_BYTES, _SIGNATURE_BYTES = 8, 64


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A cosignature that verifies: whose, and when that witness says it saw the head."""

    witness: str
    at: datetime


def cosigner_key(name: str, key: ed25519.Ed25519PublicKey) -> str:
    """Return a witness's public key as a verifier key."""
    return verifier_key(name, key, COSIGNS)


def cosign(head: Checkpoint, name: str, key: ed25519.Ed25519PrivateKey, at: datetime) -> str:
    """Return the line of a witness under a head, dated to the second."""
    seconds = int(at.timestamp())
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signature = seconds.to_bytes(_TIME_BYTES, "big") + key.sign(_message(head, seconds))
    return SignatureLine(name, key_id(name, raw, COSIGNS), signature).text


def check_cosignature(line: SignatureLine, head: Checkpoint, witness: Verifier) -> Cosignature:
    """Return who saw a head and when, from a line that this witness signed.

    Raises:
        ValueError: another key's line, malformed, or it does not verify.
    """
    seconds, signature = int.from_bytes(line.signature[:_TIME_BYTES], "big"), line.signature[_TIME_BYTES:]
    if (line.name, line.key_id) != (witness.name, witness.key_id) or len(signature) != _SIGNATURE_BYTES:
        raise ValueError(Said("ce n'est pas une cosignature de ce témoin"))
    check_signature(witness.key, signature, _message(head, seconds))
    return Cosignature(witness.name, datetime.fromtimestamp(seconds, UTC))


def cosignatures(note: str, witnesses: Sequence[str]) -> tuple[Cosignature, ...]:
    """Return the cosignatures of known witnesses under a note, in the order of its lines.

    Raises:
        ValueError: the note is malformed, one of them signed twice, or the line of one of them does not verify.
    """
    head, lines = open_note(note)
    known = {(each.name, each.key_id): each for each in (read_verifier(text, COSIGNS) for text in witnesses)}
    found = [(line, known[line.name, line.key_id]) for line in lines if (line.name, line.key_id) in known]
    if len({witness.key_id for _, witness in found}) != len(found):
        raise ValueError(Said("un témoin a signé deux fois"))
    return tuple(check_cosignature(line, head, witness) for line, witness in found)


def _message(head: Checkpoint, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{head_text(head)}".encode()
