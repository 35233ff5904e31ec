"""The paper original on the letter page: where it is, handing it over, attesting its receipt."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.prints import print_pdf
from api.views.acts_form import destination_of
from api.views.paper_forms import drawing_of, places, return_day, signed_from
from api.views.render import language_of, page
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.custody import Keeper, keeps, keeps_register, may_give
from ged.mail.item import Letter
from ged.mail.journal import Act
from ged.services import consult
from ged.services.discharge import discharge_of, sign_letter
from ged.services.hand_over import confirm, declare, give, paper_file, withdraw
from ged.services.leave_line import leave_line

router = APIRouter()


def paper_context(letter: Letter, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of the paper."""
    file = paper_file(letter.id, store=house.store, actor=actor)
    registry = keeps_register(actor, letter)
    return {
        "paper": file,
        "sheets": file.sheets,
        "may_hand_over": may_give(actor, letter, file.standing),
        "may_confirm_paper": file.coming is not None and keeps(actor, file.coming.keeper),
        "may_declare_paper": registry,
        "paper_is_mine": file.standing is not None and keeps(actor, file.standing.keeper),
    }


@router.post("/courrier/{letter_id}/papier", dependencies=[FormCheck])
def act_on_paper(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    acte: Annotated[str, Form(max_length=20)] = "",
    a: Annotated[str, Form(max_length=80)] = "",
    dehors: Annotated[str, Form(max_length=120)] = "",
    retour: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Hand the paper over, attest its receipt, take a hand-over back, say whether there is paper at all."""
    if acte == "remettre":
        lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
        to = destination_of(a, lists.seats)
        keeper = Keeper(to.entity_id, to.position_id) if to else Keeper(outside=dehors)
        give(
            letter_id,
            keeper,
            return_day(retour, house.clock().date()),
            store=house.store,
            actor=actor,
            clock=house.clock,
        )
    elif acte == "recu":
        confirm(letter_id, store=house.store, actor=actor, clock=house.clock)
    elif acte == "annuler":
        withdraw(letter_id, store=house.store, actor=actor, clock=house.clock)
    elif acte in {"declarer", "aucun"}:
        declare(letter_id, exists=acte == "declarer", store=house.store, actor=actor, clock=house.clock)
    else:
        raise Refused("move.state", "Cet acte n'existe pas. Rechargez la page.")
    return RedirectResponse(f"/courrier/{letter_id}#papier", status_code=303)


@router.get("/courrier/{letter_id}/papier/decharge")
def ask_to_sign(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Show the screen on which who receives the paper of one letter signs."""
    return _to_sign(request, house, actor, letter_id)


@router.post("/courrier/{letter_id}/papier/decharge", dependencies=[FormCheck])
def sign(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    nom: Annotated[str, Form(max_length=200)] = "",
    dessin: Annotated[str, Form(max_length=400_000)] = "",
    recu: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Discharge the hand-over of one letter."""
    try:
        signed = signed_from(nom, dessin, recu)
        sign_letter(letter_id, signed, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    except Refused as error:
        return _to_sign(request, house, actor, letter_id, error, nom)
    return RedirectResponse(f"/courrier/{letter_id}#papier", status_code=303)


@router.get("/courrier/{letter_id}/papier/{hand_over_id}/decharge.pdf")
def printed(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, hand_over_id: str) -> Response:
    """Return the discharge of one letter's paper, with what was drawn."""
    letter, given, discharge = discharge_of(letter_id, hand_over_id, store=house.store, actor=actor)
    pdf = print_pdf(
        "prints/discharge.html",
        language_of(request),
        letter=letter,
        given=given,
        discharge=discharge,
        drawing=drawing_of(discharge, house.vault),
        **places(house, actor),
    )
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    leave_line(Act.LIST_PRINTED, hand_over_id, letter_id=letter.id, what="décharge", **by)
    headers = {"Content-Disposition": f'inline; filename="{letter.number}-decharge.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _to_sign(
    request: Request, house: House, actor: Actor, letter_id: str, fault: Refused | None = None, name: str = ""
) -> Response:
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    coming = paper_file(letter_id, store=house.store, actor=actor).coming
    if coming is None:
        return RedirectResponse(f"/courrier/{letter_id}#papier", status_code=303)
    values = {"letter": letter, "coming": coming, "fault": fault, "typed_name": name}
    return page(request, "sign_paper.html", status=422 if fault else 200, **values, **places(house, actor))
