"""Sealing: sign the original's digest, log it, keep the proof beside it, verify at once."""

from __future__ import annotations

import hashlib

from ged.clock import Clock
from ged.errors import Corrupt, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.item import Letter, Sealing
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Vault
from ged.seal.leaf import Leaf
from ged.seal.verify import Outcome, check
from ged.store.seals import SealRecord
from ged.store.unit import Store


def proof_suffix(leaf_index: int) -> str:
    """Return the name under which the proof of a leaf is kept beside its original."""
    return f"{leaf_index}.tlog-proof"


def seal(letter_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal the original of a letter; one sealed already is left alone, one half sealed is finished.

    A signature that is kept already wins over a new one, and the leaf is made of what is kept only,
    so that sealing twice gives one signature and one leaf.

    Raises:
        Unavailable: the vault or the log does not answer; the letter stays visibly « sceau en attente ».
        Corrupt: what was just written does not verify.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, None)
        version = unit.arrivals.version_of(letter.original)
    if letter.sealing is Sealing.SEALED:
        return
    try:
        signature = vault.attach(letter.original, "p7s", signer.sign(bytes.fromhex(letter.original), clock()))
        leaf = _leaf(letter, signature, version).encode()
        entry = ledger.append([leaf])[0]
        vault.attach(letter.original, proof_suffix(entry.index), entry.proof.encode())
    except Unavailable as error:
        _delayed(letter, error, store=store, clock=clock)
        raise
    verdict = check(
        digest=letter.original,
        size=letter.original_size,
        p7s=signature,
        leaf=leaf,
        proof=entry.proof,
        authority_pem=signer.chain_pem,
        log_key=ledger.verifier_key,
    )
    if verdict.outcome is not Outcome.INTACT:
        failed = [step.title for step in verdict.steps if not step.passed]
        raise Corrupt(
            "seal.unverified", "Le sceau qui vient d'être posé ne se vérifie pas.", letter_id=letter.id, steps=failed
        )
    _sealed(letter, SealRecord(leaf, entry.index, hashlib.sha256(signature).hexdigest(), clock()), store=store)


def _leaf(letter: Letter, signature: bytes, version: str) -> Leaf:
    return Leaf(
        document=letter.id,
        sha256=letter.original,
        size=letter.original_size,
        p7s_sha256=hashlib.sha256(signature).hexdigest(),
        version=version,
        event="capture",
        actor=SYSTEM.login,
        time=letter.registered_at.isoformat(),
    )


def _sealed(letter: Letter, record: SealRecord, *, store: Store) -> None:
    with store.unit() as unit:
        current = unit.letters.get(letter.id, None, lock=True)
        if unit.seals.add(letter.id, record):
            unit.letters.change(current, sealing=Sealing.SEALED)
            unit.journal.write(
                record.sealed_at, Act.SEALED, SYSTEM, letter.id, leaf_index=record.leaf_index, sha256=letter.original
            )
            unit.outbox.add(letter.id, record.sealed_at)
        unit.commit()


def _delayed(letter: Letter, error: Unavailable, *, store: Store, clock: Clock) -> None:
    with store.unit() as unit:
        unit.journal.write(clock(), Act.SEAL_DELAYED, SYSTEM, letter.id, code=error.code)
        unit.commit()
