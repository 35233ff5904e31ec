"""Scanning stations: in whose name each registers today, and how each stands, told to those it concerns."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ged.clock import Clock
from ged.errors import Unavailable
from ged.mail.access import KEEPS_REGISTER, Actor, Capacity, Role
from ged.mail.lists import TermList
from ged.mail.said import Said
from ged.mail.station import ScanStation, StationState
from ged.services.capture import Habit
from ged.store.unit import Store


@dataclass(frozen=True, slots=True)
class Seen:
    """A station as its page shows it; `silent` when nobody looks at it any more."""

    station: ScanStation
    state: StationState | None
    silent: bool


def stations(*, store: Store) -> tuple[tuple[ScanStation, Habit], ...]:
    """Return the stations in use, each with what its letters have in common."""
    with store.unit() as unit:
        ways = {term.code: term.label_fr for term in unit.lists.terms(TermList.DELIVERY)}
        return tuple((each, _habit(each, ways.get(each.delivery, ""))) for each in unit.stations.all())


def _habit(station: ScanStation, way: str) -> Habit:
    said = ", ".join(part for part in (station.label, way) if part)
    return Habit(station.code, said, station.delivery, station.kind)


def keeper(station: ScanStation, *, store: Store, clock: Clock) -> Actor:
    """Return who registers what a station brings today, in the station's position and no other of theirs.

    Raises:
        Unavailable: `station.nobody`, nobody holds the position; the files wait.
    """
    today = clock().date()
    with store.unit() as unit:
        login = unit.stations.holder(station.position_id, today)
        actor = unit.people.actor(login, today) if login else None
    own = [
        post
        for post in (actor.posts if actor else ())
        if post.position_id == station.position_id and post.capacity is Capacity.HOLDER
    ]
    if actor is None or not own:
        raise Unavailable(
            "station.nobody",
            Said(
                "Personne n'occupe aujourd'hui le poste %(post)s : les fichiers attendent. Affectez-le.",
                post=station.position_id,
            ),
            station=station.code,
        )
    return replace(actor, posts=tuple(own))


def note(state: StationState, *, store: Store) -> None:
    """Write how a station stands."""
    with store.unit() as unit:
        unit.stations.note(state)
        unit.commit()


def stations_seen(*, store: Store, actor: Actor, clock: Clock) -> tuple[Seen, ...]:
    """Return the stations of the actor's registers; those of the tenant for an administrator."""
    now = clock()
    registers = {post.register_id for post in actor.posts if post.role in KEEPS_REGISTER}
    tenants = {post.tenant_id for post in actor.posts if post.role is Role.ADMINISTRATOR}
    found = []
    with store.unit() as unit:
        states = unit.stations.states()
        for each in unit.stations.all():
            post = unit.people.post(each.position_id, now.date())
            if post is not None and (post.register_id in registers or post.tenant_id in tenants):
                state = states.get(each.code)
                found.append(Seen(each, state, state is None or state.silent(now)))
    return tuple(found)
