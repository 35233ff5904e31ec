"""Legal holds (gels): while one stands, no retention rule can make the letter fall due."""

from __future__ import annotations

from ged.clock import Clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.store.unit import Store


def place(letter_id: str, reason: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Put a letter on hold, with a reason.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Refused: `hold.no_reason`.
    """
    require(actor, Right.HOLD)
    if not reason.strip():
        raise Refused("hold.no_reason", "Indiquez le motif du gel, par exemple « Contentieux devant la cour d'appel ».")
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        unit.holds.place(letter.id, reason.strip(), actor, now)
        changed = unit.letters.change(letter, held=True)
        unit.journal.write(now, Act.HELD, actor, letter.id, reason=reason.strip())
        unit.outbox.add(letter.id, now)
        unit.commit()
    return changed


def lift(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> Letter:
    """Lift every hold that stands on a letter.

    Raises:
        Forbidden: `access.right`.
        NotFound: `letter.unknown`.
        Conflict: `hold.none`, no hold stands.
    """
    require(actor, Right.HOLD)
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens(), lock=True)
        if unit.holds.lift(letter.id, actor, now) == 0:
            raise Conflict("hold.none", "Aucun gel ne pèse sur ce courrier : il a peut-être été levé entre-temps.")
        changed = unit.letters.change(letter, held=False)
        unit.journal.write(now, Act.RELEASED, actor, letter.id)
        unit.outbox.add(letter.id, now)
        unit.commit()
    return changed
