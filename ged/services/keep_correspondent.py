"""Keeping the directory: a correspondent entered, or its card corrected, with the values before and after."""

from __future__ import annotations

import secrets
from dataclasses import asdict

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.correspondent import Card, Correspondent, card_faults
from ged.mail.journal import Act
from ged.store.unit import Store


def enter(card: Card, *, store: Store, actor: Actor, clock: Clock) -> Correspondent:
    """Enter a correspondent in the directory of the actor's tenant.

    Raises:
        Forbidden: `access.right`.
        Refused: `correspondent.faulty`; diagnostics `faults` gives a French sentence for each field.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    _refuse_faulty(card)
    now = clock()
    with store.unit() as unit:
        added = unit.correspondents.add(secrets.token_urlsafe(16), actor.post.tenant_id, card, actor, now)
        unit.journal.write_about(now, Act.CORRESPONDENT_ENTERED, actor, added.id)
        unit.commit()
    return added


def correct(
    correspondent_id: str, card: Card, *, revision: int, store: Store, actor: Actor, clock: Clock
) -> Correspondent:
    """Write another card, on the screen that showed `revision`; letters keep the names as they were written.

    Raises:
        Forbidden: `access.right`.
        NotFound: `correspondent.unknown`.
        Refused: `correspondent.faulty`.
        Conflict: `correspondent.revision`.
    """
    require(actor, Right.KEEP_CORRESPONDENTS)
    _refuse_faulty(card)
    now = clock()
    with store.unit() as unit:
        current = unit.correspondents.get(correspondent_id, actor.post.tenant_id, lock=True)
        if current.revision != revision:
            raise Conflict(
                "correspondent.revision",
                "Quelqu'un a modifié cette fiche entre-temps. Rien n'a été écrit : relisez-la, puis corrigez.",
            )
        before, after = asdict(current.card), asdict(card)
        changed = unit.correspondents.change(current, card)
        differs = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        unit.journal.write_about(now, Act.CORRESPONDENT_CHANGED, actor, current.id, changes=differs)
        unit.commit()
    return changed


def _refuse_faulty(card: Card) -> None:
    faults = card_faults(card)
    if faults:
        raise Refused("correspondent.faulty", "Corrigez les champs signalés, puis enregistrez.", faults=faults)
