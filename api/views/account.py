"""Signing in and out, the language, the password."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import COOKIE, ActorDep, FormCheck, HouseDep
from api.views.menu import QUIET, menu_of
from api.views.notices import choice_context
from api.views.render import LANGUAGE_COOKIE, page
from api.views.words import LANGUAGES
from api.wiring import House
from ged.errors import Forbidden, Refused
from ged.mail.access import Actor, Right
from ged.services.sign_in import SESSION_IDLE, set_password, sign_in, sign_out

router = APIRouter()
_NOT_WORK = QUIET | {"suivis", "mon-service"}
"""Baskets that one looks into, and does not work from."""
_YEAR_S = 365 * 24 * 3600


def home_of(house: House, actor: Actor) -> str:
    """Return the page where this person's work begins."""
    if actor.has(Right.QUALIFY):
        return "/b/a-qualifier"
    if actor.has(Right.HOLD):
        return "/conservation"
    if actor.has(Right.SEE_REGISTER):
        return "/registres/arrivee"
    return _first_with_work(house, actor)


def _first_with_work(house: House, actor: Actor) -> str:
    """Return the first of the baskets that holds something, of letters or of drafts; the first one when none does."""
    menu = menu_of(house, actor, house.clock().date())
    lists = [(f"/b/{slug}", count) for slug, count in menu.baskets if slug not in _NOT_WORK]
    lists += [(f"/projets/{slug}", count) for slug, count in menu.drafts]
    return next((address for address, count in lists if count), lists[0][0] if lists else "/etat")


def _inside(target: str) -> str:
    """Return an address of ours, or the first page: a sign-in never sends anybody to another site."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else "/"


@router.get("/")
def first_page(house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """Go where this person's work begins, with what was just done."""
    return RedirectResponse(home_of(house, actor) + (f"?{urlencode({'fait': fait})}" if fait else ""), status_code=303)


@router.get("/connexion")
def ask(request: Request, suite: str = "/", expiree: str = "") -> Response:
    """Show the sign-in form."""
    return page(request, "sign_in.html", target=_inside(suite), expired=bool(expiree), error="", login="")


@router.post("/connexion", dependencies=[FormCheck])
def enter(
    request: Request,
    house: HouseDep,
    identifiant: Annotated[str, Form(max_length=80)] = "",
    mot_de_passe: Annotated[str, Form(max_length=200)] = "",
    suite: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Open a session, or say that it cannot be."""
    try:
        session = sign_in(identifiant.strip(), mot_de_passe, store=house.store, clock=house.clock)
    except Forbidden as error:
        wrong = {"target": _inside(suite), "expired": False, "error": error.sentence, "login": identifiant}
        return page(request, "sign_in.html", status=403, **wrong)
    response = RedirectResponse(_inside(suite), status_code=303)
    response.set_cookie(
        COOKIE,
        session.secret,
        max_age=int(SESSION_IDLE.total_seconds()) * 12,  # the server ends it sooner; the page then says why
        httponly=True,
        samesite="lax",
        secure=house.settings.web.https,
    )
    return response


@router.post("/deconnexion", dependencies=[FormCheck])
def leave(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """End the session and leave nothing of it on a shared machine."""
    secret = request.cookies.get(COOKIE)
    if secret:
        sign_out(secret, store=house.store, actor=actor, clock=house.clock)
    response = RedirectResponse("/connexion", status_code=303)
    response.delete_cookie(COOKIE)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/langue/{language}")
def speak(language: str, suite: str = "/") -> Response:
    """Choose the language of this device."""
    response = RedirectResponse(_inside(suite), status_code=303)
    if language in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR_S, samesite="lax")
    return response


@router.get("/compte")
def account(request: Request, house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """Show who one is here, change the password, choose one's e-mails."""
    values = {"posts": actor.posts, "chosen_now": fait == "avis", **choice_context(house, actor)}
    return page(request, "account.html", error="", done=False, **values)


@router.post("/compte", dependencies=[FormCheck])
def change_password(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    actuel: Annotated[str, Form(max_length=200)] = "",
    nouveau: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Set a new password for who knows the current one; every session ends, and this one begins anew."""
    try:
        sign_in(actor.login, actuel, store=house.store, clock=house.clock)
        set_password(actor.login, nouveau, store=house.store, clock=house.clock, actor=actor)
    except (Forbidden, Refused) as error:
        values = {"posts": actor.posts, "chosen_now": False, **choice_context(house, actor)}
        return page(request, "account.html", status=422, error=error.sentence, done=False, **values)
    return enter(request, house, actor.login, nouveau, "/compte")
