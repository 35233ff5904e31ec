"""Who could still act on a letter: a holder, or a head above, who is cleared for it and sits there today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ged.mail.access import Role
from ged.mail.item import Confidentiality, Letter
from ged.mail.moves import works_in_unit
from ged.mail.organisation import Entity, Seat


def somebody_can_act(
    letter: Letter, level: Confidentiality, *, seats: Iterable[Seat], entities: Sequence[Entity]
) -> bool:
    """Whether the letter, at that level, would still lie before somebody: nothing may become nobody's."""
    above = _upwards(letter.service_id, {each.id: each.parent_id for each in entities})
    return any(
        seat.holders and level in seat.position.clearance.up_to() and _acts(seat, letter, above) for seat in seats
    )


def _acts(seat: Seat, letter: Letter, above: set[str]) -> bool:
    position = seat.position
    if position.role is Role.HEAD and position.entity_id in above:
        return True
    if letter.position_id is not None:
        return position.id == letter.position_id
    return position.entity_id == letter.service_id and works_in_unit(position.role)


def _upwards(entity_id: str | None, parents: dict[str, str | None]) -> set[str]:
    found: set[str] = set()
    while entity_id is not None and entity_id in parents:
        found.add(entity_id)
        entity_id = parents[entity_id]
    return found
