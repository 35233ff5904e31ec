"""Idempotency keys: a program that lost our answer asks again, and gets the first one."""

from __future__ import annotations

from typing import Any

from ged.clock import Clock
from ged.errors import Conflict
from ged.mail.access import Actor
from ged.store.unit import Store


def answered(key: str, request: str, *, store: Store, actor: Actor) -> Any | None:
    """Return the answer that this person's key had, if it was used; `request` is the digest of what is asked.

    Raises:
        Conflict: `request.key_reused`, the key was used for something else.
    """
    if actor.person_id is None:
        return None
    with store.unit() as unit:
        found = unit.people.answered(actor.person_id, key)
    if found is None:
        return None
    if found[0] != request:
        raise Conflict("request.key_reused", "Cette clé a servi pour une autre demande. Employez-en une nouvelle.")
    return found[1]


def remember(key: str, request: str, answer: object, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Keep the answer to a key."""
    if actor.person_id is None:
        return
    with store.unit() as unit:
        unit.people.remember_answer(actor.person_id, key, request, answer, clock())
        unit.commit()
