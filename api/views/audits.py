"""« Audits »: what was checked and found, asked for with one key, followed as it goes, its reports kept."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.audits import logs_of, periods_of
from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.views.render import page, part
from api.views.words import AUDIT_DEPTHS, AUDIT_OUTCOMES
from api.wiring import House
from ged.errors import Conflict, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.audit import Depth, Run
from ged.services.audit.meanings import MEANINGS
from ged.services.audit.notebook import read
from ged.services.audit.retained import read_heads
from ged.services.audit.runs import TAKEN_UP_AFTER, ask_audit, run_of, standing, take_up
from ged.services.audit.table import BY_CODE

router = APIRouter()
_TYPES = {"pdf": "application/pdf", "json": "application/json"}


@router.get("/audits")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the audits, the one under way first, and how to ask for one."""
    return _page(request, house, actor)


@router.post("/audits", dependencies=[FormCheck])
def ask(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    profondeur: Annotated[Depth, Form()] = Depth.QUICK,
    graine: Annotated[str, Form(max_length=200)] = "",
    tetes: Annotated[str, Form(max_length=200_000)] = "",
) -> Response:
    """Ask for an audit; a worker begins it within seconds."""
    text = tetes.replace("\r\n", "\n").strip()
    try:
        if text:
            read_heads(text + "\n", origins={one.origin: one.name for one in logs_of(house)})
        asked = ask_audit(
            profondeur,
            store=house.store,
            actor=actor,
            clock=house.clock,
            seed=graine,
            retained=text + "\n" if text else "",
        )
    except (Refused, Conflict) as error:
        return _page(request, house, actor, fault=error, typed={"graine": graine, "tetes": tetes})
    return RedirectResponse(f"/audits/{asked.id}", status_code=303)


@router.get("/audits/{audit_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, audit_id: str) -> Response:
    """Show how an audit goes, or what it found."""
    run = run_of(audit_id, store=house.store, actor=actor)
    return page(request, "audit.html", **_shown(run, house))


@router.get("/audits/{audit_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, audit_id: str) -> Response:
    """Say how far an audit is; one that has ended is shown anew."""
    run = run_of(audit_id, store=house.store, actor=actor)
    if run.finished_at is not None:  # it ended, or was left unfinished
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return part(request, "parts/audit_progress.html", **_words(), run=run, checks=BY_CODE)


@router.post("/audits/{audit_id}/reprise", dependencies=[FormCheck])
def go_on(request: Request, house: HouseDep, actor: ActorDep, audit_id: str) -> Response:
    """Take up an audit that was left unfinished."""
    try:
        take_up(audit_id, store=house.store, actor=actor, clock=house.clock)
    except Conflict as error:
        return _page(request, house, actor, fault=error)
    return RedirectResponse(f"/audits/{audit_id}", status_code=303)


@router.get("/audits/{audit_id}/rapport.{suffix}")
def report(house: HouseDep, actor: ActorDep, audit_id: str, suffix: str) -> Response:
    """Return a report as it was kept: signed PDF, or JSON."""
    run = run_of(audit_id, store=house.store, actor=actor)
    digest = {"pdf": run.pdf_sha256, "json": run.report_sha256}.get(suffix)
    if digest is None:
        raise NotFound("audit.unknown", "Ce rapport n'existe pas : l'audit n'est pas fini.")
    return served(house.vault.open(digest), media_type=_TYPES[suffix], name=f"audit-{run.id}")


def _shown(run: Run, house: House) -> dict[str, Any]:
    audit = None
    if run.report_sha256 is not None:
        with house.vault.open(run.report_sha256) as stream:
            values = json.load(stream)
        values.pop("outcome")
        audit = read(values)
    return {"run": run, "audit": audit, "checks": BY_CODE, "meanings": MEANINGS, **_words()}


def _words() -> dict[str, Any]:
    return {"depths": AUDIT_DEPTHS, "outcomes": AUDIT_OUTCOMES, "after": TAKEN_UP_AFTER}


def _page(
    request: Request,
    house: House,
    actor: Actor,
    *,
    fault: Refused | Conflict | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    found = standing(periods_of(house), store=house.store, actor=actor, clock=house.clock)
    status = {None: 200, "conflict": 409}.get(fault.kind if fault else None, 422)
    typed = typed or {"graine": "", "tetes": ""}
    return page(
        request, "audits.html", status=status, found=found, fault=fault, typed=typed, checks=BY_CODE, **_words()
    )
