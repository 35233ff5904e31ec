"""« Avis et rappels »: what one is told, marked as read; and how one wants it by e-mail."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.notice import Channel, Group
from ged.services.notices import choice_of, choose, mark_all_read, mine, open_notice

router = APIRouter()
_HOURS = range(5, 21)


class Chosen(BaseModel):
    """The form of « Mon compte »: one channel a group, and the hour of the digest."""

    a_faire: str = "resume"
    echeances: str = "resume"
    suivis: str = "resume"
    envois: str = "resume"
    heure: int = 7


@router.get("/avis")
def show(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what one is told, unread first."""
    return page(request, "notices.html", rows=mine(store=house.store, actor=actor))


@router.get("/avis/{notice_id}")
def open_one(house: HouseDep, actor: ActorDep, notice_id: str) -> Response:
    """Go where a notice leads; it is read from then on."""
    found = open_notice(notice_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(found.link or f"/courrier/{found.letter_id}", status_code=303)


@router.post("/avis", dependencies=[FormCheck])
def read_all(house: HouseDep, actor: ActorDep) -> Response:
    """Mark everything as read."""
    mark_all_read(store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/avis", status_code=303)


@router.post("/compte/avis", dependencies=[FormCheck])
def choose_channels(house: HouseDep, actor: ActorDep, form: Annotated[Chosen, Form()]) -> Response:
    """Write how one wants notices by e-mail."""
    channels = {str(group): str(getattr(form, group.value)) for group in Group}
    choose(channels, form.heure, store=house.store, actor=actor)
    return RedirectResponse("/compte?fait=avis#avis", status_code=303)


def choice_context(house: House, actor: Actor) -> dict[str, Any]:
    """Return what « Mon compte » shows of notices by e-mail."""
    choice, address = choice_of(store=house.store, actor=actor)
    return {
        "choice": choice,
        "notice_address": address,
        "notice_groups": list(Group),
        "channels": list(Channel),
        "hours": _HOURS,
    }
