"""Setting a letter aside until a day, and taking it back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import Asked, day_typed
from api.views.letter import OriginDep
from ged.services.set_aside import set_aside, take_back

router = APIRouter(dependencies=[FormCheck])


@router.post("/courrier/{letter_id}/mettre-de-cote")
def put(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    origin: OriginDep,
    form: Annotated[Asked, Form()],
) -> Response:
    """Set a letter aside and go back to the list; without a day, take it back into the list."""
    until = day_typed(form.jusqu_au, house.clock().date(), "jusqu_au")
    if until is None:
        take_back(letter_id, store=house.store, actor=actor, clock=house.clock)
        return RedirectResponse(f"/courrier/{letter_id}{origin.query}", status_code=303)
    set_aside(letter_id, until, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(origin.back, status_code=303)
