"""Annexes: a file joined to a letter in the caller's transaction, and sealed afterwards."""

from __future__ import annotations

import secrets
from datetime import datetime

from ged.mail.access import Actor
from ged.mail.annex import Annex, AnnexKind
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.ports import Stored
from ged.services.beside import told_digest
from ged.store.unit import Unit


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
    unit.journal.write(
        now, Act.ANNEX_ADDED, actor, letter.id, kind=kind, **told_digest(annex.digest, letter.confidentiality)
    )
    unit.queue.defer("seal_annex", annex_id=annex.id)
    return annex
