"""The page of a telephone that was paired by a code: it deposits photographs for one session, and does nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api import uploads
from api.deps import HouseDep, check_origin
from api.throttle import Throttle
from api.views.render import page
from api.wiring import House
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.photo import LINK_LIFE, PHOTO
from ged.mail.upload import unknown_upload
from ged.services import phone_link
from ged.services.capture import Door, open_directions

router = APIRouter(prefix="/t/{token}")
PHONE_COOKIE = "ged_telephone"
_OPEN_PAGE = Throttle(times=60, window=timedelta(minutes=1))
_DEPOSIT = Throttle(times=600, window=timedelta(minutes=1))


def phone_actor(request: Request, house: HouseDep, token: str) -> Actor:
    """Return for whom the telephone deposits.

    Raises:
        NotFound: `phone.link`.
        Unavailable: `request.too_often`.
    """
    _DEPOSIT.let_pass(_address(request), house.clock())
    return _who(request, house, token)


PhoneDep = Annotated[Actor, Depends(phone_actor)]


@router.get("")
def ask(request: Request, house: HouseDep, token: str) -> Response:
    """Show the camera to the telephone that has the link, and to the first that comes how to take it."""
    _OPEN_PAGE.let_pass(_address(request), house.clock())
    if phone_link.is_free(token, store=house.store, clock=house.clock):
        return page(request, "phone.html", token=token, ready=False, direction="")
    actor = _who(request, house, token)
    return page(request, "phone.html", token=token, ready=True, direction=open_directions(actor)[0])


@router.post("", dependencies=[Depends(check_origin)])
def bind(request: Request, house: HouseDep, token: str) -> Response:
    """Give the link to this telephone."""
    _OPEN_PAGE.let_pass(_address(request), house.clock())
    own = phone_link.bind(token, store=house.store, clock=house.clock)
    answer = RedirectResponse(f"/t/{token}", status_code=303)
    answer.set_cookie(
        PHONE_COOKIE,
        own,
        max_age=int(LINK_LIFE.total_seconds()),
        path=f"/t/{token}",
        httponly=True,
        secure=house.settings.web.https,
        samesite="strict",
    )
    return answer


@router.post("/envois", dependencies=[Depends(check_origin)])
def create(request: Request, house: HouseDep, actor: PhoneDep) -> Response:
    """Open the upload of a photograph."""
    return uploads.create(request, house, actor, Door.PHOTO)


@router.api_route(
    "/envois/{upload_id}", methods=["HEAD", "PATCH", "POST", "DELETE"], dependencies=[Depends(check_origin)]
)
async def act(request: Request, house: HouseDep, actor: PhoneDep, upload_id: str) -> Response:
    """Say how far a photograph is, add to it, or forget it; no other upload of that person's is known here."""
    if house.uploads.find(upload_id, actor).wish.door != PHOTO:
        raise unknown_upload()
    return await uploads.act(request, house, actor, upload_id)


def _who(request: Request, house: House, token: str) -> Actor:
    own = request.cookies.get(PHONE_COOKIE)
    if not own:
        raise NotFound("phone.link", "Ce lien sert déjà à un autre téléphone. Sur l'ordinateur, affichez-en un autre.")
    return phone_link.who_photographs(token, own, store=house.store, clock=house.clock)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
