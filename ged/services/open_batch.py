"""Opening a lot: the first thing a door does with what a scanner run gives; files are added to it one by one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.mail.access import Actor
from ged.mail.batch import Batch, BatchState, Sides
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.services.capture import Door, received_instant, registering_post
from ged.store.unit import Store

LABEL_LENGTH = 120


@dataclass(frozen=True, slots=True)
class NewBatch:
    """What a door says of a lot; an empty `label` is that of the moment.

    Attributes:
        received_on: The day its paper was handed in, when that is not today.
        letters: How many letters were counted by hand; `pages` how many written pages. None when nobody counted.
    """

    door: Door
    label: str = ""
    direction: Direction = Direction.INCOMING
    sides: Sides = Sides.FRONT
    received_on: date | None = None
    letters: int | None = None
    pages: int | None = None


def open_batch(new: NewBatch, *, store: Store, actor: Actor, clock: Clock) -> Batch:
    """Return an open lot without files, in the register that the actor keeps.

    Raises:
        Forbidden: `access.right`.
        Refused: `capture.received_later`.
    """
    post = registering_post(actor)  # a lot is the registry's, whatever register its letters go to
    now = clock()
    received_instant(new.received_on, now)
    made = Batch(
        id=secrets.token_urlsafe(16),
        tenant_id=post.tenant_id,
        register_id=post.register_id,
        direction=new.direction,
        label=" ".join(new.label.split())[:LABEL_LENGTH],
        door=new.door,
        sides=new.sides,
        state=BatchState.PREPARING,
        opened_at=now,
        login=actor.login,
        name=actor.name,
        received_on=new.received_on,
        declared_letters=new.letters,
        declared_pages=new.pages,
    )
    with store.unit() as unit:
        unit.batches.add(made)
        unit.journal.write(now, Act.BATCH_OPENED, actor, batch=made.id, label=made.label, door=made.door)
        unit.commit()
    return made
