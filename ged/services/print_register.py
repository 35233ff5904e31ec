"""Printing a register: its lines in number order over a period, and a journal entry that they left on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.mail.listing import ListedLetter, Listing
from ged.store.unit import Store

MAX_LINES = 2000
"""More lines than this on one print, and it is asked for a shorter period: a sheet of 25 lines takes about 0.2 s."""


@dataclass(frozen=True, slots=True)
class RegisterPrint:
    """What is on paper: the lines, and when they were printed."""

    direction: Direction
    since: date
    until: date
    lines: tuple[ListedLetter, ...]
    printed_at: datetime


def print_register(
    direction: Direction, since: date, until: date, *, store: Store, actor: Actor, clock: Clock
) -> RegisterPrint:
    """Return the lines registered from one day to another, both in, that the actor may read.

    Raises:
        Forbidden: `access.right`.
        Refused: `register.period` when it ends before it begins, `register.too_long` over 2,000 lines.
    """
    require(actor, Right.PRINT_REGISTER)
    if until < since:
        raise Refused("register.period", "La période finit avant de commencer. Corrigez l'une des deux dates.")
    now = clock()
    listing = Listing(direction=direction, since=since, until=until, newest_first=False)
    with store.unit() as unit:
        found = unit.letters.page(listing, actor.tokens(), limit=MAX_LINES)
        if found.following is not None:
            raise Refused(
                "register.too_long",
                f"Cette période compte {found.total} lignes ; une impression en porte {MAX_LINES} au plus. "
                "Choisissez une période plus courte.",
            )
        unit.journal.write(now, Act.REGISTER_PRINTED, actor, since=since.isoformat(), until=until.isoformat())
        unit.commit()
    return RegisterPrint(direction, since, until, found.rows, now)
