"""Saved views: kept from a list with its filters, renamed, dropped; the menu shows them with their counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.menu import REGISTER, address_of
from api.views.register_query import asked_in
from api.views.render import page
from api.views.sieve import filters_in
from api.views.words import REGISTERS
from ged.errors import Refused
from ged.mail.baskets import BASKETS
from ged.services import saved_views

router = APIRouter()


@router.get("/vues")
def views(request: Request, actor: ActorDep) -> Response:
    """Show the reader's views, to open, rename or drop them."""
    return page(request, "views.html", owner=actor.name, error=None, typed="")


@router.post("/vues", dependencies=[FormCheck])
def save(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    nom: Annotated[str, Form(max_length=200)] = "",
    lieu: Annotated[str, Form(max_length=60)] = "",
    filtres: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Keep a list with its filters, and show it."""
    if lieu not in BASKETS and lieu.removeprefix(REGISTER) not in REGISTERS:
        raise Refused("view.place", "Cette liste ne se garde pas. Choisissez une bannette ou un registre.")
    query = filters_in(filtres).query if lieu in BASKETS else asked_in(filtres).address
    try:
        view = saved_views.save(nom, lieu, query, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return page(request, "views.html", status=422, owner=actor.name, error=error, typed=nom)
    return RedirectResponse(address_of(view.place, view.query), status_code=303)


@router.post("/vues/{view_id}/nom", dependencies=[FormCheck])
def rename(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    view_id: str,
    nom: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Give a view another name."""
    try:
        saved_views.rename(view_id, nom, store=house.store, actor=actor)
    except Refused as error:
        return page(request, "views.html", status=422, owner=actor.name, error=error, typed=nom)
    return RedirectResponse("/vues", status_code=303)


@router.post("/vues/{view_id}/suppression", dependencies=[FormCheck])
def drop(house: HouseDep, actor: ActorDep, view_id: str) -> Response:
    """Forget a view."""
    saved_views.drop(view_id, store=house.store, actor=actor)
    return RedirectResponse("/vues", status_code=303)
