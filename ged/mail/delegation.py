"""Interims, delegations and signatures by order: who acts in a post for somebody else, by which act, from when to when.

A delegation is granted in the post's own name and ends with its last day. It gives the post's baskets and
rights, no more; who acts by delegation cannot grant it on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ged.errors import Forbidden, Refused
from ged.mail.access import ACTING, Actor, Capacity, Role
from ged.mail.item import Confidentiality
from ged.mail.organisation import Grant, Holding, Position
from ged.mail.said import Said


@dataclass(frozen=True, slots=True)
class Delegation:
    """A grant that was made: one person may act in one post.

    Attributes:
        name: Whose `grant.login` it is, for display.
        ended_at: When it was ended before its term.
    """

    id: str
    grant: Grant
    name: str
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None

    def stands_on(self, day: date) -> bool:
        """Whether it gives rights on a day."""
        return self.grant.since <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether it was ended, or its term has passed."""
        return self.ended_at is not None or (self.grant.until is not None and self.grant.until < day)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a grant is checked against: the posts, the tenant of each entity, who holds what, the grants that stand."""

    positions: Mapping[str, Position]
    tenants: Mapping[str, str]
    holdings: Sequence[Holding]
    standing: Sequence[Grant]

    def tenant_of(self, position_id: str) -> str:
        """Return the tenant of a post."""
        return self.tenants.get(self.positions[position_id].entity_id, "")


def covers(clearances: Sequence[Confidentiality], needed: Confidentiality) -> bool:
    """Whether somebody's own clearances reach the one that a post asks for."""
    return any(needed in each.up_to() for each in clearances)


def may_grant(actor: Actor, position: Position) -> bool:
    """Whether the actor holds the post, or leads it from above; acting for somebody else does not count."""
    return any(
        post.capacity is Capacity.HOLDER
        and (
            post.position_id == position.id
            or (
                post.role is Role.HEAD
                and position.entity_id in post.reach
                and (position.entity_id != post.entity_id or position.role is not Role.HEAD)
            )
        )
        for post in actor.posts
    )


def require_grant(actor: Actor, position: Position) -> None:
    """Let pass the holder of a post, or the head above.

    Raises:
        Forbidden: `delegation.not_yours`.
    """
    if not may_grant(actor, position):
        raise Forbidden(
            "delegation.not_yours",
            "Seul le titulaire de ce poste, ou son supérieur, accorde ou retire un intérim ou une délégation. "
            "Une délégation ne se délègue pas.",
            login=actor.login,
            position_id=position.id,
        )


def check(new: Grant, ground: Ground, name: str) -> None:
    """Let pass a grant that can be made; `name` is the person's.

    Raises:
        Refused: `delegation.kind`, `delegation.no_instrument`, `delegation.dates`, `delegation.self`,
            `delegation.stranger`, `delegation.clearance`, `delegation.overlap`, `delegation.circle`.
    """
    _refuse_incomplete(new)
    _refuse_person(new, ground, name)
    _refuse_double(new, ground)
    if _comes_back(new, ground):
        raise Refused(
            "delegation.circle",
            Said(
                "%(name)s se fait déjà remplacer par qui occupe ce poste : la délégation tournerait en rond. "
                "Choisissez quelqu'un d'autre, ou d'autres dates.",
                name=name,
            ),
            field="identifiant",
        )


def _refuse_incomplete(new: Grant) -> None:
    if new.capacity not in ACTING:
        raise Refused(
            "delegation.kind", "Choisissez un intérim, une délégation ou une signature par ordre.", field="type"
        )
    if not new.instrument.strip():
        raise Refused(
            "delegation.no_instrument",
            "Indiquez le numéro de l'acte qui l'accorde : il est porté sur ce qui est signé.",
            field="acte",
        )
    if new.until is not None and new.until < new.since:
        raise Refused("delegation.dates", "Le dernier jour précède le premier.", field="jusqu_au")
    if new.until is None and new.capacity is Capacity.INTERIM:
        raise Refused("delegation.dates", "Un intérim a une fin : indiquez son dernier jour.", field="jusqu_au")


def _refuse_person(new: Grant, ground: Ground, name: str) -> None:
    held = [each for each in ground.holdings if each.login == new.login and _meet(each, new)]
    if any(each.position_id == new.position_id for each in held):
        raise Refused("delegation.self", Said("%(name)s occupe déjà ce poste.", name=name), field="identifiant")
    tenant_id = ground.tenant_of(new.position_id)
    own = [
        ground.positions[each.position_id].clearance
        for each in held
        if each.position_id in ground.positions and ground.tenant_of(each.position_id) == tenant_id
    ]
    if not own:
        raise Refused(
            "delegation.stranger",
            Said(
                "%(name)s n'occupe alors aucun poste de cette organisation. Choisissez quelqu'un de la maison.",
                name=name,
            ),
            field="identifiant",
        )
    needed = ground.positions[new.position_id].clearance
    if not covers(own, needed):
        raise Refused(
            "delegation.clearance",
            Said(
                "%(name)s n'est pas habilité au niveau « %(level)s » que demande ce poste. Choisissez quelqu'un qui "
                "l'est.",
                name=name,
                level=Said(needed),
            ),
            field="identifiant",
        )


def _refuse_double(new: Grant, ground: Ground) -> None:
    for each in ground.standing:
        if each.position_id != new.position_id or not _meet(each, new):
            continue
        if each.login == new.login or new.capacity is each.capacity is Capacity.INTERIM:
            raise Refused(
                "delegation.overlap",
                Said(
                    "Quelqu'un agit déjà pour ce poste à ces dates (acte n° %(number)s). Retirez d'abord l'autre, ou "
                    "changez les dates.",
                    number=each.instrument,
                ),
                field="depuis",
            )


def _comes_back(new: Grant, ground: Ground) -> bool:
    """Whether the person is, at some remove, replaced by a holder of the very post, within the same days."""
    goal = {each.login for each in ground.holdings if each.position_id == new.position_id and _meet(each, new)}
    seen, fresh = {new.login}, {new.login}
    while fresh:
        held = {each.position_id for each in ground.holdings if each.login in fresh and _meet(each, new)}
        fresh = {each.login for each in ground.standing if each.position_id in held and _meet(each, new)} - seen
        seen |= fresh
    return bool(goal & seen)


def _meet(one: Grant | Holding, other: Grant) -> bool:
    """Whether two periods share a day."""
    return (one.until is None or other.since <= one.until) and (other.until is None or one.since <= other.until)
