"""Baskets (bannettes): what waits for somebody, each a list over what their posts may act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from ged.errors import NotFound
from ged.mail.access import KEEPS_REGISTER, Actor, Right, Role
from ged.mail.dispatch import dispatched_units
from ged.mail.draft import IN_CIRCUIT, WITH_AUTHOR, DraftListing, may_write
from ged.mail.item import State
from ged.mail.listing import Listing
from ged.mail.moves import LEADING, LEAVING, OPEN, baskets_of

_NEW = (State.SUBMITTED, State.ASSIGNED)
_TAKEN = tuple(state for state in OPEN if state not in _NEW)


Asked = TypeVar("Asked")


@dataclass(frozen=True, slots=True)
class Basket(Generic[Asked]):
    """One basket: its address, for whom it is, and what it lists: letters, or drafts."""

    slug: str
    shown_to: Callable[[Actor], bool]
    listing: Callable[[Actor, date], Asked]


def _leads(actor: Actor) -> bool:
    return any(post.role in LEADING for post in actor.posts)


def _heads(actor: Actor) -> bool:
    return any(post.role is Role.HEAD for post in actor.posts)


def _works(actor: Actor) -> bool:
    return bool(baskets_of(actor)[1])


def _qualifies(actor: Actor) -> bool:
    return actor.has(Right.QUALIFY)


def _reach(actor: Actor) -> tuple[str, ...]:
    found = (entity for post in actor.posts if post.role is Role.HEAD for entity in post.reach)
    return tuple(dict.fromkeys(found))


def closed_reach(actor: Actor) -> tuple[str, ...]:
    """Return the closed units under an actor who leads: their letters wait to be given to another."""
    found = (entity for post in actor.posts if post.role is Role.HEAD for entity in post.closed)
    return tuple(dict.fromkeys(found))


def _sees_letters(actor: Actor) -> bool:
    return bool(actor.posts) and bool(actor.tokens())


def _paper_to_return(actor: Actor, _today: date) -> Listing:
    positions = tuple(post.position_id for post in actor.posts)
    units = tuple(dict.fromkeys(post.entity_id for post in actor.posts))
    registers = tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)
    return Listing(paper_of=(positions, units, registers))


def _takes_slips(actor: Actor) -> bool:
    return any(post.role in LEADING | KEEPS_REGISTER for post in actor.posts)


def _slips_back(actor: Actor, _today: date) -> Listing:
    positions = tuple(post.position_id for post in actor.posts) + _served(actor)[0]
    units = tuple(post.entity_id for post in actor.posts if post.role is Role.SECRETARY and post.authority is None)
    registers = tuple(post.register_id for post in actor.posts if post.role in KEEPS_REGISTER)
    return Listing(slips_of=(positions, units, registers), newest_first=False)


def _served(actor: Actor) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (positions, units) of the authorities that a secretary is attached to."""
    found = [post.authority for post in actor.posts if post.authority is not None]
    return tuple(one.position_id for one in found), tuple(one.entity_id for one in found)


def _to_present(actor: Actor, _today: date) -> Listing:
    """What waits for the authority that a secretary serves: on its position, or in its unit as such."""
    return Listing(states=OPEN, baskets=_served(actor), by_due=True)


def _paper_to_hand_over(actor: Actor, _today: date) -> Listing:
    positions = tuple(post.position_id for post in actor.posts)
    units = tuple(dict.fromkeys(post.entity_id for post in actor.posts))
    return Listing(states=OPEN, paper_apart=(positions, units), newest_first=False)


def _is_addressed(actor: Actor) -> bool:
    """Whether envelopes may come to somebody: the registry, which hands them over, has a page of its own."""
    return _sees_letters(actor) and any(post.role not in KEEPS_REGISTER for post in actor.posts)


def _sealed(actor: Actor, _today: date) -> Listing:
    return Listing(sealed_for=tuple(post.position_id for post in actor.posts), newest_first=False)


def _to_assign(actor: Actor, today: date) -> Listing:
    return Listing(states=_NEW, baskets=baskets_of(actor), newest_first=False, not_aside_by=_self(actor, today))


def _to_process(actor: Actor, today: date) -> Listing:
    states = _TAKEN if _leads(actor) else OPEN
    return Listing(states=states, baskets=baskets_of(actor), by_due=True, not_aside_by=_self(actor, today))


def _set_aside(actor: Actor, today: date) -> Listing:
    return Listing(states=OPEN, baskets=baskets_of(actor), by_due=True, aside_by=_self(actor, today))


def _self(actor: Actor, today: date) -> tuple[str, date]:
    return actor.person_id or "-", today


def _late(actor: Actor, today: date) -> Listing:
    late = Listing(states=OPEN, late_on=today, by_due=True, escalated_to=baskets_of(actor)[0])
    return replace(late, services=_reach(actor)) if _heads(actor) else replace(late, baskets=baskets_of(actor))


def _dispatches(actor: Actor) -> bool:
    return _leads(actor) or any(post.role in KEEPS_REGISTER for post in actor.posts)


def _to_dispatch(actor: Actor, _today: date) -> Listing:
    """The registry's whole, or what the units that somebody leads have to send."""
    leaving = Listing(states=tuple(sorted(LEAVING)), newest_first=False)
    if any(post.role in KEEPS_REGISTER for post in actor.posts):
        return leaving
    led = (entity for post in actor.posts if post.role in LEADING for entity in dispatched_units(post))
    return replace(leaving, services=tuple(dict.fromkeys(led)))


TO_QUALIFY = Listing(states=(State.TO_QUALIFY,), newest_first=False)
"""First come, first served."""

BASKETS: dict[str, Basket[Listing]] = {
    basket.slug: basket
    for basket in (
        Basket("a-qualifier", _qualifies, lambda _actor, _today: TO_QUALIFY),
        Basket("retournes", _qualifies, lambda _actor, _today: Listing(states=(State.RETURNED,), newest_first=False)),
        Basket("a-presenter", lambda actor: bool(_served(actor)[0]), _to_present),
        Basket("a-affecter", _leads, _to_assign),
        Basket("a-traiter", _works, _to_process),
        Basket("a-expedier", _dispatches, _to_dispatch),
        Basket("mis-de-cote", _works, _set_aside),
        Basket("avis", _works, lambda actor, _today: Listing(opinion_of=baskets_of(actor), newest_first=False)),
        Basket("en-retard", _works, _late),
        Basket("mon-service", _heads, lambda actor, _today: Listing(states=OPEN, services=_reach(actor), by_due=True)),
        Basket("fiches-revenues", _takes_slips, _slips_back),
        Basket("plis-fermes", _is_addressed, _sealed),
        Basket("papier-a-remettre", _sees_letters, _paper_to_hand_over),
        Basket("papier-a-rendre", _sees_letters, _paper_to_return),
        Basket(
            "suivis",
            _sees_letters,
            lambda actor, _today: Listing(followed_by=actor.person_id or "-"),
        ),
    )
}

DRAFT_BASKETS: dict[str, Basket[DraftListing]] = {
    basket.slug: basket
    for basket in (
        Basket(
            "a-viser",
            may_write,
            lambda actor, _today: DraftListing(states=(State.TO_APPROVE,), waiting_for=baskets_of(actor)),
        ),
        Basket(
            "a-signer",
            _heads,
            lambda actor, _today: DraftListing(states=(State.TO_SIGN,), waiting_for=baskets_of(actor)),
        ),
        Basket(
            "mes-projets",
            may_write,
            lambda actor, _today: DraftListing(states=(*WITH_AUTHOR, *IN_CIRCUIT), written_by=baskets_of(actor)[0]),
        ),
    )
}


def baskets_for(actor: Actor) -> tuple[Basket[Listing], ...]:
    """Return the baskets that an actor's posts give, in the order of the menu."""
    return tuple(basket for basket in BASKETS.values() if basket.shown_to(actor))


def basket_of(slug: str, actor: Actor) -> Basket[Listing]:
    """Return one basket of the actor's.

    Raises:
        NotFound: `basket.unknown`, there is none of that name, or not for these posts.
    """
    return _mine(BASKETS, slug, actor)


def draft_baskets_for(actor: Actor) -> tuple[Basket[DraftListing], ...]:
    """Return the baskets of drafts that an actor's posts give, in the order of the menu."""
    return tuple(basket for basket in DRAFT_BASKETS.values() if basket.shown_to(actor))


def draft_basket_of(slug: str, actor: Actor) -> Basket[DraftListing]:
    """Return one basket of drafts of the actor's.

    Raises:
        NotFound: `basket.unknown`.
    """
    return _mine(DRAFT_BASKETS, slug, actor)


def parapheur(actor: Actor) -> DraftListing:
    """Return all that waits for an actor's visa, advice or signature, as one queue."""
    return DraftListing(states=IN_CIRCUIT, waiting_for=baskets_of(actor))


def _mine(baskets: dict[str, Basket[Asked]], slug: str, actor: Actor) -> Basket[Asked]:
    if slug not in baskets or not baskets[slug].shown_to(actor):
        raise NotFound("basket.unknown", "Cette bannette n'existe pas pour votre poste. Choisissez-en une au menu.")
    return baskets[slug]
