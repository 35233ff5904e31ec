"""« Déjà reçu ? »: a letter beside the one that it may be, and the answer of whoever qualifies it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.qualification import FIELD_NAMES, proposed_over
from api.views.render import page
from api.views.words import _
from api.wiring import House
from ged.errors import NotFound, Refused
from ged.mail.access import Actor
from ged.mail.near_duplicate import Verdict
from ged.mail.qualification import Field
from ged.services import consult
from ged.services.same_letter import Doubt, doubts, other_letter, same_letter

router = APIRouter()
_COMPARED = (Field.SENDER, Field.SUBJECT, Field.SENDER_REFERENCE, Field.LETTER_DATE, Field.RECIPIENT)
AGREE: dict[Field, str] = {
    Field.SENDER_REFERENCE: _("même référence"),
    Field.LETTER_DATE: _("même date"),
    Field.SENDER: _("même expéditeur"),
}


@router.get("/courrier/{letter_id}/doublon/{other_id}")
def compare(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, other_id: str) -> Response:
    """Show two letters side by side, with what differs between them."""
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    one = next((each for each in doubts(letter_id, store=house.store, actor=actor) if each.other.id == other_id), None)
    if one is None:
        raise NotFound("duplicate.unknown", "Ces deux courriers n'ont pas été rapprochés. Rechargez la page.")
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    here = proposed_over(letter, file.proposals)
    there = proposed_over(one.other, one.proposals)
    rows = [(field, getattr(here, FIELD_NAMES[field]), getattr(there, FIELD_NAMES[field])) for field in _COMPARED]
    values: dict[str, Any] = {"letter": letter, "doubt": one, "rows": rows, "agree": AGREE}
    return page(request, "near_duplicate.html", **values)


@router.post("/courrier/{letter_id}/doublon/{other_id}", dependencies=[FormCheck])
def answer(
    house: HouseDep, actor: ActorDep, letter_id: str, other_id: str, reponse: Annotated[str, Form()] = ""
) -> Response:
    """Say whether two letters are one."""
    if reponse not in set(Verdict):
        raise Refused("duplicate.verdict", "Dites si c'est le même courrier, ou un autre.", field="reponse")
    act = same_letter if reponse == Verdict.SAME else other_letter
    act(letter_id, other_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}", status_code=303)


def doubts_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of letters that it may be."""
    found: tuple[Doubt, ...] = doubts(letter_id, store=house.store, actor=actor)
    return {"doubts": found, "agree": AGREE}
