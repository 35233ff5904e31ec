"""« Quarantaine »: what the antivirus stopped, for the administrator; nothing of it can be opened from here."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from ged.errors import Refused
from ged.services.quarantine import delete_from_quarantine, in_quarantine

router = APIRouter()


@router.get("/quarantaine")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what is there, then what was."""
    rows = in_quarantine(store=house.store, actor=actor)
    return page(request, "quarantine.html", rows=rows, watched=house.antivirus is not None, faulty="", fault="")


@router.post("/quarantaine/{file_id}", dependencies=[FormCheck])
def delete(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    file_id: str,
    motif: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Delete a file, with the reason."""
    try:
        delete_from_quarantine(
            file_id, motif, folder=house.quarantine, store=house.store, actor=actor, clock=house.clock
        )
    except Refused as error:
        rows = in_quarantine(store=house.store, actor=actor)
        watched = house.antivirus is not None
        return page(
            request, "quarantine.html", status=422, rows=rows, watched=watched, faulty=file_id, fault=error.sentence
        )
    return RedirectResponse("/quarantaine", status_code=303)
