"""Setting a letter aside (mettre de côté): it leaves one's own lists until a day, and never past its deadline.

Who has the letter does not change: it is a person's own order of work, and any move of the letter ends it.
"""

from __future__ import annotations

from datetime import date, timedelta

from ged.errors import Forbidden, Refused
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.moves import OPEN, Party, parties
from ged.mail.said import Said

LONGEST = timedelta(days=60)


def refuse_aside(actor: Actor, letter: Letter, until: date, today: date) -> None:
    """Refuse what would let a letter be forgotten.

    Raises:
        Forbidden: `aside.party`, it does not wait for the actor.
        Refused: `aside.day`, the day is not to come, is after the deadline, or is more than sixty days away.
    """
    if letter.state not in OPEN or parties(actor, letter).isdisjoint({Party.HOLDER, Party.LEADER}):
        raise Forbidden(
            "aside.party", "Ce courrier n'est pas dans votre bannette : vous ne pouvez pas le mettre de côté."
        )
    last = today + LONGEST
    if letter.due_date is not None and letter.suspended_on is None:
        last = min(last, max(letter.due_date, today + timedelta(days=1)))
    if not today < until <= last:
        raise Refused(
            "aside.day",
            Said(
                "Choisissez un jour à partir de demain et jusqu'au %(day)s : un courrier ne se met pas de côté au-delà "
                "de son échéance.",
                day=f"{last:%d/%m/%Y}",
            ),
            field="jusqu_au",
        )
