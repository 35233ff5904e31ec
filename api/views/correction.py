"""Correcting a letter's data: the form with the standing values, and why they change."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.qualification import Typed
from api.views.render import page
from api.wiring import House
from ged.errors import Conflict, Refused
from ged.mail.access import Actor, Right, require
from ged.mail.item import Confidentiality, Priority
from ged.services import consult
from ged.services.correct import correct

router = APIRouter()


class Corrected(Typed):
    """The form as typed, with the reason."""

    reason: str = ""


@router.get("/courrier/{letter_id}/corriger")
def ask(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Show the form with the standing values."""
    require(actor, Right.CORRECT)
    letter = consult.letter(letter_id, store=house.store, actor=actor)
    return _form(request, house, actor, letter_id, Corrected(**Typed.of(letter).model_dump()))


@router.post("/courrier/{letter_id}/corriger", dependencies=[FormCheck])
def enter(
    request: Request, house: HouseDep, actor: ActorDep, letter_id: str, form: Annotated[Corrected, Form()]
) -> Response:
    """Write the corrected data, then show the letter; or the lists, when it is no longer one's to read."""
    try:
        decision = form.decision(house.clock().date())
        correct(letter_id, decision, form.reason[:1000], store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _form(request, house, actor, letter_id, form, error)
    return RedirectResponse(f"/courrier/{letter_id}", status_code=303)


def _form(
    request: Request,
    house: House,
    actor: Actor,
    letter_id: str,
    form: Corrected,
    error: Refused | Conflict | None = None,
) -> Response:
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "letter": consult.letter(letter_id, store=house.store, actor=actor),
        "typed": form,
        "error": error,
        "faults": error.diagnostics().get("faults", {}) if error else {},
        "kinds": lists.kinds,
        "levels": [level for level in Confidentiality if level in actor.post.clearance.up_to()],
        "priorities": list(Priority),
    }
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return page(request, "correction.html", status=status, **values)
