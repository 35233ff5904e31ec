"""« Courriels »: what left by e-mail, for its author, and for the administrator without its content."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from ged.errors import Refused
from ged.services.post import messages, post_again

router = APIRouter()


@router.get("/courriels")
def sent(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the messages, those that failed first."""
    return page(request, "messages.html", **_shown(house, actor), faulty="", fault="")


@router.post("/courriels/{message_id}", dependencies=[FormCheck])
def again(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    message_id: str,
    adresse: Annotated[str, Form(max_length=320)] = "",
) -> Response:
    """Send a message that failed again, to the address as corrected."""
    try:
        post_again(message_id, adresse, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return page(
            request, "messages.html", status=422, **_shown(house, actor), faulty=message_id, fault=error.sentence
        )
    return RedirectResponse("/courriels", status_code=303)


def _shown(house: HouseDep, actor: ActorDep) -> dict[str, Any]:
    return {"rows": messages(store=house.store, actor=actor), "mailer": house.mailer is not None}
