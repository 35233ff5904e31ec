"""Saved views: kept from a list with its filters, renamed, dropped; the menu shows them with their counts."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.menu import REGISTER, address_of
from api.views.register_query import asked_in
from api.views.render import page
from api.views.sieve import filters_in
from api.views.words import REGISTERS
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.baskets import BASKETS
from ged.mail.saved_search import PLACE as SEARCH
from ged.services import saved_searches, saved_views

router = APIRouter()


@router.get("/vues")
def views(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the reader's views, to open, rename or drop them."""
    return _views(request, house, actor)


@router.post("/vues", dependencies=[FormCheck])
def save(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    nom: Annotated[str, Form(max_length=200)] = "",
    lieu: Annotated[str, Form(max_length=60)] = "",
    filtres: Annotated[str, Form(max_length=1000)] = "",
    alerte: Annotated[str, Form(max_length=1)] = "",
) -> Response:
    """Keep a list with its filters, or a search, and show it."""
    if lieu != SEARCH and lieu not in BASKETS and lieu.removeprefix(REGISTER) not in REGISTERS:
        raise Refused(
            "view.place",
            "Cette liste ne se garde pas. Choisissez une bannette, un registre ou une recherche.",
        )
    query = _kept(lieu, filtres)
    try:
        view = saved_views.save(nom, lieu, query, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _views(request, house, actor, error, nom)
    if alerte and view.place == SEARCH:
        saved_searches.set_alert(view.id, alert=True, store=house.store, actor=actor, clock=house.clock)
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
        return _views(request, house, actor, error, nom)
    return RedirectResponse("/vues", status_code=303)


@router.post("/vues/{view_id}/suppression", dependencies=[FormCheck])
def drop(house: HouseDep, actor: ActorDep, view_id: str) -> Response:
    """Forget a view."""
    saved_views.drop(view_id, store=house.store, actor=actor)
    return RedirectResponse("/vues", status_code=303)


@router.post("/vues/{view_id}/alerte", dependencies=[FormCheck])
def alert(
    house: HouseDep, actor: ActorDep, view_id: str, alerte: Annotated[str, Form(max_length=1)] = "", suite: str = ""
) -> Response:
    """Have a kept search alert of new letters, or no more."""
    saved_searches.set_alert(view_id, alert=bool(alerte), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/recherche?{suite}" if suite else "/vues", status_code=303)


@router.post("/recherche/oubli", dependencies=[FormCheck])
def forget(house: HouseDep, actor: ActorDep, suite: str = "") -> Response:
    """Forget the reader's last searches."""
    saved_searches.forget(store=house.store, actor=actor)
    return RedirectResponse(f"/recherche?{suite}" if suite else "/recherche", status_code=303)


def _kept(place: str, typed: str) -> str:
    """Return what a view keeps of an address."""
    if place == SEARCH:
        given = dict(parse_qsl(typed))
        kept = {"q": given.get("q", "")[:400], "tri": "date" if given.get("tri") == "date" else ""}
        return urlencode({name: value for name, value in kept.items() if value})
    return filters_in(typed).query if place in BASKETS else asked_in(typed).address


def _views(request: Request, house: House, actor: Actor, error: Refused | None = None, typed: str = "") -> Response:
    values = {"owner": actor.name, "error": error, "typed": typed, "search_place": SEARCH}
    alerting = saved_searches.alerting(store=house.store, actor=actor)
    return page(request, "views.html", status=422 if error else 200, alerting=alerting, **values)
