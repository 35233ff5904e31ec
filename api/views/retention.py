"""« Conservation »: what falls due, and why; nothing is destroyed from here."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import page
from retention.due import due_letters

router = APIRouter()


@router.get("/conservation")
def due(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the letters whose term is over."""
    return page(request, "retention.html", due=due_letters(store=house.store, actor=actor))
