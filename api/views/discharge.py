"""The page that a sheet's QR opens: one tap for who is signed in, a name and a tap for a bearer from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.deps import COOKIE, FormCheck, HouseDep
from api.throttle import Throttle
from api.views.render import page
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.services.discharge import public_sheet, receive_by_code
from ged.services.sign_in import who_holds

router = APIRouter()
_OPEN_PAGE = Throttle(times=60, window=timedelta(minutes=1))


def _who(request: Request, house: House) -> Actor | None:
    secret = request.cookies.get(COOKIE)
    actor = who_holds(secret, store=house.store, clock=house.clock) if secret else None
    if actor is not None:
        request.state.actor = actor
    return actor


@router.get("/d/{code}")
def ask(request: Request, house: HouseDep, code: str) -> Response:
    """Show what is to be attested: the number of the sheet and of its pieces, and nothing of what they are."""
    _OPEN_PAGE.let_pass(_address(request), house.clock())
    _who(request, house)
    sheet = public_sheet(code, store=house.store, clock=house.clock)
    return page(request, "discharge.html", sheet=sheet, fault=None, name="")


@router.post("/d/{code}", dependencies=[FormCheck])
def attest(request: Request, house: HouseDep, code: str, nom: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Attest the receipt, once."""
    _OPEN_PAGE.let_pass(_address(request), house.clock())
    actor = _who(request, house)
    fault = None
    try:
        receive_by_code(code, nom, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        fault = error
    sheet = public_sheet(code, store=house.store, clock=house.clock)
    return page(request, "discharge.html", status=422 if fault else 200, sheet=sheet, fault=fault, name=nom)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
