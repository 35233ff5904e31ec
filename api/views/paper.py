"""The paper original on the letter page: where it is, handing it over, attesting its receipt."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.acts_form import destination_of
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.custody import Keeper, keeps, keeps_register, may_give
from ged.mail.french_dates import parse_date
from ged.mail.item import Letter
from ged.services import consult
from ged.services.hand_over import confirm, declare, give, paper_file, withdraw

router = APIRouter(dependencies=[FormCheck])


def paper_context(letter: Letter, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the letter page shows of the paper."""
    file = paper_file(letter.id, store=house.store, actor=actor)
    registry = keeps_register(actor, letter)
    return {
        "paper": file,
        "may_hand_over": may_give(actor, letter, file.standing),
        "may_confirm_paper": file.coming is not None and keeps(actor, file.coming.keeper),
        "may_declare_paper": registry,
        "paper_is_mine": file.standing is not None and keeps(actor, file.standing.keeper),
    }


@router.post("/courrier/{letter_id}/papier")
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


def return_day(text: str, today: date) -> date | None:
    """Return the day by which paper must be back, as typed; None when nothing is.

    Raises:
        Refused: `move.date`.
    """
    if not text.strip():
        return None
    found = parse_date(text, today)
    if found is None:
        raise Refused("move.date", "Cette date ne se lit pas. Écrivez-la comme 30/11/2026.", field="papier-retour")
    return found
