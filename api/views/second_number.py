"""The second number on a letter page: what services have numbered it, and the button of the one that may."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.wiring import House
from ged.mail.access import Actor
from ged.services.second_number import may_number, number_again, second_numbers

router = APIRouter()


@router.post("/courrier/{letter_id}/numero-de-service", dependencies=[FormCheck])
def give(house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Give a letter the next number of one's service."""
    number_again(letter_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#numeros", status_code=303)


def second_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of second numbers."""
    return {
        "second_numbers": second_numbers([letter_id], store=house.store).get(letter_id, ()),
        "may_number": may_number(letter_id, store=house.store, actor=actor),
    }
