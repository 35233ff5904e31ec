"""The text of a page, corrected beside its image; every version stays."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from ged.errors import Conflict, Refused
from ged.services.correct_text import PageText, correct_text, page_text

router = APIRouter()


@router.get("/courrier/{letter_id}/page/{number}/texte")
def ask(request: Request, house: HouseDep, actor: ActorDep, letter_id: str, number: int) -> Response:
    """Show a page's image beside its text."""
    found = page_text(letter_id, number, store=house.store, actor=actor, clock=house.clock)
    return _form(request, found, found.page.text)


@router.post("/courrier/{letter_id}/page/{number}/texte", dependencies=[FormCheck])
def enter(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    number: int,
    texte: Annotated[str, Form()] = "",
    version: Annotated[int, Form()] = 0,
) -> Response:
    """Keep a corrected text, then show the letter's."""
    try:
        correct_text(letter_id, number, texte, version, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        found = page_text(letter_id, number, store=house.store, actor=actor, clock=house.clock)
        return _form(request, found, texte, error)
    return RedirectResponse(f"/courrier/{letter_id}/texte#page-{number}", status_code=303)


def _form(request: Request, found: PageText, typed: str, fault: Refused | Conflict | None = None) -> Response:
    status = 200 if fault is None else 409 if isinstance(fault, Conflict) else 422
    return page(
        request, "page_text.html", status=status, found=found, letter=found.letter, typed=typed, fault=fault, wide=True
    )
