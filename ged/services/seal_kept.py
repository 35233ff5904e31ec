"""Sealing a piece: the same signature, log entry and proof as an original has, under the piece's own name."""

from __future__ import annotations

import hashlib

from ged.clock import Clock
from ged.errors import Corrupt
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Vault
from ged.seal.leaf import Leaf
from ged.seal.verify import Outcome, check
from ged.services.seal import proof_suffix
from ged.store.seals import SealRecord
from ged.store.unit import Store


def seal_kept(kept_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal a piece; one sealed already is left alone, one half sealed is finished.

    Raises:
        NotFound: `kept.unknown`.
        Unavailable: the vault or the log does not answer; the job is tried again.
        Corrupt: what was just written does not verify.
    """
    with store.unit() as unit:
        piece = unit.kept_files.get(kept_id)
        version = unit.arrivals.version_of(piece.sha256)
    if piece.sealed_at is not None:
        return
    signature = vault.attach(piece.sha256, "p7s", signer.sign(bytes.fromhex(piece.sha256), clock()))
    leaf = Leaf(
        document=piece.id,
        sha256=piece.sha256,
        size=piece.size,
        p7s_sha256=hashlib.sha256(signature).hexdigest(),
        version=version,
        event="piece",
        actor=SYSTEM.login,
        time=piece.added_at.isoformat(),
    ).encode()
    entry = ledger.append([leaf])[0]
    vault.attach(piece.sha256, proof_suffix(entry.index), entry.proof.encode())
    verdict = check(
        digest=piece.sha256,
        size=piece.size,
        p7s=signature,
        leaf=leaf,
        proof=entry.proof,
        authority_pem=signer.chain_pem,
        log_key=ledger.verifier_key,
    )
    if verdict.outcome is not Outcome.INTACT:
        raise Corrupt("seal.unverified", "Le sceau qui vient d'être posé ne se vérifie pas.", kept_id=piece.id)
    now = clock()
    with store.unit() as unit:
        if unit.kept_files.seal(piece.id, SealRecord(leaf, entry.index, hashlib.sha256(signature).hexdigest(), now)):
            unit.journal.write(
                now, Act.KEPT_SEALED, SYSTEM, piece.letter_id, leaf_index=entry.index, sha256=piece.sha256
            )
        unit.commit()
