"""Quarantine: what the antivirus stopped, seen by the administrator of the organisation, and deleted with a reason."""

from __future__ import annotations

import secrets
from datetime import datetime

from ged.clock import Clock
from ged.errors import Forbidden
from ged.mail.access import Actor, Role
from ged.mail.journal import Act
from ged.mail.quarantine import Infected, Quarantined, reason_of_removal
from ged.store.quarantine import QuarantineFolder
from ged.store.unit import Store, Unit

_SHOWN = 200


def write_down(unit: Unit, error: Infected, filename: str, door: str, *, actor: Actor, now: datetime) -> None:
    """Add a refused file to the list of the sender's organisation, in the transaction that notes the refusal."""
    unit.quarantine.add(
        Quarantined(
            id=secrets.token_urlsafe(16),
            tenant_id=actor.post.tenant_id,
            digest=error.digest,
            size=error.size,
            filename=filename,
            signature=error.signature,
            door=door,
            login=actor.login,
            name=actor.name,
            at=now,
        )
    )


def administered(actor: Actor) -> frozenset[str]:
    """Return the organisations that somebody administers."""
    return frozenset(post.tenant_id for post in actor.posts if post.role is Role.ADMINISTRATOR)


def in_quarantine(*, store: Store, actor: Actor) -> tuple[Quarantined, ...]:
    """Return what the antivirus stopped in the organisations that the actor administers, newest first.

    Raises:
        Forbidden: `quarantine.administrator`.
    """
    _refuse_others(actor)
    with store.unit() as unit:
        return unit.quarantine.of(administered(actor), _SHOWN)


def delete_from_quarantine(
    file_id: str, reason: str, *, folder: QuarantineFolder, store: Store, actor: Actor, clock: Clock
) -> None:
    """Delete a file's bytes; its line stays, with who, when and why, and so does the journal's.

    Raises:
        Forbidden: `quarantine.administrator`.
        NotFound: `quarantine.unknown`.
        Refused: `quarantine.reason`.
    """
    _refuse_others(actor)
    kept, now = reason_of_removal(reason), clock()
    with store.unit() as unit:
        found = unit.quarantine.get(file_id, administered(actor))
        if found.removed_at is None:
            unit.quarantine.remove(found.id, now, actor.name, kept)
            facts = {"filename": found.filename, "digest": found.digest, "signature": found.signature}
            unit.journal.write(now, Act.QUARANTINE_DELETED, actor, None, **facts, reason=kept)
        needed = unit.quarantine.holds(found.digest)
        unit.commit()
    if not needed:  # after the commit: a crash leaves bytes that a second deletion takes away
        folder.remove(found.digest)


def _refuse_others(actor: Actor) -> None:
    if not administered(actor):
        raise Forbidden(
            "quarantine.administrator", "La quarantaine est tenue par l'administrateur. Adressez-vous à lui."
        )
