"""Delegating: somebody is given a post to act in, by an act that has a number, until a day; or no longer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from ged.clock import Clock
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor, Role
from ged.mail.delegation import Delegation, Ground, check, may_grant, require_grant
from ged.mail.journal import Act
from ged.mail.organisation import Grant, Person, Seat
from ged.store.unit import Store, Unit


@dataclass(frozen=True, slots=True)
class ActingView:
    """What somebody may know and do about who acts for whom.

    Attributes:
        grantable: The posts that the actor may give to somebody.
        people: Those who hold a post of the tenant today.
        endable: Ids of the delegations that the actor may end.
    """

    delegations: tuple[Delegation, ...]
    seats: dict[str, Seat]
    grantable: tuple[Seat, ...]
    people: tuple[Person, ...]
    endable: frozenset[str]


def view(*, store: Store, actor: Actor, clock: Clock) -> ActingView:
    """Return the delegations that concern the actor: of posts that are theirs to give, or given to them.

    An auditor sees those of the whole tenant.
    """
    today, tenant_id = clock().date(), actor.post.tenant_id
    with store.unit() as unit:
        seats = unit.organisation.seats(tenant_id, today)
        people = unit.people.sitting(tenant_id, today)
        known = unit.delegations.of_tenant(tenant_id)
    grantable = tuple(seat for seat in seats if may_grant(actor, seat.position))
    mine = {seat.position.id for seat in grantable}
    audits = any(post.role is Role.AUDITOR for post in actor.posts)
    return ActingView(
        tuple(one for one in known if audits or one.grant.position_id in mine or one.grant.login == actor.login),
        {seat.position.id: seat for seat in seats},
        grantable,
        people,
        frozenset(one.id for one in known if one.grant.position_id in mine and not one.is_over(today)),
    )


def grant(new: Grant, *, store: Store, actor: Actor, clock: Clock) -> Delegation:
    """Give a post to somebody to act in, from a day to a day.

    Raises:
        NotFound: `delegation.unknown`, there is no such post or person.
        Forbidden: `delegation.not_yours`.
        Refused: what `check` refuses; `delegation.dates`, no last day, or one that has passed; `delegation.kind`.
    """
    now = clock()
    with store.unit() as unit:
        tenant_id = actor.post.tenant_id
        ground = ground_of(unit, tenant_id, now.date())
        names = {person.login: person.name for person in unit.people.sitting(tenant_id, now.date())}
        if new.position_id not in ground.positions or new.login not in names:
            raise NotFound("delegation.unknown", "Choisissez un poste et une personne de votre organisation.")
        require_grant(actor, ground.positions[new.position_id])
        if new.until is None or new.until < now.date():
            raise Refused("delegation.dates", "Indiquez le dernier jour, qui n'est pas passé.", field="jusqu_au")
        if not {kind.code for kind in unit.organisation.kinds()}.issuperset(new.kinds):
            raise Refused("delegation.kind", "Une nature n'existe plus dans la liste. Rechargez la page.")
        check(new, ground, names[new.login])
        made = Delegation(secrets.token_urlsafe(16), new, names[new.login], actor.name, now)
        unit.delegations.grant(made)
        unit.journal.write(
            now,
            Act.DELEGATED,
            actor,
            position=new.position_id,
            to=new.login,
            capacity=new.capacity,
            since=str(new.since),
            until=str(new.until),
            instrument=new.instrument.strip(),
        )
        unit.commit()
    return made


def end(delegation_id: str, *, store: Store, actor: Actor, clock: Clock) -> None:
    """End a delegation before its term: its rights are gone at the next request.

    Raises:
        NotFound: `delegation.unknown`.
        Forbidden: `delegation.not_yours`.
        Conflict: `delegation.over`.
    """
    now = clock()
    with store.unit() as unit:
        found = unit.delegations.get(delegation_id)
        ground = ground_of(unit, actor.post.tenant_id, now.date())
        if found.grant.position_id not in ground.positions:
            raise NotFound("delegation.unknown", "Cette délégation n'existe pas, ou ne vous regarde pas.")
        require_grant(actor, ground.positions[found.grant.position_id])
        if found.is_over(now.date()):
            raise Conflict("delegation.over", "Cette délégation est déjà finie. Rien n'a été changé.")
        unit.delegations.end(found.id, actor, now)
        unit.journal.write(now, Act.DELEGATION_ENDED, actor, position=found.grant.position_id, to=found.grant.login)
        unit.commit()


def ground_of(unit: Unit, tenant_id: str, today: date) -> Ground:
    """Return what a grant in a tenant is checked against."""
    return Ground(
        positions={seat.position.id: seat.position for seat in unit.organisation.seats(tenant_id, today)},
        tenants={entity.id: entity.tenant_id for entity in unit.organisation.entities(tenant_id=tenant_id)},
        holdings=unit.organisation.holdings(today),
        standing=[each.grant for each in unit.delegations.standing(today)],
    )
