"""« Archives papier »: boxes and where they stand, paper put in by its numbers, lent, given back; labels."""

from __future__ import annotations

import re
from typing import Annotated, Any, NamedTuple

import zxingcpp
from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.prints import print_pdf
from api.views.acts_form import destination_of
from api.views.paper_forms import places, return_day
from api.views.render import language_of, page, page_number
from api.views.slip_sheet import qr_of
from api.wiring import House
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.box import BoxSheet
from ged.mail.custody import Keeper
from ged.mail.journal import Act
from ged.services import boxes
from ged.services.boxes import Put
from ged.services.leave_line import leave_line

router = APIRouter()
PAGE_ROWS, PAPERS = 50, 100
_FIELD = Form(max_length=300)
_ONCE = 300


def _sheet(
    cote: Annotated[str, _FIELD] = "",
    intitule: Annotated[str, _FIELD] = "",
    magasin: Annotated[str, _FIELD] = "",
    travee: Annotated[str, _FIELD] = "",
    tablette: Annotated[str, _FIELD] = "",
    capacite: Annotated[str, Form(max_length=10)] = "",
    service: Annotated[str, Form(max_length=80)] = "",
    dates: Annotated[str, _FIELD] = "",
) -> BoxSheet:
    count = int(capacite) if capacite.strip().isascii() and capacite.strip().isdigit() else 0
    return BoxSheet(cote, intitule, magasin, travee, tablette, count, service or None, dates)


class Acting(NamedTuple):
    """What was typed of a paper in a form that was refused: it stays in its fields."""

    letter_id: str
    to: str
    outside: str
    name: str
    back: str
    reason: str


SheetDep = Annotated[BoxSheet, Depends(_sheet)]


@router.get("/archives-papier")
def listed(
    request: Request, house: HouseDep, actor: ActorDep, q: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Show the boxes, how full they are, and how to make one."""
    return _list(request, house, actor, q)


@router.post("/archives-papier", dependencies=[FormCheck])
def make(request: Request, house: HouseDep, actor: ActorDep, sheet: SheetDep) -> Response:
    """Make a box."""
    try:
        made = boxes.make(sheet, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _list(request, house, actor, "", error, sheet)
    return _to(made.id)


@router.get("/archives-papier/prets")
def loans(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what is lent, late first."""
    number = page_number(request)
    rows, total = boxes.loans(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return page(
        request,
        "boxes/loans.html",
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PAGE_ROWS),
        today=house.clock().date(),
        **places(house, actor),
    )


@router.get("/archives-papier/etiquettes.pdf")
def labels(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    q: Annotated[str, Query(max_length=100)] = "",
    sorte: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Return the labels of boxes, or of the shelves that they stand on, on A4 sheets."""
    found, _ = boxes.boxes(q, store=house.store, actor=actor, limit=_ONCE)
    shelves = sorted({(one.sheet.room, one.sheet.bay, one.sheet.shelf) for one in found if one.sheet.place})
    leave_line(
        Act.LIST_PRINTED,
        "boites",
        store=house.store,
        actor=actor,
        clock=house.clock,
        what="étiquettes",
        boxes=len(found),
    )
    known = places(house, actor)["services"]
    if sorte == "tablettes":
        drawn = [(" / ".join(part or "–" for part in shelf), shelf) for shelf in shelves]
        rows: list[tuple[str, str, object]] = [("tablette", text, shelf) for text, shelf in drawn]
    else:
        rows = [("boite", one.sheet.cote, one) for one in found]
    language = language_of(request)
    pdf = print_pdf("prints/box_labels.html", language, rows=rows, services=known, qr=qr_of, bars=code_128)
    return _pdf(pdf, "etiquettes")


def code_128(text: str) -> str:
    """Return a text as Code 128, an SVG that fills its place, quiet zones in; "" for one with letters that it lacks.

    It has those of ISO 8859-1. Source: ISO/IEC 15417.
    """
    try:
        drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_svg()
    except ValueError:
        return ""
    sized = re.sub(r'width="(\d+)" height="(\d+)"', r'viewBox="0 0 \1 \2" preserveAspectRatio="none"', drawn, count=1)
    return sized[sized.index("<svg") :]


@router.get("/archives-papier/{box_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, box_id: str) -> Response:
    """Show a box and what is in it."""
    return _box(request, house, actor, box_id)


@router.post("/archives-papier/{box_id}", dependencies=[FormCheck])
def amend(request: Request, house: HouseDep, actor: ActorDep, box_id: str, sheet: SheetDep) -> Response:
    """Write anew what is on a box."""
    try:
        boxes.amend(box_id, sheet, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _box(request, house, actor, box_id, fault=error, typed=sheet)
    return _to(box_id)


@router.post("/archives-papier/{box_id}/retirer", dependencies=[FormCheck])
def remove(request: Request, house: HouseDep, actor: ActorDep, box_id: str) -> Response:
    """Take away a box that never held anything."""
    try:
        boxes.remove(box_id, store=house.store, actor=actor, clock=house.clock)
    except Conflict as error:
        return _box(request, house, actor, box_id, fault=error)
    return RedirectResponse("/archives-papier", status_code=303)


@router.post("/archives-papier/{box_id}/courriers", dependencies=[FormCheck])
def put(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    box_id: str,
    numeros: Annotated[str, Form(max_length=50_000)] = "",
) -> Response:
    """Put papers into a box; lines that could not be stay in the form, each with its reason."""
    try:
        done = boxes.put(box_id, numeros, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _box(request, house, actor, box_id, fault=error)
    return _box(request, house, actor, box_id, done=done)


@router.post("/archives-papier/{box_id}/courriers/{letter_id}", dependencies=[FormCheck])
def act_on_paper(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    box_id: str,
    letter_id: str,
    acte: Annotated[str, Form(max_length=20)] = "",
    a: Annotated[str, Form(max_length=80)] = "",
    dehors: Annotated[str, Form(max_length=120)] = "",
    nom: Annotated[str, Form(max_length=200)] = "",
    retour: Annotated[str, Form(max_length=40)] = "",
    motif: Annotated[str, Form(max_length=500)] = "",
    suite: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Lend a paper, write that it is back, take it out of its box."""
    require(actor, Right.KEEP_PAPER)
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    try:
        if acte == "preter":
            to = destination_of(a, places(house, actor)["lists"].seats)
            keeper = Keeper(to.entity_id, to.position_id) if to else Keeper(outside=dehors)
            boxes.lend(letter_id, keeper, nom, return_day(retour, house.clock().date()), **by)
        elif acte == "rendre":
            boxes.take_back(letter_id, **by)
        elif acte == "sortir":
            boxes.take_out(letter_id, motif, **by)
        else:
            return _to(box_id)
    except (Refused, Conflict) as error:
        return _box(request, house, actor, box_id, fault=error, acting=Acting(letter_id, a, dehors, nom, retour, motif))
    return RedirectResponse("/archives-papier/prets", status_code=303) if suite == "prets" else _to(box_id)


def _list(
    request: Request,
    house: House,
    actor: Actor,
    words: str,
    fault: Refused | Conflict | None = None,
    typed: BoxSheet | None = None,
) -> Response:
    number = page_number(request)
    rows, total = boxes.boxes(words, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    _, lent = boxes.loans(store=house.store, actor=actor, limit=1)
    return page(
        request,
        "boxes/list.html",
        status=_status(fault),
        rows=rows,
        total=total,
        lent=lent,
        number=number,
        pages=-(-total // PAGE_ROWS),
        words=words,
        fault=fault,
        wrong=_wrong(fault),
        typed=typed,
        **places(house, actor),
    )


def _box(
    request: Request,
    house: House,
    actor: Actor,
    box_id: str,
    *,
    fault: Refused | Conflict | None = None,
    typed: BoxSheet | None = None,
    done: Put | None = None,
    acting: Acting | None = None,
) -> Response:
    number = page_number(request)
    file = boxes.box_file(box_id, store=house.store, actor=actor, limit=PAPERS, offset=(number - 1) * PAPERS)
    return page(
        request,
        "boxes/show.html",
        status=422 if done and done.refused else _status(fault),
        file=file,
        fault=fault,
        wrong=_wrong(fault),
        typed=typed or file.box.sheet,
        amending=typed is not None,
        done=done,
        acting=acting,
        number=number,
        pages=-(-file.seen // PAPERS),
        today=house.clock().date(),
        keeps=actor.has(Right.KEEP_PAPER),
        **places(house, actor),
    )


def _status(fault: Refused | Conflict | None) -> int:
    return 200 if fault is None else 409 if isinstance(fault, Conflict) else 422


def _wrong(fault: Refused | Conflict | None) -> str:
    return str(fault.diagnostics().get("field", "")) if fault else ""


def _to(box_id: str) -> Response:
    return RedirectResponse(f"/archives-papier/{box_id}", status_code=303)


def _pdf(pdf: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
