"""Verification, in numbered steps, offline: an auditor needs the files and two public keys, not our database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from ged.mail.said import Said, said_by
from ged.seal.leaf import Leaf
from ged.seal.log_key import read_checkpoint
from ged.seal.note import entries, read_proof
from ged.seal.signature import Signature, read_signature
from ged.seal.tree import check_inclusion, leaf_hash
from ged.seal.trust import Moment, TrustStore, named


class Outcome(StrEnum):
    """What is to be said of a document: untrusted is what was sealed, under a seal that is not to be believed."""

    INTACT = "intact"
    ALTERED = "altere"
    UNTRUSTED = "non_fiable"
    UNKNOWN = "inconnu"


class Question(StrEnum):
    """What a step helps to answer: same bytes? cryptography that holds? a certificate to be believed at that time?"""

    INTACT = "intact"
    VALID = "valide"
    TRUSTED = "fiable"


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its number as shown, what it asks, whether it passed, what was found, and the question it serves."""

    number: int
    title: str
    passed: bool
    detail: str
    question: Question = Question.INTACT


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome and the steps that led to it."""

    outcome: Outcome
    steps: tuple[Step, ...]

    @property
    def answers(self) -> dict[Question, bool | None]:
        """Whether each question is answered yes: by all of its steps; None when no step asked it."""
        asked = {each: [step.passed for step in self.steps if step.question is each] for each in Question}
        return {each: all(passed) if passed else None for each, passed in asked.items()}


@dataclass(frozen=True, slots=True)
class Evidence:
    """The files that go with a document.

    Attributes:
        digest: SHA-256 of the presented file, hexadecimal; `size` in bytes.
        trust: Whom to believe; nothing is believed for being in the signature file.
        log_key: The log's C2SP verifier key.
        proved_at: A time that a timestamp authority vouches for, at which the seal was in the log; None: none does.
        salt: What blinds the digest in the leaf of a confidential document; b"" for the others.
    """

    digest: str
    size: int
    p7s: bytes
    leaf: bytes
    proof: str
    trust: TrustStore
    log_key: str
    proved_at: datetime | None = None
    salt: bytes = b""


def check(
    *,
    digest: str,
    size: int,
    p7s: bytes,
    leaf: bytes,
    proof: str,
    trust: TrustStore,
    log_key: str,
    proved_at: datetime | None = None,
    salt: bytes = b"",
) -> Verdict:
    """Return whether a presented file is the one that was sealed; every step is tried, whatever the one before said."""
    evidence = Evidence(digest, size, p7s, leaf, proof, trust, log_key, proved_at, salt)
    steps = tuple(
        _step(number, title, question, act, evidence) for number, (title, question, act) in enumerate(_STEPS, 1)
    )
    return judged(steps)


def check_signed(*, digest: str, p7s: bytes, trust: TrustStore) -> Verdict:
    """Return whether a presented file is the one that the house signed: of a file whose seal is a signature alone."""
    evidence = Evidence(digest, 0, p7s, b"", "", trust, "")
    asked = [each for each in _STEPS if each[2] in {_signature, _chain, _validity}]
    return judged([_step(0, title, question, act, evidence) for title, question, act in asked])


def judged(steps: Sequence[Step]) -> Verdict:
    """Return what follows from steps, numbered anew in their order."""
    numbered = tuple(replace(step, number=number) for number, step in enumerate(steps, 1))
    failed = {step.question for step in numbered if not step.passed}
    if not failed:
        return Verdict(Outcome.INTACT, numbered)
    return Verdict(Outcome.UNTRUSTED if failed == {Question.TRUSTED} else Outcome.ALTERED, numbered)


def unknown(detail: str) -> Verdict:
    """Return the verdict for a file that no seal covers."""
    return Verdict(Outcome.UNKNOWN, (Step(1, "Un sceau couvre l'empreinte du fichier", False, detail),))


def _step(number: int, title: str, question: Question, act: Callable[[Evidence], str], evidence: Evidence) -> Step:
    try:
        return Step(number, title, True, act(evidence), question)
    except ValueError as error:
        return Step(number, title, False, said_by(error), question)


def _file(evidence: Evidence) -> str:
    leaf = _leaf(evidence)
    if leaf.blinded and not evidence.salt:
        raise ValueError(Said("L'inscription est masquée, et le sel qui la rattache à l'original manque"))
    if not leaf.is_of(evidence.digest, evidence.salt) or leaf.size != evidence.size:
        raise ValueError(
            Said(
                "Le fichier présenté a l'empreinte %(shown)s…, l'inscription %(logged)s…",
                shown=evidence.digest[:16],
                logged=leaf.sha256[:16],
            )
        )
    begins, size = evidence.digest[:16], evidence.size
    if leaf.blinded:
        return Said("Empreinte SHA-256 %(digest)s…, %(size)s octets, masquée par son sel", digest=begins, size=size)
    return Said("Empreinte SHA-256 %(digest)s…, %(size)s octets", digest=begins, size=size)


def _signature_file(evidence: Evidence) -> str:
    found = hashlib.sha256(evidence.p7s).hexdigest()
    if found != _leaf(evidence).p7s_sha256:
        raise ValueError(Said("Le fichier de signature n'est pas celui qui fut inscrit au journal"))
    return Said("Empreinte du fichier de signature %(digest)s…", digest=found[:16])


def _signature(evidence: Evidence) -> str:
    signature = _read(evidence)
    if signature.message_digest.hex() != evidence.digest:
        raise ValueError(Said("La signature porte sur un autre fichier que celui présenté"))
    return Said("Signée par « %(name)s »", name=named(signature.certificate))


def _chain(evidence: Evidence) -> str:
    signature = _read(evidence)
    path = evidence.trust.path(signature.certificate, signature.presented)
    if len(path) > 2:
        return Said("Émis par « %(issuer)s », sous « %(authority)s »", issuer=named(path[1]), authority=named(path[-1]))
    return Said("Émis par « %(issuer)s »", issuer=named(path[1]))


def _validity(evidence: Evidence) -> str:
    signature = _read(evidence)
    path = evidence.trust.path(signature.certificate, signature.presented)
    proved = evidence.proved_at
    moment = Moment(signature.claimed_at, proved=False) if proved is None else Moment(proved, proved=True)
    evidence.trust.judge(path, moment)
    return Said("Valable et non révoqué le %(moment)s", moment=moment.said)


def _inclusion(evidence: Evidence) -> str:
    proof = read_proof(evidence.proof)
    head = read_checkpoint(proof.checkpoint, evidence.log_key)
    if not check_inclusion(leaf_hash(evidence.leaf), proof.index, head.size, proof.path, head.root):
        raise ValueError(Said("La preuve ne mène pas de cette inscription à la tête du journal"))
    return Said("Inscription n° %(index)s d'un journal de %(size)s", index=proof.index, size=head.size)


def _head(evidence: Evidence) -> str:
    head = read_checkpoint(read_proof(evidence.proof).checkpoint, evidence.log_key)
    return Said("Tête du journal « %(log)s », %(entries)s", log=head.origin, entries=entries(head.size))


_STEPS: tuple[tuple[str, Question, Callable[[Evidence], str]], ...] = (
    ("Le fichier présenté a l'empreinte inscrite au journal", Question.INTACT, _file),
    ("Le fichier de signature est celui inscrit au journal", Question.INTACT, _signature_file),
    ("La signature porte sur ce fichier et se vérifie", Question.VALID, _signature),
    ("Le certificat est un cachet de l'installation, sous une autorité reconnue", Question.TRUSTED, _chain),
    ("Le certificat était valable et non révoqué à la date qui compte", Question.TRUSTED, _validity),
    ("L'inscription figure dans le journal", Question.VALID, _inclusion),
    ("La tête du journal est signée par le journal", Question.VALID, _head),
)


def _leaf(evidence: Evidence) -> Leaf:
    try:
        return Leaf.decode(evidence.leaf)
    except ValueError as error:
        raise ValueError(Said("L'inscription au journal n'est pas lisible")) from error


def _read(evidence: Evidence) -> Signature:
    try:
        return read_signature(evidence.p7s)
    except ValueError as error:
        raise ValueError(Said("La signature ne se vérifie pas (%(why)s)", why=said_by(error))) from error
