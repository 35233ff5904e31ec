"""The team of a head: whom they give letters to, and how much each has in hand already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ged.mail.access import Actor, Post, Role
from ged.mail.moves import LEADING, Destination
from ged.mail.organisation import Entity, Seat

LOADED, AT_LEAST = 1.5, 5
"""Somebody has much in hand from so many times the team's mean on, and never with fewer letters than that."""


@dataclass(frozen=True, slots=True)
class Load:
    """Open letters of one basket: a position's, or a unit's own when no position has them."""

    entity_id: str
    position_id: str | None
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the team: a position of the unit with what it holds, or a unit below with all that lies in it."""

    to: Destination
    open: int
    late: int
    much: bool


def head_post(actor: Actor) -> Post | None:
    """Return the post by which an actor heads a unit, if one does."""
    return next((post for post in actor.posts if post.role is Role.HEAD), None)


def team_of(post: Post, entities: Iterable[Entity], seats: Iterable[Seat], loads: Iterable[Load]) -> tuple[Member, ...]:
    """Return the team of a head: the other working positions of the unit, then each unit directly below.

    A unit below stands for everything under it, and letters for it go to whoever leads it, or to its own basket
    where nobody does.
    """
    known, seated, carried = tuple(entities), tuple(seats), tuple(loads)
    lines = [
        (Destination(post.entity_id, seat.position.id), _sum(load for load in carried if _is(load, seat)))
        for seat in seated
        if seat.position.entity_id == post.entity_id and seat.position.id != post.position_id and _takes(seat)
    ]
    parents = {each.id: each.parent_id for each in known}
    for unit in known:
        if unit.parent_id == post.entity_id and unit.id in post.reach:
            below = [load for load in carried if _under(load.entity_id, unit.id, parents)]
            lines.append((_door(unit.id, seated), _sum(below)))
    mean = sum(total for _, (total, _) in lines) / len(lines) if lines else 0
    return tuple(
        Member(to, total, late, much=total > mean * LOADED and total >= AT_LEAST) for to, (total, late) in lines
    )


def _takes(seat: Seat) -> bool:
    return bool(seat.holders) and (seat.position.role is Role.OFFICER or seat.position.role in LEADING)


def _is(load: Load, seat: Seat) -> bool:
    return load.position_id == seat.position.id


def _door(entity_id: str, seats: tuple[Seat, ...]) -> Destination:
    heads = [
        seat.position.id
        for seat in seats
        if seat.position.entity_id == entity_id and seat.position.role is Role.HEAD and seat.holders
    ]
    return Destination(entity_id, heads[0] if heads else None)


def _under(entity_id: str, top: str, parents: Mapping[str, str | None]) -> bool:
    each: str | None = entity_id
    while each is not None and each != top:
        each = parents.get(each)
    return each is not None


def _sum(loads: Iterable[Load]) -> tuple[int, int]:
    total = late = 0
    for load in loads:
        total, late = total + load.open, late + load.late
    return total, late
