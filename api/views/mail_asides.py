"""« Courriels écartés »: messages that were not registered, each with its reason, for a person to decide on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.mailbox.asides import read_aside, register_aside
from api.views.render import page
from ged.errors import Refused
from ged.services.capture_mail import asides, settle_aside

router = APIRouter()


@router.get("/courriels-ecartes")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what was set aside, what waits first."""
    return page(
        request, "mail_asides.html", rows=asides(store=house.store, actor=actor), opened=None, text="", fault=""
    )


@router.get("/courriels-ecartes/{aside_id}")
def opened(request: Request, house: HouseDep, actor: ActorDep, aside_id: str) -> Response:
    """Show the text of one of them, as text alone."""
    found, text = read_aside(aside_id, house, actor)
    return page(request, "mail_asides.html", rows=(), opened=found, text=text, fault="")


@router.post("/courriels-ecartes/{aside_id}", dependencies=[FormCheck])
def settle(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    aside_id: str,
    decision: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Register it as a letter, or leave it out; its bytes stay."""
    if decision != "enregistrer":
        settle_aside(aside_id, None, store=house.store, actor=actor, clock=house.clock)
        return RedirectResponse("/courriels-ecartes", status_code=303)
    try:
        receipt = register_aside(aside_id, house, actor)
    except Refused as error:
        found, text = read_aside(aside_id, house, actor)
        return page(request, "mail_asides.html", status=422, rows=(), opened=found, text=text, fault=error.sentence)
    return RedirectResponse(f"/courrier/{receipt.letter_id}", status_code=303)
