"""Printing routing slips: each print is one of its own, kept with its boxes, to be read as it was printed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ged.clock import Clock
from ged.errors import Forbidden, Refused
from ged.mail.access import KEEPS_REGISTER, Actor, Role
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.moves import LEADING, holder_of
from ged.mail.organisation import Entity, Seat
from ged.mail.said import Said
from ged.mail.slip import RoutingSlip, layout_for
from ged.store.unit import Store, Unit

MAX_SLIPS = 25


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """A slip with what its sheet shows."""

    slip: RoutingSlip
    letter: Letter
    authority: Seat
    office: Entity


def print_slips(
    letter_ids: Sequence[str], position_id: str = "", *, store: Store, actor: Actor, clock: Clock
) -> tuple[str, ...]:
    """Make a slip for each letter, for an authority, or, with "", for who leads where each letter lies; give their ids.

    Raises:
        NotFound: `letter.unknown`.
        Forbidden: `routing_slip.not_yours`.
        Refused: `routing_slip.none`, `routing_slip.too_many`, `routing_slip.no_authority`.
    """
    ids = tuple(dict.fromkeys(letter_ids))
    if not ids:
        raise Refused("routing_slip.none", "Cochez au moins un courrier (touche X), puis imprimez les fiches.")
    if len(ids) > MAX_SLIPS:
        raise Refused("routing_slip.too_many", Said("On imprime %(most)s fiches au plus à la fois.", most=MAX_SLIPS))
    if not any(post.role in LEADING | KEEPS_REGISTER for post in actor.posts):
        raise Forbidden(
            "routing_slip.not_yours", "Les fiches s'impriment au bureau d'ordre, dans un secrétariat ou chez un chef."
        )
    now = clock()
    with store.unit() as unit:
        made = [_made(unit, unit.letters.get(each, actor.tokens()), position_id, actor, now) for each in ids]
        unit.commit()
    return tuple(made)


def _made(unit: Unit, letter: Letter, position_id: str, actor: Actor, now: datetime) -> str:
    entities = unit.organisation.entities(tenant_id=letter.tenant_id)
    seats = unit.organisation.seats(letter.tenant_id, now.date())
    heads = authorities(seats)
    authority = next((seat for seat in heads if seat.position.id == position_id), None)
    if not position_id:
        authority = authority_over(letter, heads, entities)
    if authority is None:
        raise Refused(
            "routing_slip.no_authority",
            Said("Aucun chef n'est connu pour %(number)s. Choisissez l'autorité.", number=letter.number),
            field="autorite",
        )
    slip = RoutingSlip(
        id=secrets.token_urlsafe(16),
        code=secrets.token_urlsafe(16),
        tenant_id=letter.tenant_id,
        register_id=letter.register_id,
        letter_id=letter.id,
        position_id=authority.position.id,
        layout=layout_for(authority, entities, seats, unit.organisation.mentions()),
        printed_at=now,
        printed_by=actor.name,
        returned_at=None,
        scan=None,
        picture=None,
        reading=None,
        closed_at=None,
        closed_by="",
        step_id=None,
    )
    unit.slips.add(slip)
    unit.journal.write(now, Act.SLIP_PRINTED, actor, letter.id, authority=authority.position.id)
    return slip.id


def authorities(seats: Sequence[Seat]) -> list[Seat]:
    """Return the seats of those who assign letters, and are held today."""
    return [seat for seat in seats if seat.position.role is Role.HEAD and seat.holders]


def authority_over(letter: Letter, heads: Sequence[Seat], entities: Sequence[Entity]) -> Seat | None:
    """Return who leads where a letter lies: its own head, or the nearest above."""
    holder = holder_of(letter)
    if holder is None or holder.registry:
        return None
    parents = {each.id: each.parent_id for each in entities}
    for seat in heads:
        if seat.position.id == holder.position_id:
            return seat
    place: str | None = holder.entity_id
    while place is not None:
        for seat in heads:
            if seat.position.entity_id == place:
                return seat
        place = parents.get(place)
    return None


def printed_slips(slip_ids: Sequence[str], *, store: Store, actor: Actor, today: date) -> tuple[PrintedSlip, ...]:
    """Return slips with what their sheets show, for letters that the actor may read.

    Raises:
        NotFound: `routing_slip.unknown`, `letter.unknown`.
    """
    with store.unit() as unit:
        return tuple(_shown(unit, unit.slips.get(slip_id), actor, today) for slip_id in slip_ids)


def _shown(unit: Unit, slip: RoutingSlip, actor: Actor, today: date) -> PrintedSlip:
    letter = unit.letters.get(slip.letter_id, actor.tokens())
    seats = unit.organisation.seats(slip.tenant_id, today)
    authority = next(seat for seat in seats if seat.position.id == slip.position_id)
    return PrintedSlip(slip, letter, authority, unit.organisation.entity(slip.tenant_id))
