"""« Numéros réservés »: numbers for work on paper, their sheet, and their entry afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.prints import print_pdf
from api.views.clock_words import parse_hour
from api.views.render import language_of, page, page_number
from api.views.words import REGISTERS, typed_day
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.mail.journal import Act
from ged.services.capture import Door, PaperUse
from ged.services.leave_line import leave_line
from ged.services.number_block import MOST, block_file, blocks, cancel_numbers, reserve
from ingest.capture.receive import receive

router = APIRouter()
PAGE_ROWS = 50


@router.get("/numeros-reserves")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """List the blocks, open ones first, and offer to reserve another."""
    return _list(request, house, actor)


@router.post("/numeros-reserves", dependencies=[FormCheck])
def reserve_some(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    registre: Annotated[Direction, Form()] = Direction.INCOMING,
    nombre: Annotated[str, Form(max_length=5)] = "",
    motif: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Set numbers apart, and go to their block."""
    count = int(nombre) if nombre.strip().isascii() and nombre.strip().isdigit() else 0
    try:
        block = reserve(registre, count, motif, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        typed = {"registre": registre, "nombre": nombre, "motif": motif}
        return _list(request, house, actor, typed=typed, fault=error)
    return RedirectResponse(f"/numeros-reserves/{block.id}", status_code=303)


@router.get("/numeros-reserves/{block_id}")
def one_block(request: Request, house: HouseDep, actor: ActorDep, block_id: str, fait: str = "") -> Response:
    """Show a block: its next number to enter, and what became of each."""
    return _block(request, house, actor, block_id, done=fait[:60])


@router.get("/numeros-reserves/{block_id}/feuille.pdf")
def sheet(request: Request, house: HouseDep, actor: ActorDep, block_id: str) -> Response:
    """Return the sheet to write on by hand."""
    file = block_file(block_id, store=house.store, actor=actor)
    title, _ = REGISTERS[file.block.series.direction]
    pdf = print_pdf("prints/number_block.html", language_of(request), file=file, title=title)
    leave_line(Act.LIST_PRINTED, block_id, store=house.store, actor=actor, clock=house.clock, what="numéros réservés")
    name = f"feuille-{file.numbers[0].number}-{file.numbers[-1].number}".replace("/", "-")
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.post("/numeros-reserves/{block_id}", dependencies=[FormCheck])
def enter(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    block_id: str,
    numero: Annotated[str, Form(max_length=8)] = "",
    jour: Annotated[str, Form(max_length=30)] = "",
    heure: Annotated[str, Form(max_length=10)] = "",
    fichier: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Enter a number that was used on paper: its day, its hour, its scan."""
    found = block_file(block_id, store=house.store, actor=actor)
    sequence = int(numero) if numero.isascii() and numero.isdigit() else 0
    typed = {"numero": sequence, "jour": jour, "heure": heure}
    try:
        at = _instant(jour, heure, house)
        scan = _given(fichier)
        receipt = receive(
            scan.file,
            scan.filename or "",
            door=Door.UPLOAD,
            actor=actor,
            entrance=house.entrance,
            direction=found.block.series.direction,
            on_paper=PaperUse(block_id, sequence, at),
        )
    except (Refused, Conflict) as error:
        return _block(request, house, actor, block_id, typed=typed, fault=error)
    return RedirectResponse(f"/numeros-reserves/{block_id}?fait={receipt.letter_id}", status_code=303)


@router.post("/numeros-reserves/{block_id}/annuler", dependencies=[FormCheck])
def cancel(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    block_id: str,
    numero: Annotated[str, Form(max_length=8)] = "",
    motif: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Cancel a number that was never used, or, with no number, all that wait."""
    sequence = int(numero) if numero.isascii() and numero.isdigit() else None
    try:
        cancel_numbers(block_id, sequence, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _block(request, house, actor, block_id, typed={"annuler": numero, "motif": motif}, fault=error)
    return RedirectResponse(f"/numeros-reserves/{block_id}", status_code=303)


def _given(file: UploadFile | None) -> UploadFile:
    if file is None or not (file.filename or file.size):
        raise Refused("capture.empty", "Choisissez le fichier numérisé de ce courrier.", field="fichier")
    return file


def _instant(day: str, hour: str, house: House) -> datetime:
    """Return the minute that was written on paper.

    Raises:
        Refused: `register.paper_unread`.
    """
    found, at = parse_date(day, house.clock().date()), parse_hour(hour)
    if found is None or at is None:
        what = "Ce jour ne se lit pas. Écrivez-le comme 24/11/2026." if found is None else _HOUR
        raise Refused("register.paper_unread", what, field="jour" if found is None else "heure")
    return datetime.combine(found, time(*at), UTC)


_HOUR = "Cette heure ne se lit pas. Écrivez-la comme 9h42 ou 09:42."


def _list(
    request: Request,
    house: House,
    actor: Actor,
    *,
    typed: dict[str, Any] | None = None,
    fault: GedError | None = None,
) -> Response:
    number = page_number(request)
    found, total = blocks(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return page(
        request,
        "number_blocks.html",
        status=422 if fault else 200,
        blocks=found,
        total=total,
        number=number,
        pages=-(-total // PAGE_ROWS),
        titles={direction: title for direction, (title, _) in REGISTERS.items()},
        directions=tuple(Direction),
        typed=typed or {"registre": Direction.INCOMING, "nombre": "", "motif": ""},
        fault=fault,
        field=fault.diagnostics().get("field") if fault else None,
        most=MOST,
    )


def _block(
    request: Request,
    house: House,
    actor: Actor,
    block_id: str,
    *,
    typed: dict[str, Any] | None = None,
    fault: GedError | None = None,
    done: str = "",
) -> Response:
    file = block_file(block_id, store=house.store, actor=actor)
    waiting = [one for one in file.numbers if one.done_at is None]
    entered = [one for one in file.numbers if one.letter_id is not None]
    values: dict[str, Any] = {
        "file": file,
        "block": file.block,
        "title": REGISTERS[file.block.series.direction][0],
        "waiting": waiting,
        "done": next((one for one in entered if one.letter_id == done), None),
        "typed": {"numero": 0, "jour": typed_day(file.block.reserved_at.date()), "heure": "", "motif": ""}
        | (typed or {}),
        "fault": fault,
        "field": fault.diagnostics().get("field") if fault else None,
        "limit_mb": house.settings.capture.max_megabytes,
    }
    return page(request, "number_block.html", status=_status(fault), **values)


def _status(fault: GedError | None) -> int:
    return 200 if fault is None else 409 if isinstance(fault, Conflict) else 422
