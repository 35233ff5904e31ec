"""Verifying: is this the file that was sealed? Answered from the stored bytes or from a presented file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from ged.clock import Clock
from ged.errors import Corrupt, NotFound
from ged.mail.access import Actor, Right, require
from ged.mail.anchor import DOCUMENTS
from ged.mail.disposal import refuse_destroyed
from ged.mail.item import Confidentiality
from ged.mail.journal import Act
from ged.mail.said import Said
from ged.ports import Ledger, Signer, Vault
from ged.seal.proved_time import ProvedTime, TimeEvidence, prove_time
from ged.seal.timestamp.chain import read_certificates
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, Step, Verdict, check, check_signed, judged, unknown
from ged.services.beside import proof_suffix, salt_of, told_digest
from ged.services.evidence import evidence_of
from ged.services.sealed_files import SealedFile, Sort, original_of, piece_of, pieces_of, recognise
from ged.store.unit import Store, Unit

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class _Proving:
    """The engines that verifying asks, and who asks."""

    store: Store
    vault: Vault
    signer: Signer
    ledger: Ledger
    actor: Actor
    clock: Clock
    time_roots: bytes


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
        refuse_destroyed(letter)
        what = original_of(unit, letter)
    return _stored(what, _Proving(store, vault, signer, ledger, actor, clock, time_roots))


def verify_piece(
    letter_id: str,
    piece_id: str,
    *,
    store: Store,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    actor: Actor,
    clock: Clock,
    time_roots: bytes,
) -> tuple[SealedFile, Verdict]:
    """Read an annex or a piece kept with a letter anew, every byte, and say whether it is what was sealed.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`, `annex.unknown`.
        Unavailable: the vault does not answer: nothing can be said.
    """
    require(actor, Right.VERIFY)
    with store.unit() as unit:
        what = piece_of(unit, unit.letters.get(letter_id, actor.tokens()), piece_id)
    return what, _stored(what, _Proving(store, vault, signer, ledger, actor, clock, time_roots))


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
) -> tuple[SealedFile | None, Verdict]:
    """Say whether a presented file is one that was sealed: of the letter `number`, or, with "", any open to the actor.

    With a number, the file is held against what is kept with that letter when it is one of those, else against its
    original.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.VERIFY)
    digest, size = digest_of(stream)
    with store.unit() as unit:
        what = _of_number(unit, number, digest, actor) if number.strip() else recognise(unit, digest, actor, clock())
    if what is None:
        return None, unknown(_no_letter(number) if number.strip() else _no_original(digest))
    return what, _judge(what, digest, size, _Proving(store, vault, signer, ledger, actor, clock, time_roots))


def _of_number(unit: Unit, number: str, digest: str, actor: Actor) -> SealedFile | None:
    letters = unit.letters.by_number(number, actor.tokens())
    if not letters:
        return None
    pieces = (each for each in pieces_of(unit, letters[0]) if each.digest == digest)
    original = original_of(unit, letters[0])
    return original if original.digest == digest else next(pieces, original)


def _stored(what: SealedFile, by: _Proving) -> Verdict:
    try:
        with by.vault.open(what.digest) as stream:
            digest, size = digest_of(stream)
        return _judge(what, digest, size, by)
    except Corrupt as error:
        if not error.code.startswith("vault."):
            raise
        verdict = _unreadable(error)
        _noted(what, verdict, "", by)
        return verdict


def _judge(what: SealedFile, digest: str, size: int, by: _Proving) -> Verdict:
    if what.leaf_index is not None:
        verdict = _sealed(what, what.leaf_index, digest, size, by)
    elif what.inventory:
        signed = check_signed(
            digest=digest,
            p7s=by.vault.companion(what.digest, "p7s") or b"",
            trust=TrustStore.from_pem(by.signer.trust_pem),
        )
        verdict = judged((_recorded(what, digest), *signed.steps))
    elif what.print:
        verdict = judged((_recorded(what, digest),))
    else:
        verdict = _unsealed(what, digest)
    _noted(what, verdict, digest, by)
    return verdict


def _noted(what: SealedFile, verdict: Verdict, digest: str, by: _Proving) -> None:
    level = what.letter.confidentiality if what.letter else Confidentiality.INTERNAL
    told = {"outcome": str(verdict.outcome), **told_digest(digest, level, "presented")}
    with by.store.unit() as unit:
        if what.letter is None:
            unit.journal.write_about(by.clock(), Act.VERIFIED, by.actor, what.id, sort=what.sort, **told)
        else:
            piece = {} if what.sort is Sort.ORIGINAL else {"piece": what.id}
            unit.journal.write(by.clock(), Act.VERIFIED, by.actor, what.letter.id, **piece, **told)
        unit.commit()


def _unreadable(error: Corrupt) -> Verdict:
    """Say of bytes that their own key refuses that they were altered: deciphering is a check of them."""
    step = Step(1, "Le coffre rend l'original et sa signature tels qu'il les a reçus", False, Said(error.sentence))
    return Verdict(Outcome.ALTERED, (step,))


def _sealed(what: SealedFile, index: int, digest: str, size: int, by: _Proving) -> Verdict:
    leaf = what.leaf if what.leaf is not None else by.ledger.entry(index)
    proved = _time(leaf, index, by)
    verdict = check(
        digest=digest,
        size=size,
        p7s=by.vault.companion(what.digest, "p7s") or b"",
        leaf=leaf,
        proof=(by.vault.companion(what.digest, proof_suffix(index)) or b"").decode(),
        trust=TrustStore.from_pem(by.signer.trust_pem),
        log_key=by.ledger.key_text,
        salt=salt_of(what.digest, by.vault),
        proved_at=proved.at,
    )
    return judged((*verdict.steps, *proved.steps))


def _time(leaf: bytes, index: int, by: _Proving) -> ProvedTime:
    """Return when the entry was in the log; without steps while no authority has dated a head that holds it."""
    try:
        found = evidence_of(index, DOCUMENTS, ledger=by.ledger, store=by.store)
    except NotFound:  # the log is shorter than the database says: no proof is kept of such an entry, a step tells
        found = None
    if found is None or found.anchor.stamp is None:
        return ProvedTime(None, ())
    anchor = found.anchor
    evidence = TimeEvidence(leaf, found.index, found.path, anchor.note, anchor.token, found.earlier, found.record)
    return prove_time(evidence, log_key=by.ledger.key_text, roots=read_certificates(by.time_roots), now=by.clock())


def _recorded(what: SealedFile, digest: str) -> Step:
    said = Said("Empreinte SHA-256 %(digest)s…", digest=digest[:16])
    return Step(1, "Le fichier présenté a l'empreinte enregistrée", digest == what.digest, said)


def _unsealed(what: SealedFile, digest: str) -> Verdict:
    waits = Step(2, "Un sceau couvre l'original", False, "Le sceau de ce courrier est en attente. Réessayez plus tard.")
    same = _recorded(what, digest)
    return Verdict(Outcome.UNKNOWN if same.passed else Outcome.ALTERED, (same, waits))


def digest_of(stream: BinaryIO) -> tuple[str, int]:
    """Return (SHA-256 in hexadecimal, size in bytes) of a stream, read to its end."""
    found, size = hashlib.sha256(), 0
    while chunk := stream.read(_CHUNK):
        found.update(chunk)
        size += len(chunk)
    return found.hexdigest(), size


def _no_original(digest: str) -> Said:
    return Said(
        "Aucun original ouvert à votre poste n'a l'empreinte %(digest)s…. "
        "Si ce fichier est la copie d'un courrier enregistré, elle a été modifiée.",
        digest=digest[:16],
    )


def _no_letter(number: str) -> Said:
    return Said("Aucun courrier ne porte le numéro %(number)s, ou il n'est pas ouvert à votre poste.", number=number)
