"""Sealing: sign the original's digest, log it, keep the proof beside it, verify at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from ged.clock import Clock
from ged.errors import Corrupt, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.item import Confidentiality, Letter, Sealing
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Stored, Vault
from ged.seal.leaf import SALT_BYTES, Leaf, blind
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, check
from ged.store.seals import SealRecord
from ged.store.unit import Store


def proof_suffix(leaf_index: int) -> str:
    """Return the name under which the proof of a leaf is kept beside its original."""
    return f"{leaf_index}.tlog-proof"


SALT = "sel"
"""The suffix of the companion that holds what blinds a leaf: it goes with the original, and dies with its key."""


def salt_of(digest: str, vault: Vault) -> bytes:
    """Return what blinds the leaf of an original; b"" where its digest stands in the log as it is."""
    return vault.companion(digest, SALT) or b""


def seal(letter_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal the original of a letter; one sealed already is left alone, one half sealed is finished.

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
        record = set_seal(
            letter.id,
            Stored(letter.original, letter.original_size, version, existed=True),
            event="capture",
            at=letter.registered_at,
            level=letter.confidentiality,
            vault=vault,
            signer=signer,
            ledger=ledger,
            clock=clock,
        )
    except Unavailable as error:
        _delayed(letter, error, store=store, clock=clock)
        raise
    _sealed(letter, record, store=store)


def set_seal(
    document: str,
    stored: Stored,
    *,
    event: str,
    at: datetime,
    level: Confidentiality,
    vault: Vault,
    signer: Signer,
    ledger: Ledger,
    clock: Clock,
) -> SealRecord:
    """Sign stored bytes, log them, keep the proof beside them and verify it all: a letter's original, or a piece of it.

    A signature that is kept already wins over a new one, and the leaf is made of what is kept only,
    so that sealing twice gives one signature and one leaf. From « confidentiel » on, the leaf's digest is blinded
    with a salt that is kept beside the original.

    Raises:
        Unavailable: the vault or the log does not answer.
        Corrupt: `seal.unverified`, what was just written does not verify.
    """
    signature = vault.attach(stored.digest, "p7s", signer.sign(bytes.fromhex(stored.digest), clock()))
    signed = hashlib.sha256(signature).hexdigest()
    salt = salt_of(stored.digest, vault)
    if not salt and level.rank >= Confidentiality.CONFIDENTIAL.rank:
        salt = vault.attach(stored.digest, SALT, secrets.token_bytes(SALT_BYTES))
    leaf = Leaf(
        document=document,
        sha256=blind(stored.digest, salt) if salt else stored.digest,
        size=stored.size,
        p7s_sha256=signed,
        version=stored.version,
        event=event,
        actor=SYSTEM.login,
        time=at.isoformat(),
        blinded=bool(salt),
    ).encode()
    entry = ledger.append([leaf])[0]
    vault.attach(stored.digest, proof_suffix(entry.index), entry.proof.encode())
    verdict = check(
        digest=stored.digest,
        size=stored.size,
        p7s=signature,
        leaf=leaf,
        proof=entry.proof,
        trust=TrustStore.from_pem(signer.trust_pem),
        log_key=ledger.key_text,
        salt=salt,
    )
    if verdict.outcome is not Outcome.INTACT:
        failed = [step.title for step in verdict.steps if not step.passed]
        raise Corrupt(
            "seal.unverified", "Le sceau qui vient d'être posé ne se vérifie pas.", document=document, steps=failed
        )
    return SealRecord(leaf, entry.index, signed, clock())


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
