"""Paper originals: where they are, handed over, received, overdue."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.paper import HandOverIn, HandOverOut
from ged.services import hand_over

router = APIRouter(tags=["papers"])


@router.get("/letters/{letter_id}/paper")
def where_is(house: HouseDep, actor: ApiActorDep, letter_id: str) -> HandOverOut | None:
    """Return the hand-over by which the paper is where it is; null for a letter without paper."""
    found = hand_over.paper_file(letter_id, store=house.store, actor=actor).standing
    return HandOverOut.of(found) if found else None


@router.post("/letters/{letter_id}/paper")
def give(house: HouseDep, actor: ApiActorDep, letter_id: str, asked: HandOverIn) -> HandOverOut:
    """Hand the paper over; it is done once who receives attests it."""
    made = hand_over.give(letter_id, asked.keeper(), asked.return_by, store=house.store, actor=actor, clock=house.clock)
    return HandOverOut.of(made)


@router.post("/letters/{letter_id}/paper/receipt")
def confirm(house: HouseDep, actor: ApiActorDep, letter_id: str) -> HandOverOut:
    """Attest that the paper was received."""
    return HandOverOut.of(hand_over.confirm(letter_id, store=house.store, actor=actor, clock=house.clock))


@router.delete("/letters/{letter_id}/paper/coming", status_code=204)
def withdraw(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Take back a hand-over that nobody has attested."""
    hand_over.withdraw(letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.get("/papers/overdue")
def list_overdue(house: HouseDep, actor: ApiActorDep) -> list[HandOverOut]:
    """List the paper that should have come back before today, longest overdue first: what the caller may read."""
    return [HandOverOut.of(one) for one in hand_over.overdue(store=house.store, actor=actor, clock=house.clock)]
