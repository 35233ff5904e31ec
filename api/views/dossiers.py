"""Dossiers: found as one types, read in date order, opened, filled from the letter page or from a list."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.classify import filing_context
from api.views.dossier_pieces import Dropped, drop
from api.views.render import page, page_number
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.legal_hold import Scope
from ged.mail.reason import Reason
from ged.services import consult, dossier, dossier_pieces, hold
from retention.disposal import lists
from retention.fates import fates_in_dossier

router = APIRouter()
PAGE_ROWS = 25


class DossierForm(BaseModel):
    """The form of a dossier as typed; `parts` one a line, `model` a structure that stands for none."""

    revision: int = 0
    code: str = ""
    title: str = ""
    owner: str = ""
    units: list[str] = []
    parts: str = ""
    model: str = ""


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
            form.code,
            form.title,
            form.owner,
            tuple(form.units),
            _parts(form, house),
            store=house.store,
            actor=actor,
            clock=house.clock,
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
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    dossier_id: str,
    mis: int = -1,
    refuses: int = 0,
    mots: str = "",
    deposees: int = 0,
) -> Response:
    """Show a dossier: its pieces by part, its letters in date order."""
    dropped = Dropped(deposees, ()) if deposees > 0 else None
    return _shown(request, house, actor, dossier_id, put=mis, kept_out=refuses, words=mots, dropped=dropped)


@router.post("/dossiers/{dossier_id}/pieces", dependencies=[FormCheck])
def bring(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    dossier_id: str,
    partie: Annotated[str, Form(max_length=80)] = "",
    fichiers: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Add the files of a form to a dossier, and say of each that is refused why."""
    given = [each for each in fichiers or () if each.filename or each.size]
    dropped = drop(dossier_id, given, partie, house, actor)
    if dropped.refused or not dropped.kept:
        return _shown(request, house, actor, dossier_id, dropped=dropped, part=partie)
    return RedirectResponse(f"/dossiers/{dossier_id}?deposees={dropped.kept}#pieces", status_code=303)


@router.get("/dossiers/{dossier_id}/modifier")
def edit(request: Request, house: HouseDep, actor: ActorDep, dossier_id: str) -> Response:
    """Show the form of a dossier that stands."""
    require(actor, Right.KEEP_DOSSIERS)
    one = dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=1).dossier
    form = DossierForm(revision=one.revision, code=one.code, title=one.title, owner=one.owner_id, units=list(one.units))
    form.parts = "\n".join(one.parts)
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
            tuple(form.parts.splitlines()),
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


def _shown(
    request: Request,
    house: House,
    actor: Actor,
    dossier_id: str,
    *,
    put: int = -1,
    kept_out: int = 0,
    words: str = "",
    part: str = "",
    dropped: Dropped | None = None,
) -> Response:
    number = page_number(request)
    file = dossier.dossier_file(
        dossier_id, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS
    )
    pieces = dossier_pieces.pieces_of(dossier_id, store=house.store, actor=actor, words=words)
    values: dict[str, Any] = {
        "file": file,
        "pieces": pieces,
        "model": dossier_pieces.dossier_model(store=house.store),
        "words": words[:200],
        "part": part,
        "dropped": dropped,
        "put": put,
        "kept_out": kept_out,
        "number": number,
        "pages": -(-file.letters.total // PAGE_ROWS),
        "services": _services(house, actor),
        "kept": _kept(dossier_id, house, actor),
        "destroyed": lists.of_pieces(dossier_id, store=house.store, actor=actor),
        "holds": hold.standing_on(Scope.DOSSIER, dossier_id, store=house.store, actor=actor),
        "filed_at": f"/dossiers/{dossier_id}",
        **filing_context(house, actor, dossier_id=dossier_id, code=file.dossier.file_code),
    }
    faulty = dropped is not None and not dropped.kept
    return page(request, "dossiers/show.html", status=422 if faulty else 200, **values)


def _kept(dossier_id: str, house: House, actor: Actor) -> dict[tuple[Reason, ...], int]:
    """Return what is said of how long the pieces are kept, with how many it is said of: most say the same."""
    fates = fates_in_dossier(dossier_id, store=house.store, actor=actor, clock=house.clock).values()
    return Counter(fate.reasons for fate in fates)


def _parts(form: DossierForm, house: House) -> tuple[str, ...]:
    if form.parts.strip() or not form.model:
        return tuple(form.parts.splitlines())
    templates = dossier_pieces.dossier_model(store=house.store).templates
    return next((each.parts for each in templates if each.code == form.model), ())


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
        "templates": dossier_pieces.dossier_model(store=house.store).templates,
    }
    return page(request, "dossiers/form.html", status=status, **values)


def _to(dossier_id: str, **said: int) -> Response:
    return RedirectResponse(f"/dossiers/{dossier_id}" + (f"?{urlencode(said)}" if said else ""), status_code=303)
