"""Resumable uploads of the capture page: tus for its script, and what became of each file as a line of the list."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api import uploads
from api.deps import ActorDep, FormCheck, HouseDep
from api.views.capture import Sent
from api.views.render import part
from ged.mail.access import Right
from ged.services.capture import Door

router = APIRouter(prefix="/televersements")


@router.options("", dependencies=[FormCheck])
def ask(house: HouseDep, _actor: ActorDep) -> Response:
    """Say which version and extensions of tus are understood."""
    return uploads.options(house)


@router.post("", dependencies=[FormCheck])
def create(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Open an upload."""
    return uploads.create(request, house, actor, Door.UPLOAD)


@router.get("/{upload_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, upload_id: str) -> Response:
    """Show what became of a file; 202 as long as nothing did."""
    found = house.uploads.find(upload_id, actor)
    if found.outcome is None:
        return Response(status_code=202)
    return part(request, "parts/sent.html", sent=[Sent.of(found)], acknowledges=actor.has(Right.ACKNOWLEDGE))


@router.api_route("/{upload_id}", methods=["HEAD", "PATCH", "POST", "DELETE"], dependencies=[FormCheck])
async def act(request: Request, house: HouseDep, actor: ActorDep, upload_id: str) -> Response:
    """Say how far an upload is, add to it, or forget it."""
    return await uploads.act(request, house, actor, upload_id)
