"""Paper originals: where they are, handed over, received, overdue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.paper import HandOverIn, HandOverOut
from api.schemas.transmittal import TransmittalIn, TransmittalOut
from ged.services import hand_over, transmit

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


@router.post("/transmittals", status_code=201)
def make_transmittals(house: HouseDep, actor: ApiActorDep, asked: TransmittalIn) -> list[TransmittalOut]:
    """Make one sheet, or one for each service; all of it, or nothing."""
    made = transmit.transmit(asked.wanted(), store=house.store, actor=actor, clock=house.clock)
    return [TransmittalOut.of(one) for one in made]


@router.get("/transmittals")
def list_transmittals(
    house: HouseDep,
    actor: ApiActorDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> list[TransmittalOut]:
    """List the sheets that the caller may see, newest first."""
    rows, _ = transmit.transmittals(store=house.store, actor=actor, limit=limit, offset=offset)
    return [TransmittalOut.of(one) for one in rows]


@router.get("/transmittals/{transmittal_id}")
def get_transmittal(house: HouseDep, actor: ApiActorDep, transmittal_id: str) -> TransmittalOut:
    """Return a sheet."""
    return TransmittalOut.of(transmit.transmittal(transmittal_id, store=house.store, actor=actor))


@router.delete("/transmittals/{transmittal_id}", status_code=204)
def cancel_transmittal(house: HouseDep, actor: ApiActorDep, transmittal_id: str) -> Response:
    """Cancel a sheet: its number stays."""
    transmit.cancel(transmittal_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
