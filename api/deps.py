"""What every request needs: the house, who asks, and a token against forged forms."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Header, Request

from api.wiring import House
from ged.errors import Forbidden
from ged.mail.access import Actor
from ged.services.sign_in import who_holds, who_sends

COOKIE = "ged_session"


class SignInNeeded(Exception):  # noqa: N818 - not a fault: the page answers it with the sign-in form
    """Nobody is signed in, or the session expired; `expired` when there was one."""

    def __init__(self, *, expired: bool) -> None:
        super().__init__("sign in")
        self.expired = expired


def the_house(request: Request) -> House:
    """Return what the application was opened with."""
    house = request.app.state.house
    assert isinstance(house, House)  # noqa: S101 - set once by create_app
    return house


HouseDep = Annotated[House, Depends(the_house)]


def page_actor(request: Request, house: HouseDep) -> Actor:
    """Return who is behind the session cookie.

    Raises:
        SignInNeeded: the page then shows the sign-in form, and comes back here.
    """
    secret = request.cookies.get(COOKIE)
    actor = who_holds(secret, store=house.store, clock=house.clock) if secret else None
    if actor is None:
        raise SignInNeeded(expired=secret is not None)
    request.state.actor = actor
    return actor


ActorDep = Annotated[Actor, Depends(page_actor)]


def api_actor(request: Request, house: HouseDep) -> Actor:
    """Return who is behind a bearer token, or behind the session cookie of our own pages (reads only).

    Raises:
        Forbidden: `token.missing`, `token.wrong`.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        actor = who_sends(token, store=house.store, clock=house.clock)
        if actor is None:
            raise Forbidden("token.wrong", "Ce jeton n'existe pas ou n'est plus valable. Demandez-en un autre.")
        return actor
    secret = request.cookies.get(COOKIE)
    if secret and request.method == "GET":
        actor = who_holds(secret, store=house.store, clock=house.clock)
        if actor is not None:
            return actor
    raise Forbidden("token.missing", "Cette adresse demande un jeton : « Authorization: Bearer … ».")


ApiActorDep = Annotated[Actor, Depends(api_actor)]


@dataclass(frozen=True, slots=True)
class Csrf:
    """The token that a page puts in each of its forms, derived from the session that the form must come from."""

    secret: str

    @property
    def token(self) -> str:
        """The hidden field's value."""
        return hmac.new(self.secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def csrf_of(request: Request) -> Csrf:
    """Return the form token of this session; before sign-in, one that the Origin check alone stands behind."""
    return Csrf(request.cookies.get(COOKIE, ""))


CsrfDep = Annotated[Csrf, Depends(csrf_of)]


def check_form(
    request: Request, csrf_token: Annotated[str, Form()] = "", x_csrf_token: Annotated[str, Header()] = ""
) -> None:
    """Let pass a form that one of our own pages sent, in this session; what is no form has its token in a header.

    Raises:
        Forbidden: `form.foreign`.
    """
    check_origin(request)
    given = csrf_token or x_csrf_token
    if request.cookies.get(COOKIE) and not hmac.compare_digest(given.encode(), csrf_of(request).token.encode()):
        raise _foreign()


def check_origin(request: Request) -> None:
    """Let pass a request that does not come from another site.

    Raises:
        Forbidden: `form.foreign`.
    """
    origin = request.headers.get("origin")
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise _foreign()
    if origin and origin != "null" and urlsplit(origin).netloc != request.headers.get("host"):
        raise _foreign()


def _foreign() -> Forbidden:
    return Forbidden(
        "form.foreign", "Ce formulaire n'est plus à jour. Rechargez la page : votre saisie est gardée sur cet appareil."
    )


FormCheck = Depends(check_form)
