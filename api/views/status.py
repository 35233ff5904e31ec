"""« État du système »: how the engines stand, in words."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.schemas.answers import state_of
from api.views.render import page
from ged.services.index_state import try_refused_again
from ged.services.stations import stations_seen

router = APIRouter()


@router.get("/etat")
def status(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show how the installation stands."""
    seen = stations_seen(store=house.store, actor=actor, clock=house.clock)
    return page(request, "status.html", state=state_of(house, actor), stations=seen)


@router.post("/etat/recherche", dependencies=[FormCheck])
def try_again(house: HouseDep, actor: ActorDep) -> Response:
    """Have the index try again the letters that it refused."""
    try_refused_again(store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/etat", status_code=303)
