"""Verifying: is this the original that was sealed? Answered from the stored bytes or from a presented file."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Corrupt
from ged.mail.access import Actor, Right, require
from ged.mail.anchor import DOCUMENTS
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Vault
from ged.seal.proved_time import ProvedTime, TimeEvidence, prove_time
from ged.seal.timestamp.chain import read_certificates
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, Step, Verdict, check, judged, unknown
from ged.services.evidence import evidence_of
from ged.services.seal import proof_suffix, salt_of
from ged.store.seals import SealRecord
from ged.store.unit import Store

_CHUNK = 1 << 20


def verify_letter(
    letter_id: str,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
    time_roots: bytes,
) -> Verdict:
    """Read a letter's original anew from the vault, every byte, and say whether it is what was sealed.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Unavailable: the vault does not answer: nothing can be said.
    """
    require(actor, Right.VERIFY)
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
    try:
        digest, size = _stored_digest(vault, letter.original)
        return _judge(
            letter,
            digest,
            size,
            store=store,
            vault=vault,
            signer=signer,
            ledger=ledger,
            actor=actor,
            clock=clock,
            time_roots=time_roots,
        )
    except Corrupt as error:
        if not error.code.startswith("vault."):
            raise
        verdict = _unreadable(error)
        _noted(letter, verdict, "", store=store, actor=actor, clock=clock)
        return verdict


def verify_file(
    stream: BinaryIO,
    number: str,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
    time_roots: bytes,
) -> tuple[Letter | None, Verdict]:
    """Say whether a presented file is the original of the letter `number`, or, with "", of any the actor may read.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.VERIFY)
    digest, size = digest_of(stream)
    with store.unit() as unit:
        if number.strip():
            found = unit.letters.by_number(number, actor.tokens())
        else:
            found = unit.letters.by_original(digest, actor.tokens())
    if not found:
        return None, unknown(_NO_NUMBER.format(number=number) if number.strip() else _NO_ORIGINAL.format(digest=digest))
    letter = found[0]
    verdict = _judge(
        letter,
        digest,
        size,
        store=store,
        vault=vault,
        signer=signer,
        ledger=ledger,
        actor=actor,
        clock=clock,
        time_roots=time_roots,
    )
    return letter, verdict


def _judge(
    letter: Letter,
    digest: str,
    size: int,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
    time_roots: bytes,
) -> Verdict:
    with store.unit() as unit:
        record = unit.seals.of(letter.id)
    if record is None:
        verdict = _unsealed(letter, digest)
    else:
        proved = _time(record, ledger, store, time_roots, clock())
        verdict = _sealed(letter, record, digest, size, vault, signer, ledger, proved)
    _noted(letter, verdict, digest, store=store, actor=actor, clock=clock)
    return verdict


def _noted(letter: Letter, verdict: Verdict, digest: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    with store.unit() as unit:
        unit.journal.write(clock(), Act.VERIFIED, actor, letter.id, outcome=verdict.outcome, presented=digest)
        unit.commit()


def _unreadable(error: Corrupt) -> Verdict:
    """Say of bytes that their own key refuses that they were altered: deciphering is a check of them."""
    step = Step(1, "Le coffre rend l'original et sa signature tels qu'il les a reçus", False, error.sentence)
    return Verdict(Outcome.ALTERED, (step,))


def _sealed(  # noqa: PLR0917 - private, and each is one of the pieces of evidence
    letter: Letter,
    record: SealRecord,
    digest: str,
    size: int,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    proved: ProvedTime,
) -> Verdict:
    verdict = check(
        digest=digest,
        size=size,
        p7s=vault.companion(letter.original, "p7s") or b"",
        leaf=record.leaf,
        proof=(vault.companion(letter.original, proof_suffix(record.leaf_index)) or b"").decode(),
        trust=TrustStore.from_pem(signer.trust_pem),
        log_key=ledger.verifier_key,
        salt=salt_of(letter.original, vault),
        proved_at=proved.at,
    )
    return judged((*verdict.steps, *proved.steps))


def _time(record: SealRecord, ledger: Ledger, store: Store, roots: bytes, now: datetime) -> ProvedTime:
    """Return when the entry was in the log; without steps while no authority has dated a head that holds it."""
    found = evidence_of(record.leaf_index, DOCUMENTS, ledger=ledger, store=store)
    if found is None or found.anchor.stamp is None:
        return ProvedTime(None, ())
    anchor = found.anchor
    evidence = TimeEvidence(
        record.leaf, found.index, found.path, anchor.note, anchor.token, found.earlier, found.record
    )
    return prove_time(evidence, log_key=ledger.verifier_key, roots=read_certificates(roots), now=now)


def _unsealed(letter: Letter, digest: str) -> Verdict:
    same = digest == letter.original
    steps = (
        Step(1, "Le fichier présenté a l'empreinte enregistrée", same, f"Empreinte SHA-256 {digest[:16]}…"),
        Step(2, "Un sceau couvre l'original", False, "Le sceau de ce courrier est en attente. Réessayez plus tard."),
    )
    return Verdict(Outcome.UNKNOWN if same else Outcome.ALTERED, steps)


def _stored_digest(vault: Vault, digest: str) -> tuple[str, int]:
    with vault.open(digest) as stream:
        return digest_of(stream)


def digest_of(stream: BinaryIO) -> tuple[str, int]:
    """Return (SHA-256 in hexadecimal, size in bytes) of a stream, read to its end."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
        size += len(chunk)
    return found.hexdigest(), size


_NO_ORIGINAL = (
    "Aucun original ouvert à votre poste n'a l'empreinte {digest:.16}…. "
    "Si ce fichier est la copie d'un courrier enregistré, elle a été modifiée."
)
_NO_NUMBER = "Aucun courrier ne porte le numéro {number}, ou il n'est pas ouvert à votre poste."
