"""Routing: baskets, moves, opinions, notes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.letters import LetterOut, ListOut
from api.schemas.routing import NoteIn, OpinionIn, OrderIn
from api.views.menu import menu_of
from ged.mail.baskets import basket_of, baskets_for
from ged.services import consult, note, opinion
from ged.services.route import move

router = APIRouter(tags=["routing"])


@router.get("/baskets")
def list_baskets(house: HouseDep, actor: ApiActorDep) -> dict[str, int]:
    """Return the caller's baskets and how many letters lie in each."""
    mine = baskets_for(actor)
    listings = [basket.listing(actor, house.clock().date()) for basket in mine]
    counted = consult.counts(listings, store=house.store, actor=actor)
    return {basket.slug: count for basket, count in zip(mine, counted, strict=True)}


@router.get("/views")
def list_views(house: HouseDep, actor: ApiActorDep) -> list[dict[str, str | int | None]]:
    """Return the lists that the caller keeps under a name, each with its address and its count."""
    views = menu_of(house, actor, house.clock().date()).views
    return [{"name": one.view.name, "address": one.address, "count": one.count} for one in views]


@router.get("/baskets/{slug}")
def list_basket(
    house: HouseDep,
    actor: ApiActorDep,
    slug: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> ListOut:
    """List a basket, in the order to take its letters."""
    listing = basket_of(slug, actor).listing(actor, house.clock().date())
    page = consult.letters(listing, store=house.store, actor=actor, limit=limit, offset=offset)
    return ListOut.of(page.rows, page.total, None)


@router.post("/letters/{letter_id}/moves")
def move_letter(house: HouseDep, actor: ApiActorDep, letter_id: str, order: OrderIn) -> LetterOut:
    """Make a move: 409 when somebody moved the letter first, 403 when it lies in another's basket."""
    return LetterOut.of(move(letter_id, order.value(), store=house.store, actor=actor, clock=house.clock))


@router.post("/letters/{letter_id}/opinions/{opinion_id}")
def give_opinion(house: HouseDep, actor: ApiActorDep, letter_id: str, opinion_id: str, given: OpinionIn) -> LetterOut:
    """Answer an opinion that was asked of the caller."""
    changed = opinion.give(
        letter_id, opinion_id, given.verdict, given.text, store=house.store, actor=actor, clock=house.clock
    )
    return LetterOut.of(changed)


@router.delete("/letters/{letter_id}/opinions/{opinion_id}")
def withdraw_opinion(house: HouseDep, actor: ApiActorDep, letter_id: str, opinion_id: str) -> LetterOut:
    """Take back a question that nobody has answered."""
    return LetterOut.of(opinion.withdraw(letter_id, opinion_id, store=house.store, actor=actor, clock=house.clock))


@router.post("/letters/{letter_id}/notes", status_code=204)
def add_note(house: HouseDep, actor: ApiActorDep, letter_id: str, added: NoteIn) -> Response:
    """Add a note."""
    note.add_note(letter_id, added.text, private=added.private, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.put("/letters/{letter_id}/follow", status_code=204)
def follow(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Follow a letter."""
    note.follow(letter_id, following=True, store=house.store, actor=actor)
    return Response(status_code=204)


@router.delete("/letters/{letter_id}/follow", status_code=204)
def unfollow(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Stop following a letter."""
    note.follow(letter_id, following=False, store=house.store, actor=actor)
    return Response(status_code=204)
