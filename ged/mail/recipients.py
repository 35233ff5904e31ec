"""Whom a notice is for: the positions on which a letter waits, and the nearest head above them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ged.mail.access import Role
from ged.mail.moves import LEADING
from ged.mail.organisation import Entity, Seat, upwards


def waiting_on(
    entity_id: str, position_id: str | None, seats: Sequence[Seat], entities: Sequence[Entity]
) -> tuple[str, ...]:
    """Return the positions for which a letter waits: the one named, else who leads the unit, else its officers.

    A position that nobody holds, or a unit in which nobody sits, is looked after by the nearest head above too.
    """
    if position_id is not None:
        held = any(seat.position.id == position_id and seat.holders for seat in seats)
        above = () if held else head_of(upwards(entity_id, entities), seats)
        return tuple(dict.fromkeys((position_id, *above)))
    here = [seat for seat in seats if seat.position.entity_id == entity_id and seat.holders]
    for roles in (LEADING, frozenset({Role.OFFICER})):
        found = tuple(seat.position.id for seat in here if seat.position.role in roles)
        if found:
            return found
    return head_of(upwards(entity_id, entities)[1:], seats)


def head_above(positions: Iterable[str], seats: Sequence[Seat], entities: Sequence[Entity]) -> tuple[str, ...]:
    """Return the head to whom some positions answer: their unit's, or the next one up when they are it."""
    taken = set(positions)
    units = [seat.position.entity_id for seat in seats if seat.position.id in taken]
    others = [seat for seat in seats if seat.position.id not in taken]
    return tuple(dict.fromkeys(head for unit in units for head in head_of(upwards(unit, entities), others)))


def head_of(units: Iterable[str], seats: Sequence[Seat]) -> tuple[str, ...]:
    """Return the seated head of the first of some units that has one."""
    for unit in units:
        for seat in seats:
            if seat.position.entity_id == unit and seat.position.role is Role.HEAD and seat.holders:
                return (seat.position.id,)
    return ()
