"""Transmittals (bordereaux): made of a selection, listed, printed, discharged on a screen."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.prints import print_pdf
from api.views.acknowledgement import public_address
from api.views.acts_form import destination_of
from api.views.paper_forms import drawing_of, places, return_day, signed_from
from api.views.render import language_of, page, page_number
from api.views.slip_sheet import GEOMETRY, qr_of
from api.wiring import House
from ged.errors import GedError, Refused
from ged.mail.access import Actor
from ged.mail.custody import Keeper
from ged.mail.journal import Act
from ged.mail.transmittal import Transmittal, answers_for, receives, refuse_empty
from ged.services import consult
from ged.services.discharge import sign_transmittal
from ged.services.leave_line import leave_line
from ged.services.transmit import Wanted, cancel, transmit, transmittal, transmittals

router = APIRouter()
PAGE_ROWS = 50


class Filled(BaseModel):
    """The form of a new sheet, as typed; `observation` follows the order of `lettre`."""

    lettre: list[str] = []
    observation: list[str] = []
    sorte: str = ""
    a: str = ""
    dehors: str = ""
    mention: str = ""
    texte: str = ""
    retour: str = ""

    def wanted(self, lists: consult.Lists, today: date) -> Wanted:
        """Return the sheet that is asked for.

        Raises:
            Refused: `move.date`.
        """
        to = destination_of(self.a, lists.seats)
        outside = self.dehors.strip()[:120]
        return Wanted(
            kind=self.sorte,
            letter_ids=tuple(self.lettre),
            to=Keeper(to.entity_id, to.position_id) if to else Keeper(outside=outside) if outside else None,
            mention=self.mention,
            text=self.texte,
            return_by=return_day(self.retour, today),
            observations=dict(zip(self.lettre, self.observation, strict=False)),
        )


@router.get("/bordereaux")
def list_all(request: Request, house: HouseDep, actor: ActorDep, faits: str = "") -> Response:
    """List the transmittals that the reader may see, newest first; `faits` says how many were just made."""
    number = page_number(request)
    rows, total = transmittals(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    values: dict[str, Any] = {"rows": rows, "total": total, "number": number, "pages": -(-total // PAGE_ROWS)}
    return page(request, "transmittals.html", **values, **places(house, actor), made=faits if faits.isdigit() else "")


@router.post("/bordereaux/nouveau", dependencies=[FormCheck])
def ask(
    request: Request, house: HouseDep, actor: ActorDep, choix: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Show the form for the letters that were ticked."""
    ids = list(dict.fromkeys(choice.partition(":")[0] for choice in choix or []))
    return _form(request, house, actor, Filled(lettre=ids, observation=[""] * len(ids)))


@router.post("/bordereaux", dependencies=[FormCheck])
def make(request: Request, house: HouseDep, actor: ActorDep, form: Annotated[Filled, Form()]) -> Response:
    """Make the sheets: one, or one for each service; the form comes back, as filled, when it cannot be."""
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    try:
        made = transmit(form.wanted(lists, house.clock().date()), store=house.store, actor=actor, clock=house.clock)
    except GedError as error:
        return _form(request, house, actor, form, error)
    if len(made) == 1:
        return RedirectResponse(f"/bordereaux/{made[0].id}", status_code=303)
    return RedirectResponse(f"/bordereaux?faits={len(made)}", status_code=303)


@router.get("/bordereaux/{transmittal_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, transmittal_id: str) -> Response:
    """Show a sheet: its lines, where it stands, what may be done."""
    return _shown(request, house, actor, transmittal(transmittal_id, store=house.store, actor=actor))


@router.get("/bordereaux/{transmittal_id}/bordereau.pdf")
def printed(request: Request, house: HouseDep, actor: ActorDep, transmittal_id: str) -> Response:
    """Return the sheet on paper; once it is discharged, with the discharge."""
    made = transmittal(transmittal_id, store=house.store, actor=actor)
    address = f"{public_address(request, house)}/d/{made.code}"
    pdf = print_pdf(
        "prints/transmittal.html",
        language_of(request),
        made=made,
        qr=qr_of(address),
        **GEOMETRY,
        address=address,
        drawing=drawing_of(made.discharge, house.vault),
        **places(house, actor),
    )
    leave_line(Act.LIST_PRINTED, made.id, store=house.store, actor=actor, clock=house.clock, what="bordereau")
    headers = {"Content-Disposition": f'inline; filename="{made.number}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/bordereaux/{transmittal_id}/retour")
def returned(house: HouseDep, actor: ActorDep, transmittal_id: str) -> Response:
    """Return the signed sheet as it was scanned."""
    made = transmittal(transmittal_id, store=house.store, actor=actor)
    if made.scan is None:
        raise Refused("transmittal.no_scan", "Ce bordereau n'est pas revenu par le scanner.")
    leave_line(Act.PAPER_READ, made.id, store=house.store, actor=actor, clock=house.clock, what="bordereau signé")
    return served(house.vault.open(made.scan), media_type=made.scan_type, name=f"{made.number}-signe")


@router.post("/bordereaux/{transmittal_id}/annuler", dependencies=[FormCheck])
def withdraw(house: HouseDep, actor: ActorDep, transmittal_id: str) -> Response:
    """Cancel a sheet."""
    cancel(transmittal_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/bordereaux/{transmittal_id}", status_code=303)


@router.post("/bordereaux/{transmittal_id}/decharge", dependencies=[FormCheck])
def sign(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    transmittal_id: str,
    nom: Annotated[str, Form(max_length=200)] = "",
    dessin: Annotated[str, Form(max_length=400_000)] = "",
    recu: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Discharge a sheet by who signs on this screen; without a script, by a name and a tick."""
    try:
        signed = signed_from(nom, dessin, recu)
        sign_transmittal(transmittal_id, signed, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    except Refused as error:
        made = transmittal(transmittal_id, store=house.store, actor=actor)
        return _shown(request, house, actor, made, error, nom)
    return RedirectResponse(f"/bordereaux/{transmittal_id}", status_code=303)


def _shown(
    request: Request, house: House, actor: Actor, made: Transmittal, fault: Refused | None = None, name: str = ""
) -> Response:
    values: dict[str, Any] = {
        "made": made,
        "mine": answers_for(actor, made),
        "may_sign": made.open and (answers_for(actor, made) or receives(actor, made)),
        "fault": fault,
        "typed_name": name,
        "today": house.clock().date(),
    }
    status = 422 if fault else 200
    return page(request, "transmittal.html", status=status, **values, **places(house, actor))


def _form(request: Request, house: House, actor: Actor, filled: Filled, fault: GedError | None = None) -> Response:
    refuse_empty(filled.lettre)
    letters = [consult.letter(letter_id, store=house.store, actor=actor) for letter_id in filled.lettre]
    said = filled.observation + [""] * len(letters)
    values = {"rows": list(zip(letters, said, strict=False)), "typed": filled, "fault": fault}
    return page(request, "transmittal_form.html", status=422 if fault else 200, **values, **places(house, actor))
