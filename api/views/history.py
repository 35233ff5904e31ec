"""A letter's history: on its page, and taken away as a table or on paper."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.deps import ActorDep, HouseDep
from api.prints import print_pdf
from api.views.history_words import Teller, as_csv
from api.views.render import language_of
from api.wiring import House
from ged.mail.access import Actor
from ged.mail.history import events
from ged.services import consult
from ged.services.consult import LetterFile, Lists
from ged.services.tell_history import Medium, tell_history

router = APIRouter()


@router.get("/courrier/{letter_id}/historique.csv")
def table(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the history as a table."""
    history = tell_history(letter_id, Medium.CSV, store=house.store, actor=actor, clock=house.clock)
    return csv_response(as_csv(history, teller_of(house, actor, language_of(request))), history.letter.number)


@router.get("/courrier/{letter_id}/historique.pdf")
def paper(request: Request, house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the history on paper."""
    return pdf_response(letter_id, house, actor, language_of(request))


def pdf_response(letter_id: str, house: House, actor: Actor, language: str) -> Response:
    """Return the history of a letter on paper, as one tells it in a language."""
    pdf, number = history_pdf(letter_id, house, actor, language)
    return Response(pdf, media_type="application/pdf", headers=_offered(f"{number}-historique.pdf"))


def csv_response(data: bytes, number: str) -> Response:
    """Return a table to be saved."""
    return Response(data, media_type="text/csv; charset=utf-8", headers=_offered(f"{number}-historique.csv"))


def history_pdf(letter_id: str, house: House, actor: Actor, language: str) -> tuple[bytes, str]:
    """Return the history of a letter as a PDF, and the letter's number."""
    history = tell_history(letter_id, Medium.PDF, store=house.store, actor=actor, clock=house.clock)
    teller = teller_of(house, actor, language)
    lines = [(teller.tell(event), digest) for event, digest in zip(history.events, history.digests, strict=True)]
    context: dict[str, Any] = {"letter": history.letter, "lines": lines, "printed_at": house.clock(), "actor": actor}
    return print_pdf("prints/history.html", language, **context), history.letter.number


def teller_of(house: House, actor: Actor, language: str) -> Teller:
    """Return who puts events into the words of a language."""
    return Teller(consult.lists(store=house.store, actor=actor, clock=house.clock), language)


def history_context(file: LetterFile, lists: Lists, language: str) -> dict[str, Any]:
    """Return what the letter page tells: what was done, then who looked at it."""
    teller = Teller(lists, language)
    told = [
        teller.tell(event)
        for event in events(
            file.journal,
            steps=file.steps,
            opinions=file.opinions,
            notes=file.notes,
            decisions=file.decisions,
            proposals=file.proposals,
        )
    ]
    return {
        "told": [one for one in told if not one.event.reading],
        "readings": [one for one in told if one.event.reading and one.event.login != "systeme"],
    }


def _offered(name: str) -> dict[str, str]:
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    return {"Content-Disposition": f'attachment; filename="{safe}"'}
