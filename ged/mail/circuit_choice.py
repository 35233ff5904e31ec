"""From a circuit to choose, the stages for whoever writes: codes become posts and units, `chef` the head above."""

from __future__ import annotations

from collections.abc import Sequence

from ged.mail.access import Post, Role
from ged.mail.circuit import Approver, Stage
from ged.mail.circuit_template import CHIEF, CircuitTemplate
from ged.mail.organisation import Entity, Seat


def stages_for(
    template: CircuitTemplate, author: Post, entities: Sequence[Entity], seats: Sequence[Seat]
) -> tuple[Stage, ...]:
    """Return the stages of a template for an author: the author is left out, and who comes twice comes last."""
    known = {seat.position.id: Approver(seat.position.entity_id, seat.position.id) for seat in seats}
    known |= {entity.id: Approver(entity.id) for entity in entities if entity.id not in known}
    chief = head_above(author, entities, seats)
    if chief is not None:
        known[CHIEF] = chief
    known = {code: each for code, each in known.items() if each.position_id != author.position_id}
    stages: list[Stage] = []
    taken: set[Approver] = set()
    for each in reversed(template.stages):
        who = tuple(known[code] for code in each.who if code in known and known[code] not in taken)
        taken.update(who)
        if who:
            stages.append(Stage(each.kind, who, each.delay_days))
    return tuple(reversed(stages))


def head_above(author: Post, entities: Sequence[Entity], seats: Sequence[Seat]) -> Approver | None:
    """Return the nearest post of a head, held today, at or above the author's unit, that is not the author's own."""
    parents = {entity.id: entity.parent_id for entity in entities}
    unit: str | None = author.entity_id
    while unit is not None:
        for seat in seats:
            position = seat.position
            heads = position.role is Role.HEAD and position.id != author.position_id and seat.holders
            if position.entity_id == unit and heads:
                return Approver(unit, position.id)
        unit = parents.get(unit)
    return None
