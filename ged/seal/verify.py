"""Verification, in numbered steps, offline: an auditor needs the files and two public keys, not our database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from ged.seal.leaf import Leaf
from ged.seal.note import read_checkpoint, read_proof
from ged.seal.signature import Signature, read_signature
from ged.seal.tree import check_inclusion, leaf_hash


class Outcome(StrEnum):
    """What is to be said of a document."""

    INTACT = "intact"
    ALTERED = "altere"
    UNKNOWN = "inconnu"


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its number as shown, what it asks, whether it passed, and what was found."""

    number: int
    title: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome and the steps that led to it."""

    outcome: Outcome
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The files that go with a document.

    Attributes:
        digest: SHA-256 of the presented file, hexadecimal; `size` in bytes.
        authority_pem: The certificate to trust, last of a PEM chain; the rest is not read from here.
        log_key: The log's C2SP verifier key.
    """

    digest: str
    size: int
    p7s: bytes
    leaf: bytes
    proof: str
    authority_pem: bytes
    log_key: str


def check(
    *, digest: str, size: int, p7s: bytes, leaf: bytes, proof: str, authority_pem: bytes, log_key: str
) -> Verdict:
    """Return whether a presented file is the one that was sealed; every step is tried, whatever the one before said."""
    evidence = Evidence(digest, size, p7s, leaf, proof, authority_pem, log_key)
    steps = tuple(_step(number, title, act, evidence) for number, (title, act) in enumerate(_STEPS, 1))
    return Verdict(Outcome.INTACT if all(step.passed for step in steps) else Outcome.ALTERED, steps)


def unknown(detail: str) -> Verdict:
    """Return the verdict for a file that no seal covers."""
    return Verdict(Outcome.UNKNOWN, (Step(1, "Un sceau couvre l'empreinte du fichier", False, detail),))


def _step(number: int, title: str, act: Callable[[Evidence], str], evidence: Evidence) -> Step:
    try:
        return Step(number, title, True, act(evidence))
    except ValueError as error:
        return Step(number, title, False, str(error))


def _file(evidence: Evidence) -> str:
    leaf = _leaf(evidence)
    if (leaf.sha256, leaf.size) != (evidence.digest, evidence.size):
        raise ValueError(f"Le fichier présenté a l'empreinte {evidence.digest[:16]}…, l'original {leaf.sha256[:16]}…")
    return f"Empreinte SHA-256 {evidence.digest[:16]}…, {evidence.size} octets"


def _signature_file(evidence: Evidence) -> str:
    found = hashlib.sha256(evidence.p7s).hexdigest()
    if found != _leaf(evidence).p7s_sha256:
        raise ValueError("Le fichier de signature n'est pas celui qui fut inscrit au journal")
    return f"Empreinte du fichier de signature {found[:16]}…"


def _signature(evidence: Evidence) -> str:
    signature = _read(evidence)
    if signature.message_digest.hex() != evidence.digest:
        raise ValueError("La signature porte sur un autre fichier que celui présenté")
    return f"Signée par « {signature.certificate.subject.rfc4514_string()} »"


def _chain(evidence: Evidence) -> str:
    signature = _read(evidence)
    try:
        authority = x509.load_pem_x509_certificates(evidence.authority_pem)[-1]
        signature.certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, TypeError, ValueError, IndexError) as error:
        raise ValueError("Le certificat n'est pas émis par l'autorité attendue") from error
    for each in (signature.certificate, authority):
        if not each.not_valid_before_utc <= signature.claimed_at <= each.not_valid_after_utc:
            raise ValueError("Un certificat n'était pas valable à la date de la signature")
    return f"Émis par « {authority.subject.rfc4514_string()} », valable à la date déclarée"


def _inclusion(evidence: Evidence) -> str:
    proof = read_proof(evidence.proof)
    head = read_checkpoint(proof.checkpoint, evidence.log_key)
    if not check_inclusion(leaf_hash(evidence.leaf), proof.index, head.size, proof.path, head.root):
        raise ValueError("La preuve ne mène pas de cette inscription à la tête du journal")
    return f"Inscription n° {proof.index} d'un journal de {head.size}"


def _head(evidence: Evidence) -> str:
    head = read_checkpoint(read_proof(evidence.proof).checkpoint, evidence.log_key)
    return f"Tête du journal « {head.origin} », {head.size} inscriptions"


_STEPS: tuple[tuple[str, Callable[[Evidence], str]], ...] = (
    ("Le fichier présenté a l'empreinte inscrite au journal", _file),
    ("Le fichier de signature est celui inscrit au journal", _signature_file),
    ("La signature porte sur ce fichier et se vérifie", _signature),
    ("Le certificat vient de l'autorité et était valable", _chain),
    ("L'inscription figure dans le journal", _inclusion),
    ("La tête du journal est signée par le journal", _head),
)


def _leaf(evidence: Evidence) -> Leaf:
    try:
        return Leaf.decode(evidence.leaf)
    except ValueError as error:
        raise ValueError("L'inscription au journal n'est pas lisible") from error


def _read(evidence: Evidence) -> Signature:
    try:
        return read_signature(evidence.p7s)
    except ValueError as error:
        raise ValueError(f"La signature ne se vérifie pas ({error})") from error
