"""Departures on pages: preview, print for ink, signed copy, sendings, what came back."""

from __future__ import annotations

from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import file_response
from api.views.acknowledgement import public_address
from api.views.dispatch_form import TypedSendings
from api.views.letter import OriginDep, letter_page
from api.views.qualification import proposed
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.dispatch import SendingState
from ged.mail.journal import Act
from ged.services import consult
from ged.services.capture import Door
from ged.services.departure_file import departure_file, open_annex
from ged.services.dispatch import Slipped, answer, call_back, plan, send
from ged.services.ink import by_code, print_for_ink, take_signed_copy
from ged.services.lay_out import preview
from ged.services.leave_line import leave_line
from ingest.capture.receive import keep

router = APIRouter()
_PDF = "application/pdf"


def _pdf(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(data, media_type=_PDF, headers=headers)


@router.get("/projet/{draft_id}/apercu.pdf")
def see(house: HouseDep, actor: ActorDep, draft_id: str, version: int | None = None) -> Response:
    """Return a draft as it would leave, without number, date or signature."""
    ports = {"store": house.store, "vault": house.vault, "press": house.press}
    draft, pdf = preview(draft_id, version, **ports, actor=actor)  # type: ignore[arg-type]
    leave_line(Act.DRAFT_READ, draft.id, store=house.store, actor=actor, clock=house.clock, file="apercu")
    return _pdf(pdf, "apercu")


@router.post("/projet/{draft_id}/imprimer", dependencies=[FormCheck])
def print_sheet(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    draft_id: str,
    empreinte: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Give a draft its number, and return its sheet to be signed in ink."""
    letter, pdf = print_for_ink(
        draft_id,
        empreinte,
        public_address(request, house),
        store=house.store,
        vault=house.vault,
        press=house.press,
        actor=actor,
        clock=house.clock,
    )
    return _pdf(pdf, f"{letter.number}-a-signer".replace("/", "-"))


@router.get("/s/{code}")
def printed_letter(house: HouseDep, actor: ActorDep, code: str) -> Response:
    """Go to the letter whose sheet, printed for ink, carries a code."""
    return RedirectResponse(f"/courrier/{by_code(code, store=house.store, actor=actor).id}", status_code=303)


@router.post("/courrier/{letter_id}/copie-signee", dependencies=[FormCheck])
def signed_copy(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    origin: OriginDep,
    fichier: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Make the scan of the signed copy the original of a letter that was printed."""
    try:
        paper = keep(*_given(fichier), door=Door.UPLOAD, actor=actor, entrance=house.entrance)
        take_signed_copy(letter_id, paper, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _again(request, house, actor, letter_id, origin, error)
    return _to(letter_id)


@router.post("/courrier/{letter_id}/envois", dependencies=[FormCheck])
def plan_sendings(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    origin: OriginDep,
    form: Annotated[TypedSendings, Form()],
) -> Response:
    """Keep to whom the letter goes and how; with `suite=partir`, send it off at once."""
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    try:
        file = departure_file(letter_id, store=house.store, actor=actor, clock=house.clock)
        plans = form.plans(lists, file.partners)
        plan(letter_id, plans, frozenset(form.vus), store=house.store, actor=actor, clock=house.clock)
        if form.suite == "partir":
            send({letter_id: None}, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _again(request, house, actor, letter_id, origin, error, form)
    return _to(letter_id)


@router.post("/courrier/{letter_id}/envoi/{sending_id}", dependencies=[FormCheck])
def tell(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    sending_id: str,
    origin: OriginDep,
    etat: Annotated[str, Form(max_length=20)] = "",
    remarque: Annotated[str, Form(max_length=600)] = "",
    fichier: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Say what became of a sending (`rappeler` takes it back), with the slip that says so."""
    who = {"store": house.store, "actor": actor, "clock": house.clock}
    try:
        if etat == "rappeler":
            call_back(letter_id, sending_id, **who)  # type: ignore[arg-type]
        else:
            said = SendingState(etat) if etat in set(SendingState) else SendingState.READY  # which is no answer
            answer(letter_id, sending_id, said, remarque, _slip(fichier, house, actor), **who)  # type: ignore[arg-type]
    except (Refused, Conflict) as error:
        return _again(request, house, actor, letter_id, origin, error)
    return _to(letter_id)


@router.get("/courrier/{letter_id}/annexe/{annex_id}")
def annex(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, annex_id: str) -> Response:
    """Return an annex, byte for byte."""
    letter, found, opened = open_annex(
        letter_id, annex_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    shown = found.media_type if found.media_type in {_PDF, "image/png", "image/jpeg"} else "application/octet-stream"
    name = f"{letter.number}-annexe"
    return file_response(request, opened, letter, media_type=shown, name=name, digest=found.digest)


@router.get("/e/{code}")
def old_sheet(code: str) -> Response:
    """Go to the page of the QR that bordereaux d'envoi carried before they were numbered with all the others."""
    return RedirectResponse(f"/d/{quote(code, safe='')}", status_code=308)


def _given(file: UploadFile | None) -> tuple[BinaryIO, str]:
    if file is None or not file.filename:
        raise Refused("capture.empty", "Choisissez le fichier de la copie signée.")
    return file.file, file.filename


def _slip(file: UploadFile | None, house: House, actor: Actor) -> Slipped | None:
    if file is None or not file.filename:
        return None
    kept = keep(file.file, file.filename, door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    return Slipped(kept.stored, kept.media_type, kept.filename)


def _to(letter_id: str) -> Response:
    return RedirectResponse(f"/courrier/{letter_id}?acte=expedition", status_code=303)


def _again(
    request: Request,
    house: House,
    actor: Actor,
    letter_id: str,
    origin: OriginDep,
    error: GedError,
    typed: TypedSendings | None = None,
) -> Response:
    """Show the letter again, with what was typed kept and what was wrong with it said."""
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    status = 409 if isinstance(error, Conflict) else 422
    return letter_page(
        request,
        house,
        actor,
        file,
        origin,
        typed=proposed(file),
        departing=(typed, error),
        status=status,
    )
