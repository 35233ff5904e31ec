"""Setting aside: a letter leaves somebody's own lists until a day, and comes back by itself."""

from __future__ import annotations

from datetime import date

from ged.clock import Clock
from ged.mail.access import Actor
from ged.mail.aside import refuse_aside
from ged.mail.journal import Act
from ged.store.unit import Store


def set_aside(letter_id: str, until: date, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a letter out of the actor's lists until a day; it then stands in « Mis de côté ».

    Raises:
        NotFound: `letter.unknown`.
        Forbidden: `aside.party`.
        Refused: `aside.day`.
    """
    now = clock()
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        refuse_aside(actor, letter, until, now.date())
        if actor.person_id is not None:
            unit.asides.put(letter.id, actor.person_id, until)
        unit.journal.write(now, Act.SET_ASIDE, actor, letter.id, until=until.isoformat())
        unit.commit()


def take_back(letter_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Put a letter back into the actor's lists.

    Raises:
        NotFound: `letter.unknown`.
    """
    with store.unit() as unit:
        letter = unit.letters.get(letter_id, actor.tokens())
        if actor.person_id is not None and unit.asides.drop(letter.id, actor.person_id):
            unit.journal.write(clock(), Act.TAKEN_BACK, actor, letter.id)
        unit.commit()
