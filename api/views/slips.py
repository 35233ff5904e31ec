"""Routing slips on paper: printed, shown again once they came back, confirmed beside their picture; files in doubt."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.views.acknowledgement import public_address
from api.views.acts_form import Asked
from api.views.paper_forms import places
from api.views.render import page
from api.views.slip_sheet import SlipSheet, slips_pdf
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.mail.moves import Move
from ged.services import consult
from ged.services.confirm_slip import SlipFile, confirm_slip, set_aside, slip_file, slip_picture, waiting_slip
from ged.services.kept_files import kept_files_of, open_kept_file
from ged.services.leave_line import leave_line
from ged.services.print_slip import PrintedSlip, authorities, print_slips, printed_slips
from ged.services.take_back import attach_file, doubtful_file, doubtful_files, register_file

router = APIRouter()


def slip_context(letter: Letter, lists: consult.Lists, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of slips: one that came back and waits, and who may be printed one for."""
    return {
        "kept": kept_files_of(letter.id, store=house.store, actor=actor),
        "slip": waiting_slip(letter.id, store=house.store, actor=actor),
        "authorities": authorities(lists.seats),
    }


@router.post("/fiches", dependencies=[FormCheck])
def make(
    house: HouseDep,
    actor: ActorDep,
    choix: Annotated[list[str] | None, Form()] = None,
    autorite: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Make a slip for each letter chosen, then show them for printing."""
    ids = [choice.partition(":")[0] for choice in choix or []]
    made = print_slips(ids, autorite, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/fiches.pdf?" + urlencode([("f", each) for each in made]), status_code=303)


@router.get("/fiches.pdf")
def printed(
    request: Request, house: HouseDep, actor: ActorDep, f: Annotated[list[str] | None, Query(max_length=25)] = None
) -> Response:
    """Return slips on paper, one sheet each."""
    found = printed_slips(f or (), store=house.store, actor=actor, today=house.clock().date())
    if not found:
        raise Refused("routing_slip.none", "Cochez au moins un courrier (touche X), puis imprimez les fiches.")
    pdf = slips_pdf([_sheet(one) for one in found], public_address(request, house))
    headers = {"Content-Disposition": 'inline; filename="fiches-imputation.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/f/{code}")
def scanned_by_phone(code: str) -> Response:
    """Say to a phone what the QR is for: the sheet is read by the scanner, not here."""
    raise Refused(
        "routing_slip.by_scanner",
        "Cette fiche se remet au bureau d'ordre : elle y est numérisée, puis l'imputation est confirmée.",
        code_length=len(code),
    )


@router.get("/fiches/{slip_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, slip_id: str) -> Response:
    """Show a slip that came back: its picture, what was read, the form that confirms it."""
    file = slip_file(slip_id, store=house.store, actor=actor, clock=house.clock)
    return _shown(request, house, actor, file, _read(file))


@router.get("/fiches/{slip_id}/image.webp")
def picture(house: HouseDep, actor: ActorDep, slip_id: str) -> Response:
    """Return the picture of a slip, laid straight."""
    opened = slip_picture(slip_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return served(opened, media_type="image/webp", name="fiche")


@router.post("/fiches/{slip_id}", dependencies=[FormCheck])
def decide(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    slip_id: str,
    form: Annotated[Asked, Form()],
) -> Response:
    """Confirm a slip, or leave it without effect."""
    if form.acte == "ecarter":
        set_aside(slip_id, store=house.store, actor=actor, clock=house.clock)
        return RedirectResponse("/b/fiches-revenues", status_code=303)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    asked = form.model_copy(update={"acte": Move.ASSIGN.value})
    try:
        order = asked.order(lists, house.clock().date())
        confirm_slip(slip_id, order, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        file = slip_file(slip_id, store=house.store, actor=actor, clock=house.clock)
        return _shown(request, house, actor, file, form, error)
    return RedirectResponse("/b/fiches-revenues", status_code=303)


@router.get("/courrier/{letter_id}/gardees/{kept_id}")
def kept(house: HouseDep, actor: ActorDep, letter_id: str, kept_id: str) -> Response:
    """Return a file kept with a letter, as it came."""
    found, opened = open_kept_file(
        letter_id, kept_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return served(opened, media_type=found.media_type, name=found.kind)


@router.get("/retours")
def doubtful(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """List the files of our sheets that a person must say what they are."""
    files = doubtful_files(store=house.store, actor=actor)
    return page(request, "returned.html", files=files)


@router.get("/retours/{file_id}/fichier")
def doubtful_bytes(house: HouseDep, actor: ActorDep, file_id: str) -> Response:
    """Return a file in doubt, as it came."""
    file = doubtful_file(file_id, store=house.store, actor=actor)
    leave_line(Act.PAPER_READ, file.id, store=house.store, actor=actor, clock=house.clock, what="retour")
    return served(house.vault.open(file.sha256), media_type=file.media_type, name="retour")


@router.post("/retours/{file_id}", dependencies=[FormCheck])
def decide_file(
    house: HouseDep, actor: ActorDep, file_id: str, acte: Annotated[str, Form(max_length=20)] = ""
) -> Response:
    """Attach a file to its transmittals, or register it as a letter."""
    if acte == "rattacher":
        attach_file(file_id, store=house.store, actor=actor, clock=house.clock)
        return RedirectResponse("/retours", status_code=303)
    receipt = register_file(file_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{receipt.letter_id}", status_code=303)


def _sheet(one: PrintedSlip) -> SlipSheet:
    letter = one.letter
    return SlipSheet(
        code=one.slip.code,
        number=letter.number,
        sender=letter.sender or "",
        subject=letter.subject or "",
        received_on=letter.registered_at.date(),
        due_date=letter.due_date,
        office=one.office.name_fr,
        authority=one.authority.position.title,
        layout=one.slip.layout,
    )


def _read(file: SlipFile) -> Asked:
    """Return the form filled with what was read."""
    read = file.proposed
    return Asked(
        acte=Move.ASSIGN,
        pas=str(file.last_step or ""),
        a=read.to,
        mention=read.mention,
        echeance=read.due_date.strftime("%d/%m/%Y") if read.due_date else "",
        copies=list(read.copies),
    )


def _shown(
    request: Request, house: House, actor: Actor, file: SlipFile, asked: Asked, fault: GedError | None = None
) -> Response:
    values: dict[str, Any] = {
        "file": file,
        "letter": file.letter,
        "asked": asked,
        "fault": fault,
    }
    return page(request, "slip.html", status=422 if fault else 200, **values, **places(house, actor))
