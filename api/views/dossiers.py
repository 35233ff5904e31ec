"""Dossiers: found as one types, read in date order, opened, filled from the letter page or from a list."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page, page_number
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.legal_hold import Scope
from ged.services import consult, dossier, hold

router = APIRouter()
PAGE_ROWS = 25


class DossierForm(BaseModel):
    """The form of a dossier as typed."""

    revision: int = 0
    code: str = ""
    title: str = ""
    owner: str = ""
    units: list[str] = []


@router.get("/dossiers")
def dossiers(request: Request, house: HouseDep, actor: ActorDep, q: str = "") -> Response:
    """Show the dossiers that the reader sees."""
    number = page_number(request)
    rows, total = dossier.found(q, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    values: dict[str, Any] = {"rows": rows, "total": total, "number": number, "typed": q[:200]}
    return page(request, "dossiers/list.html", pages=-(-total // PAGE_ROWS), services=_services(house, actor), **values)


@router.get("/dossiers/nouveau")
def ask(request: Request, house: HouseDep, actor: ActorDep, titre: str = "") -> Response:
    """Show the form of a new dossier."""
    require(actor, Right.KEEP_DOSSIERS)
    form = DossierForm(title=titre[:200], owner=actor.post.entity_id)
    return _form(request, house, actor, form, "/dossiers/nouveau")


@router.post("/dossiers/nouveau", dependencies=[FormCheck])
def begin(request: Request, house: HouseDep, actor: ActorDep, form: Annotated[DossierForm, Form()]) -> Response:
    """Open a dossier."""
    try:
        opened = dossier.begin(
            form.code, form.title, form.owner, tuple(form.units), store=house.store, actor=actor, clock=house.clock
        )
    except (Refused, Conflict) as error:
        return _form(request, house, actor, form, "/dossiers/nouveau", error)
    return _to(opened.id)


@router.post("/dossiers/mettre", dependencies=[FormCheck])
def put_several(
    house: HouseDep,
    actor: ActorDep,
    nom: Annotated[str, Form(alias="dossier", max_length=300)] = "",
    choix: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Put the letters ticked in a list in the dossier named beside them, and show the dossier."""
    into = dossier.named(nom, store=house.store, actor=actor)
    done = refused = 0
    for choice in (choix or [])[:100]:
        try:
            dossier.put_in(into.id, choice.partition(":")[0], store=house.store, actor=actor, clock=house.clock)
            done += 1
        except GedError:
            refused += 1
    return _to(into.id, mis=done, refuses=refused)


@router.get("/dossiers/{dossier_id}")
def show(
    request: Request, house: HouseDep, actor: ActorDep, dossier_id: str, mis: int = -1, refuses: int = 0
) -> Response:
    """Show a dossier with its letters in date order."""
    number = page_number(request)
    file = dossier.dossier_file(
        dossier_id, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS
    )
    values: dict[str, Any] = {"file": file, "number": number, "pages": -(-file.letters.total // PAGE_ROWS)}
    values["holds"] = hold.standing_on(Scope.DOSSIER, dossier_id, store=house.store, actor=actor)
    return page(request, "dossiers/show.html", put=mis, kept_out=refuses, services=_services(house, actor), **values)


@router.get("/dossiers/{dossier_id}/modifier")
def edit(request: Request, house: HouseDep, actor: ActorDep, dossier_id: str) -> Response:
    """Show the form of a dossier that stands."""
    require(actor, Right.KEEP_DOSSIERS)
    one = dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=1).dossier
    form = DossierForm(revision=one.revision, code=one.code, title=one.title, owner=one.owner_id, units=list(one.units))
    return _form(request, house, actor, form, f"/dossiers/{one.id}/modifier")


@router.post("/dossiers/{dossier_id}/modifier", dependencies=[FormCheck])
def correct(
    request: Request, house: HouseDep, actor: ActorDep, dossier_id: str, form: Annotated[DossierForm, Form()]
) -> Response:
    """Write a dossier's code, title and units anew."""
    try:
        dossier.correct(
            dossier_id,
            form.code,
            form.title,
            tuple(form.units),
            revision=form.revision,
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    except (Refused, Conflict) as error:
        return _form(request, house, actor, form, f"/dossiers/{dossier_id}/modifier", error)
    return _to(dossier_id)


@router.post("/dossiers/{dossier_id}/cloture", dependencies=[FormCheck])
def close(
    house: HouseDep, actor: ActorDep, dossier_id: str, clore: Annotated[str, Form(max_length=4)] = ""
) -> Response:
    """Close a dossier, or open it again."""
    dossier.close(dossier_id, closing=bool(clore), store=house.store, actor=actor, clock=house.clock)
    return _to(dossier_id)


@router.post("/courrier/{letter_id}/dossier", dependencies=[FormCheck])
def put(
    house: HouseDep, actor: ActorDep, letter_id: str, nom: Annotated[str, Form(alias="dossier", max_length=300)] = ""
) -> Response:
    """Put a letter in the dossier that is named."""
    into = dossier.named(nom, store=house.store, actor=actor)
    dossier.put_in(into.id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#dossiers", status_code=303)


@router.post("/courrier/{letter_id}/dossier/{dossier_id}/retrait", dependencies=[FormCheck])
def take(house: HouseDep, actor: ActorDep, letter_id: str, dossier_id: str) -> Response:
    """Take a letter out of a dossier."""
    dossier.take_out(dossier_id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#dossiers", status_code=303)


def filed_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of where a letter is filed."""
    return {"dossiers": dossier.holding(letter_id, store=house.store, actor=actor)}


def _services(house: House, actor: Actor) -> dict[str, Any]:
    return {one.id: one for one in consult.lists(store=house.store, actor=actor, clock=house.clock).entities}


def _form(
    request: Request,
    house: House,
    actor: Actor,
    form: DossierForm,
    target: str,
    error: Refused | Conflict | None = None,
) -> Response:
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    values: dict[str, Any] = {
        "form": form,
        "target": target,
        "error": error,
        "faults": error.diagnostics().get("faults", {}) if error else {},
        "services": _services(house, actor),
    }
    return page(request, "dossiers/form.html", status=status, **values)


def _to(dossier_id: str, **said: int) -> Response:
    return RedirectResponse(f"/dossiers/{dossier_id}" + (f"?{urlencode(said)}" if said else ""), status_code=303)
