"""Absences: declared on one's own page, and by the head above."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import day_typed
from ged.errors import Refused
from ged.mail.organisation import Leave
from ged.services import absent

router = APIRouter(prefix="/absences", dependencies=[FormCheck])
_BACK = "/delegations#absences"


@router.post("")
def declare(
    house: HouseDep,
    actor: ActorDep,
    identifiant: Annotated[str, Form(max_length=80)] = "",
    depuis: Annotated[str, Form(max_length=40)] = "",
    jusqu_au: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Declare an absence."""
    today = house.clock().date()
    since, until = day_typed(depuis, today, "depuis"), day_typed(jusqu_au, today, "jusqu_au")
    if since is None or until is None:
        raise Refused("absence.dates", "Indiquez le premier et le dernier jour d'absence.")
    absent.declare(Leave(identifiant, since, until), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(_BACK, status_code=303)


@router.post("/{absence_id}/fin")
def end(house: HouseDep, actor: ActorDep, absence_id: str) -> Response:
    """Take an absence back."""
    absent.end(absence_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(_BACK, status_code=303)
