"""Filing on the pages of a letter and of a dossier: the code in the plan, and the events that start terms."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.french_dates import parse_date
from ged.mail.item import Letter
from ged.services import classify

router = APIRouter()
Text = Annotated[str, Form(max_length=300)]


@router.post("/courrier/{letter_id}/cote", dependencies=[FormCheck])
def file_letter(house: HouseDep, actor: ActorDep, letter_id: str, cote: Text = "") -> Response:
    """File a letter under a code."""
    classify.file_letter(letter_id, cote, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#conservation", status_code=303)


@router.post("/courrier/{letter_id}/evenement", dependencies=[FormCheck])
def happen_to_letter(
    house: HouseDep, actor: ActorDep, letter_id: str, evenement: Text = "", jour: Text = ""
) -> Response:
    """Record an event on a letter."""
    day = parse_date(jour, house.clock().date())
    classify.record_event(evenement, day, letter_id=letter_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#conservation", status_code=303)


@router.post("/dossiers/{dossier_id}/cote", dependencies=[FormCheck])
def file_dossier(house: HouseDep, actor: ActorDep, dossier_id: str, cote: Text = "") -> Response:
    """File a dossier under a code."""
    classify.file_dossier(dossier_id, cote, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/dossiers/{dossier_id}#conservation", status_code=303)


@router.post("/dossiers/{dossier_id}/evenement", dependencies=[FormCheck])
def happen_to_dossier(
    house: HouseDep, actor: ActorDep, dossier_id: str, evenement: Text = "", jour: Text = ""
) -> Response:
    """Record an event on a dossier."""
    day = parse_date(jour, house.clock().date())
    classify.record_event(evenement, day, dossier_id=dossier_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/dossiers/{dossier_id}#conservation", status_code=303)


@router.post("/evenements/{event_id}/retrait", dependencies=[FormCheck])
def withdraw(house: HouseDep, actor: ActorDep, event_id: str) -> Response:
    """Withdraw an event, and show what it stood on."""
    letter_id, dossier_id = classify.withdraw_event(event_id, store=house.store, actor=actor, clock=house.clock)
    where = f"/courrier/{letter_id}" if letter_id else f"/dossiers/{dossier_id}"
    return RedirectResponse(f"{where}#conservation", status_code=303)


def filing_context(
    house: House, actor: Actor, letter: Letter | None = None, dossier_id: str = "", code: str | None = None
) -> dict[str, Any]:
    """Return what the pages of a letter and of a dossier show of their filing."""
    found = classify.filing_of(letter, dossier_id, code, store=house.store, actor=actor, clock=house.clock)
    return {"filing": found, "file_line": found.line}
