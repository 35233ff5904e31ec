"""Annexes: a file joined to a letter in the caller's transaction, and sealed by itself afterwards."""

from __future__ import annotations

import secrets
from datetime import datetime

from ged.clock import Clock
from ged.errors import NotFound
from ged.mail.access import SYSTEM, Actor
from ged.mail.annex import Annex, AnnexKind
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Ledger, Signer, Stored, Vault
from ged.services.seal import set_seal
from ged.store.unit import Store, Unit


def attach(
    unit: Unit,
    letter: Letter,
    kind: AnnexKind,
    stored: Stored,
    *,
    media_type: str,
    label: str,
    actor: Actor,
    now: datetime,
    sending_id: str | None = None,
) -> Annex:
    """Add an annex to a letter: durable already, its seal asked for."""
    unit.arrivals.know(stored, media_type, now)
    annex = Annex(
        id=secrets.token_urlsafe(16),
        letter_id=letter.id,
        kind=kind,
        label=label,
        digest=stored.digest,
        media_type=media_type,
        size=stored.size,
        added_at=now,
        login=actor.login,
        name=actor.name,
        sending_id=sending_id,
    )
    unit.annexes.add(annex)
    unit.journal.write(now, Act.ANNEX_ADDED, actor, letter.id, kind=kind, sha256=annex.digest)
    unit.queue.defer("seal_annex", annex_id=annex.id)
    return annex


def seal_annex(annex_id: str, *, store: Store, vault: Vault, signer: Signer, ledger: Ledger, clock: Clock) -> None:
    """Seal an annex as an original is: signed, logged, the proof kept beside it, verified at once; once.

    Raises:
        NotFound: `annex.unknown`.
        Unavailable: the vault or the log does not answer; the job is tried again.
        Corrupt: `seal.unverified`.
    """
    with store.unit() as unit:
        annex = unit.annexes.get(annex_id)
        if annex is None:
            raise _unknown()
        version = unit.arrivals.version_of(annex.digest)
        level = unit.letters.get(annex.letter_id, None).confidentiality
    if annex.leaf_index is not None:
        return
    record = set_seal(
        annex.id,
        Stored(annex.digest, annex.size, version, existed=True),
        event="annex",
        at=annex.added_at,
        level=level,
        vault=vault,
        signer=signer,
        ledger=ledger,
        clock=clock,
    )
    with store.unit() as unit:
        if unit.annexes.seal(annex.id, record.leaf, record.leaf_index, record.sealed_at):
            unit.journal.write(
                record.sealed_at,
                Act.ANNEX_SEALED,
                SYSTEM,
                annex.letter_id,
                leaf_index=record.leaf_index,
                sha256=annex.digest,
            )
        unit.commit()


def _unknown() -> NotFound:
    return NotFound("annex.unknown", "Cette pièce n'existe pas, ou son courrier n'est pas ouvert à votre poste.")
