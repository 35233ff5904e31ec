"""A witness over HTTP: heads are shown to it by logs, and its page shows to anybody what it remembers."""

from __future__ import annotations

import logging
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool

from api.errors import problem, status_of
from ged.errors import GedError
from ged.seal.witness_book import Ruling, WitnessBook

_log = logging.getLogger(__name__)
_WEB = Path(__file__).parents[1] / "web"
# Not the house's own environment: that one knows every engine, and a witness has none.
_PAGES = Environment(
    loader=FileSystemLoader(_WEB / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_MOST_BYTES = 16 * 1024
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_TYPES = {Ruling.CONFLICT: "text/x.tlog.size"}


def create_witness(book: WitnessBook) -> FastAPI:
    """Return the application of a witness over its memory.

    Source: C2SP tlog-witness (`POST /add-checkpoint`); `/`, `/tetes/{id}` and `/temoin.vkey` are ours, for people.
    """
    app = FastAPI(title="Témoin", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/add-checkpoint")
    async def add_checkpoint(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        answer = await run_in_threadpool(book.add, body)
        if answer.ruling in {Ruling.CONFLICT, Ruling.NOT_PROVED}:
            _warn(book)
        kind = _TYPES.get(answer.ruling, "text/plain; charset=utf-8")
        return Response(answer.text, status_code=answer.ruling, headers={"Content-Type": kind, **_HEADERS})

    @app.get("/")
    def page() -> HTMLResponse:
        text = _PAGES.get_template("witness.html").render(book=book, logs=book.logs())
        return HTMLResponse(text, headers=_HEADERS)

    @app.get("/tetes/{log_id}")
    def head(log_id: str) -> Response:
        return Response(book.note(log_id), media_type="text/plain; charset=utf-8", headers=_HEADERS)

    @app.get("/temoin.vkey")
    def key() -> Response:
        return Response(f"{book.verifier_key}\n", media_type="text/plain; charset=utf-8", headers=_HEADERS)

    @app.get("/temoin.css")
    def style() -> FileResponse:
        return FileResponse(_WEB / "static" / "witness.css", media_type="text/css")

    @app.exception_handler(GedError)
    def said(_request: Request, error: GedError) -> Response:
        if status_of(error) >= 500:
            _log.error("%s %s", error.sentence, error.diagnostics())
        return JSONResponse(problem(error), status_code=status_of(error), media_type="application/problem+json")

    return app


async def _body(request: Request) -> bytes | None:
    """Return what was sent; None as soon as it is more than any log sends."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            return None
    return body


def _warn(book: WitnessBook) -> None:
    """Tell the operator, on every refused head, which logs have shown two histories."""
    for held in book.logs():
        if held.frauds:
            said = "FRAUDE : « %s » a signé deux têtes d'une même taille, ou introduit deux clés ; voyez %s"
            _log.error(said, held.origin, held.frauds[0])
        elif held.refusals:
            _log.warning("Tête non prouvée de « %s » ; voyez %s", held.origin, held.refusals[-1])
