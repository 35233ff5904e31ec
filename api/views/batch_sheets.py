"""What is printed for the scanner: separators, by service or kind, and the sheet of a lot."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.prints import print_pdf
from api.views.acknowledgement import public_address
from api.views.render import page
from api.views.slip_sheet import qr_of
from api.wiring import House
from ged.errors import GedError, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.batch_sheet import MOST_COPIES, declared
from ged.mail.journal import Act
from ged.services import consult
from ged.services.batch_sheets import announce_lot, printed_sheets, separators
from ged.services.leave_line import leave_line

router = APIRouter()


@router.get("/feuilles-de-lot")
def ask(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show both forms."""
    require(actor, Right.CAPTURE)
    return _form(request, house, actor)


@router.post("/feuilles-de-lot/separateurs", dependencies=[FormCheck])
def make_separators(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    simple: Annotated[str, Form(max_length=5)] = "",
    service: Annotated[list[str] | None, Form()] = None,
    nature: Annotated[list[str] | None, Form()] = None,
    exemplaires: Annotated[str, Form(max_length=3)] = "1",
) -> Response:
    """Make separators, then show them for printing."""
    wanted = [("", "")] if simple else []
    wanted += [(entity, "") for entity in service or ()] + [("", kind) for kind in nature or ()]
    try:
        made = separators(wanted, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _form(request, house, actor, error)
    count = int(exemplaires) if exemplaires.isascii() and exemplaires.isdigit() else 1
    query = urlencode([*(("f", each.code) for each in made), ("n", min(max(1, count), MOST_COPIES))])
    return RedirectResponse(f"/feuilles-de-lot.pdf?{query}", status_code=303)


@router.post("/feuilles-de-lot/fiche", dependencies=[FormCheck])
def make_lot_sheet(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    libelle: Annotated[str, Form(max_length=200)] = "",
    plis: Annotated[str, Form(max_length=6)] = "",
    pages: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Make the sheet of a lot, then show it for printing."""
    try:
        letters, written = declared(plis, pages)
        made = announce_lot(libelle, letters, written, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _form(request, house, actor, error)
    return RedirectResponse("/feuilles-de-lot.pdf?" + urlencode({"f": made.code}), status_code=303)


@router.get("/feuilles-de-lot.pdf")
def printed(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    f: Annotated[list[str] | None, Query(max_length=60)] = None,
    n: Annotated[int, Query(ge=1, le=MOST_COPIES)] = 1,
) -> Response:
    """Return sheets on paper, each as often as asked."""
    sheets = printed_sheets(f or (), store=house.store, actor=actor)
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    leave_line(Act.LIST_PRINTED, sheets[0].code, what="feuilles de lot", sheets=len(sheets), copies=n, **by)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    address = public_address(request, house)
    pdf = print_pdf(
        "prints/batch_sheets.html",
        "fr",
        sheets=[(one, qr_of(f"{address}/l/{one.code}")) for one in sheets for _ in range(n)],
        services=lists.known,
        kinds={kind.code: kind for kind in lists.kinds},
    )
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": 'inline; filename="lot.pdf"'})


@router.get("/l/{code}")
def scanned_by_phone(code: str) -> Response:
    """Say to a phone what the QR is for: the sheet is read by the scanner, not here."""
    raise Refused(
        "batch.by_scanner",
        "Cette feuille passe au scanner avec le courrier : elle y sépare les plis, puis resservira.",
        code_length=len(code),
    )


def _form(request: Request, house: House, actor: Actor, fault: GedError | None = None) -> Response:
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "fault": fault,
        "entities": lists.entities,
        "document_kinds": lists.kinds,
        "most": MOST_COPIES,
    }
    return page(request, "batch_sheets.html", status=422 if fault else 200, **values)
