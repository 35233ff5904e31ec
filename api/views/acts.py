"""What people do with a letter once it is qualified: moves, opinions, notes, following."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import Asked
from api.views.letter import OriginDep, letter_page
from api.views.qualification import proposed
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.opinion import OpinionVerdict
from ged.services import consult, note, opinion
from ged.services.route import move

router = APIRouter(dependencies=[FormCheck])


@router.post("/courrier/{letter_id}/acte")
def act(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    origin: OriginDep,
    form: Annotated[Asked, Form()],
) -> Response:
    """Make a move, then go back to the letter, or to the list when the letter has left one's reach."""
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    try:
        order = form.order(lists, house.clock().date())
        move(letter_id, order, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
        status = 409 if isinstance(error, Conflict) else 422
        return letter_page(
            request, house, actor, file, origin, typed=proposed(file), asked=form, act_fault=error, status=status
        )
    query = f"{origin.query}{'&' if origin.query else '?'}acte={order.move}"
    return _back_to(letter_id, house, actor, query, origin.back)


@router.post("/courrier/{letter_id}/avis/{opinion_id}")
def answer(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    opinion_id: str,
    sens: Annotated[str, Form(max_length=20)] = "",
    texte: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """Give an opinion, or take the question back (`sens=retirer`)."""
    if sens == "retirer":
        opinion.withdraw(letter_id, opinion_id, store=house.store, actor=actor, clock=house.clock)
    else:
        if sens not in set(OpinionVerdict):
            raise Refused("opinion.no_text", "Choisissez un sens : favorable, réservé ou défavorable.")
        said = OpinionVerdict(sens)
        opinion.give(letter_id, opinion_id, said, texte, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/b/avis" if sens != "retirer" else f"/courrier/{letter_id}", status_code=303)


@router.post("/courrier/{letter_id}/note")
def add_note(
    house: HouseDep,
    actor: ActorDep,
    letter_id: str,
    note_text: Annotated[str, Form(alias="note", max_length=5000)] = "",
    privee: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Add a note."""
    note.add_note(letter_id, note_text, private=bool(privee), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse(f"/courrier/{letter_id}#notes", status_code=303)


@router.post("/courrier/{letter_id}/suivre")
def follow(
    house: HouseDep, actor: ActorDep, letter_id: str, suivre: Annotated[str, Form(max_length=4)] = ""
) -> Response:
    """Begin or stop to follow a letter."""
    note.follow(letter_id, following=bool(suivre), store=house.store, actor=actor)
    return RedirectResponse(f"/courrier/{letter_id}", status_code=303)


def _back_to(letter_id: str, house: House, actor: Actor, query: str, elsewhere: str) -> Response:
    try:
        consult.letter(letter_id, store=house.store, actor=actor)
    except GedError:
        return RedirectResponse(elsewhere, status_code=303)
    return RedirectResponse(f"/courrier/{letter_id}{query}", status_code=303)
