"""The web application: pages and JSON over one house, errors said in one manner, strict headers on all."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from api.deps import SignInNeeded
from api.errors import STATUS, problem
from api.routes import letters, lookups
from api.views import pages
from api.views.errors import error_page
from api.wiring import House
from ged.errors import GedError, NotFound, Refused

_log = logging.getLogger(__name__)
_STATIC = Path(__file__).parent / "web" / "static"
_PROBLEM = "application/problem+json"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=()",
}


def create_app(house: House) -> FastAPI:
    """Return the application over an open house; the caller closes the house after it."""
    app = FastAPI(
        title="GED Courrier",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        description="Capture, qualification, search, proof. Every call acts for the person behind the token.",
    )
    app.state.house = house
    app.add_middleware(GZipMiddleware, minimum_size=500)
    app.middleware("http")(_guard)
    app.include_router(letters.router, prefix="/api/v1")
    app.include_router(lookups.router, prefix="/api/v1")
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.exception_handler(GedError)(_said)
    app.exception_handler(RequestValidationError)(_misread)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(SignInNeeded)(_sign_in)
    app.exception_handler(Exception)(_unforeseen)
    return app


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "public, max-age=86400")
    else:
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _answer(request: Request, error: GedError, status: int = 0) -> Response:
    status = status or STATUS.get(error.kind, 500)
    if status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error.diagnostics(), exc_info=error)
    if request.url.path.startswith("/api/"):
        return JSONResponse(problem(error), status_code=status, media_type=_PROBLEM)
    return error_page(request, error, status)


def _said(request: Request, error: Exception) -> Response:
    assert isinstance(error, GedError)  # noqa: S101 - registered for this class only
    return _answer(request, error)


def _misread(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = {".".join(str(part) for part in one["loc"][1:]): str(one["msg"]) for one in error.errors()}
    return _answer(request, Refused("request.faulty", "La demande n'est pas complète ou pas lisible.", faults=faults))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if error.status_code == 404:
        return _answer(request, NotFound("page.none", "Cette adresse n'existe pas. Vérifiez-la, ou partez du menu."))
    said = Refused("request.method", "Cette adresse ne s'emploie pas ainsi. Revenez en arrière et réessayez.")
    return _answer(request, said, error.status_code)


def _sign_in(request: Request, error: Exception) -> Response:
    assert isinstance(error, SignInNeeded)  # noqa: S101
    # A form that came too late goes back to the page it stood on, where its draft is kept.
    page = request.url if request.method == "GET" else urlsplit(request.headers.get("referer", "/"))
    back = page.path + (f"?{page.query}" if page.query else "")
    reason = "&expiree=1" if error.expired else ""
    target = f"/connexion?suite={quote(back)}{reason}"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


def _unforeseen(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    said = GedError(
        "server.unforeseen",
        "Le serveur n'a pas pu répondre. Rien de ce qui était enregistré n'est perdu. "
        "Réessayez ; si cela dure, prévenez l'administrateur.",
    )
    return _answer(request, said)
