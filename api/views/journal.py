"""« Journal »: every act, newest first, with its entry in the log, its proof, and the selection to take away."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.views.journal_files import as_csv, as_proof, as_signed
from api.views.journal_query import AskedLines, asked_lines
from api.views.render import language_of, page
from api.views.words import ACTS, CONCERNS, translations
from ged.errors import Refused
from ged.mail.access import Right
from ged.mail.folding import fold
from ged.mail.journal_query import JournalQuery
from ged.services.read_journal import JournalPage, prove_line, read_journal, take_journal

router = APIRouter()
AskedDep = Annotated[AskedLines, Depends(asked_lines)]


@router.get("/journal")
def journal(request: Request, house: HouseDep, actor: ActorDep, asked: AskedDep) -> Response:
    """Show one page of the journal."""
    fault, status = "", 200
    try:
        query = asked.query(house.clock().date())
    except Refused as error:
        fault, status, query = error.sentence, 422, None
    found = read_journal(query or JournalQuery(line=0), store=house.store, actor=actor, clock=house.clock)
    log = house.journal_log
    say = translations(language_of(request)).gettext
    values: dict[str, Any] = {
        "lines": found.lines,
        "following": _following(asked, found),
        "asked": asked,
        "fault": fault,
        "acts": sorted(ACTS, key=lambda act: fold(say(ACTS[act]))),
        "concerns": CONCERNS,
        "head": log.head() if log else None,
        "may_export": actor.has(Right.EXPORT),
    }
    return page(request, "journal.html", status=status, **values)


@router.get("/journal.csv")
def table(request: Request, house: HouseDep, actor: ActorDep, asked: AskedDep) -> Response:
    """Return the selection as a table."""
    query = asked.query(house.clock().date())
    lines = take_journal(query, "csv", store=house.store, actor=actor, clock=house.clock)
    return _file(as_csv(lines, language_of(request)), "text/csv; charset=utf-8", "journal.csv")


@router.get("/journal.zip")
def signed(house: HouseDep, actor: ActorDep, asked: AskedDep) -> Response:
    """Return the selection as JSON, with its signature."""
    query = asked.query(house.clock().date())
    lines = take_journal(query, "json", store=house.store, actor=actor, clock=house.clock)
    made = as_signed(lines, asked, log=house.journal_log, signer=house.signer, at=house.clock())
    return _file(made, "application/zip", "journal.zip")


@router.get("/journal/{line}/preuve")
def proof(house: HouseDep, actor: ActorDep, line: int) -> Response:
    """Return what proves a line."""
    found = prove_line(line, log=house.journal_log, store=house.store, actor=actor, clock=house.clock)
    return _file(as_proof(found), "application/zip", f"journal-ligne-{line}.zip")


def _following(asked: AskedLines, found: JournalPage) -> str:
    return f"/journal?{asked.address_before(found.following)}" if found.following is not None else ""


def _file(data: bytes, media_type: str, name: str) -> Response:
    offered = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=offered)
