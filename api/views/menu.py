"""The menu's lists: each basket and each saved view with its count, counted as the list itself counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.views.register_query import asked_in
from api.views.sieve import filters_in, listing_of
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.baskets import BASKETS, baskets_for, draft_baskets_for
from ged.mail.item import Direction
from ged.mail.listing import Listing
from ged.mail.lists import Term
from ged.mail.sieve import SavedView
from ged.services import consult, read_draft, saved_views
from ged.services.register_book import read_register

REGISTER = "registre-"
"""What stands before the direction in the place of a register's view."""


@dataclass(frozen=True, slots=True)
class CountedView:
    """A saved view as the menu shows it; no count where its list is no longer open to its owner."""

    view: SavedView
    address: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Menu:
    """What every page shows of the lists: (slug, count) of each basket, the views, the names of the levels."""

    baskets: tuple[tuple[str, int], ...] = ()
    drafts: tuple[tuple[str, int], ...] = ()
    views: tuple[CountedView, ...] = ()
    levels: tuple[tuple[str, Term], ...] = ()


def menu_of(house: House, actor: Actor, today: date) -> Menu:
    """Return the menu of somebody, counted in one question to the database, and one more for each register kept."""
    mine, views = baskets_for(actor), saved_views.mine(store=house.store, actor=actor)
    listed = [basket.listing(actor, today) for basket in mine]
    kept = {view.id: listing for view in views if (listing := _listing(view, actor, today)) is not None}
    counted, levels = consult.menu([*listed, *kept.values()], store=house.store, actor=actor)
    counts: dict[str, int | None] = dict(zip(kept, counted[len(listed) :], strict=True))
    counts |= {view.id: _lines(view, house, actor, today) for view in views if view.id not in kept}
    return Menu(
        tuple((basket.slug, count) for basket, count in zip(mine, counted, strict=False)),
        _drafts(house, actor, today),
        tuple(CountedView(view, address_of(view.place, view.query), counts[view.id]) for view in views),
        tuple(levels.items()),
    )


def _drafts(house: House, actor: Actor, today: date) -> tuple[tuple[str, int], ...]:
    mine = draft_baskets_for(actor)
    listed = [basket.listing(actor, today) for basket in mine]
    counted = read_draft.draft_counts(listed, store=house.store, actor=actor) if mine else ()
    return tuple((basket.slug, count) for basket, count in zip(mine, counted, strict=True))


def address_of(place: str, query: str) -> str:
    """Return where a list is."""
    path = f"/b/{place}" if place in BASKETS else f"/registres/{place.removeprefix(REGISTER)}"
    return f"{path}?{query}" if query else path


def _listing(view: SavedView, actor: Actor, today: date) -> Listing | None:
    try:
        return listing_of(view.place, filters_in(view.query), actor, today)
    except GedError:
        return None


def _lines(view: SavedView, house: House, actor: Actor, today: date) -> int | None:
    """Count the lines of a register's view; None for a list that is not, or no longer, open to its owner."""
    direction = view.place.removeprefix(REGISTER)
    if direction not in set(Direction):
        return None
    try:
        query = asked_in(view.query).query(Direction(direction), today)
        return read_register(query, store=house.store, actor=actor, limit=1).total
    except GedError:
        return None
