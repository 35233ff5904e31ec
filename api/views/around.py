"""« Autour de ce courrier »: what resembles it, quotes it, or comes from the same sender, loaded when it is opened."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.render import page, part
from ged.services import consult
from search.around import around

router = APIRouter()


@router.get("/courrier/{letter_id}/autour")
def show(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Show the letters around one: as a part of its page, or as a page without a script."""
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    found = around(letter_id, index=house.index, store=house.store, actor=actor)
    if request.headers.get("hx-request"):
        return part(request, "parts/around.html", around=found)
    return page(request, "around.html", around=found, letter=letter)
