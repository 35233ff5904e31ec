"""Sealing a piece: the same signature, log entry and proof as an original has, under the piece's own name."""

from __future__ import annotations

from ged.clock import Clock
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Stored, Vault
from ged.services.seal import set_seal
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
        level = unit.letters.get(piece.letter_id, None).confidentiality
    if piece.sealed_at is not None:
        return
    record = set_seal(
        piece.id,
        Stored(piece.sha256, piece.size, version, existed=True),
        event="piece",
        at=piece.added_at,
        level=level,
        vault=vault,
        signer=signer,
        ledger=ledger,
        clock=clock,
    )
    with store.unit() as unit:
        if unit.kept_files.seal(piece.id, record):
            unit.journal.write(
                record.sealed_at,
                Act.KEPT_SEALED,
                SYSTEM,
                piece.letter_id,
                leaf_index=record.leaf_index,
                sha256=piece.sha256,
            )
        unit.commit()
