"""The web application: pages and JSON over one house, errors said in one manner, strict headers on all."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import SignInNeeded, page_actor, the_house
from api.errors import problem, status_of
from api.routes import (
    absences,
    batches,
    boxes,
    classify,
    correspondents,
    delegations,
    dispatch,
    disposals,
    dossiers,
    drafts,
    envelopes,
    holds,
    letters,
    lookups,
    mail,
    messages,
    notices,
    papers,
    receptions,
    registers,
    routing,
    successions,
    transfers,
    uploads,
)
from api.views.errors import error_page
from api.views.pages import pages
from api.views.render import language_of
from api.views.words import translations
from api.wiring import House
from ged.errors import GedError, NotFound, Refused
from ged.mail.said import tell

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
    app.add_middleware(GZipMiddleware, minimum_size=500, compresslevel=5)
    app.add_middleware(_Guard)
    app.include_router(letters.router, prefix="/api/v1")
    app.include_router(lookups.router, prefix="/api/v1")
    app.include_router(routing.router, prefix="/api/v1")
    app.include_router(mail.router, prefix="/api/v1")
    app.include_router(drafts.router, prefix="/api/v1")
    app.include_router(dispatch.router, prefix="/api/v1")
    app.include_router(messages.router, prefix="/api/v1")
    app.include_router(papers.router, prefix="/api/v1")
    app.include_router(registers.router, prefix="/api/v1")
    app.include_router(envelopes.router, prefix="/api/v1")
    app.include_router(correspondents.router, prefix="/api/v1")
    app.include_router(dossiers.router, prefix="/api/v1")
    app.include_router(holds.router, prefix="/api/v1")
    app.include_router(boxes.router, prefix="/api/v1")
    app.include_router(disposals.router, prefix="/api/v1")
    app.include_router(notices.router, prefix="/api/v1")
    app.include_router(delegations.router, prefix="/api/v1")
    app.include_router(absences.router, prefix="/api/v1")
    app.include_router(successions.router, prefix="/api/v1")
    app.include_router(uploads.router, prefix="/api/v1")
    app.include_router(transfers.router, prefix="/api/v1")
    app.include_router(receptions.router, prefix="/api/v1")
    app.include_router(batches.router, prefix="/api/v1")
    app.include_router(classify.router, prefix="/api/v1")
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.exception_handler(GedError)(_said)
    app.exception_handler(RequestValidationError)(_misread)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(SignInNeeded)(_sign_in)
    app.exception_handler(Exception)(_unforeseen)
    return app


class _Guard:
    """Puts the strict headers on every answer, files and errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        cache = "no-store"
        if scope["path"].startswith("/static/"):  # the pages' own addresses name the bytes (api/views/render.py)
            cache = "public, max-age=31536000, immutable" if scope["query_string"] else "public, max-age=86400"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (_HEADERS | {"Cache-Control": cache}).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)


def _answer(request: Request, error: GedError, status: int = 0) -> Response:
    status = status or status_of(error)
    if status >= 500:
        _log.error("%s %s: %s", request.method, request.url.path, error.diagnostics(), exc_info=error)
    if request.url.path.startswith("/api/"):
        return JSONResponse(problem(error), status_code=status, media_type=_PROBLEM)
    if _by_script(request):
        said = {**problem(error), "title": tell(error.sentence, translations(language_of(request)).gettext)}
        return JSONResponse(said, status_code=status, media_type=_PROBLEM)
    return error_page(request, error, status)


def _by_script(request: Request) -> bool:
    """Whether a page's script sends a file, and cannot follow a redirection or read a page."""
    return "tus-resumable" in request.headers


def _said(request: Request, error: Exception) -> Response:
    assert isinstance(error, GedError)  # noqa: S101 - registered for this class only
    return _answer(request, error)


def _misread(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    faults = {".".join(str(part) for part in one["loc"][1:]): str(one["msg"]) for one in error.errors()}
    return _answer(request, Refused("request.faulty", "La demande n'est pas complète ou pas lisible.", faults=faults))


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    if not request.url.path.startswith(("/api/", "/static/")):
        with suppress(SignInNeeded, GedError):  # whoever is signed in keeps their menu and their language
            page_actor(request, the_house(request))
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
    if _by_script(request):
        return Response(status_code=401)
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
