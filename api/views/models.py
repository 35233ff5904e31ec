"""« Modèles »: what was learned from decisions, each with its card; an administrator puts another to serve."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page
from ged.errors import Refused
from ged.mail.access import Right
from ged.mail.learning import MIN_DECISIONS, TAUGHT, ModelState
from ged.mail.qualification import Field
from ged.services.models import cards, put_to_serve, serve_words

router = APIRouter()


@router.get("/modeles")
def show(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the models of one's organisation, field by field."""
    known = cards(store=house.store, actor=actor)
    values: dict[str, Any] = {
        "by_field": [(field, [card for card in known if card.field is field]) for field in TAUGHT],
        "serving": {card.field for card in known if card.state is ModelState.SERVING},
        "numbers": {card.id: len(known) - at for at, card in enumerate(known)},
        "may_keep": actor.has(Right.KEEP_MODELS),
        "least": MIN_DECISIONS,
    }
    return page(request, "models.html", **values)


@router.post("/modeles/{model_id}/service", dependencies=[FormCheck])
def serve(house: HouseDep, actor: ActorDep, model_id: str) -> Response:
    """Put a model to serve."""
    put_to_serve(model_id, store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/modeles", status_code=303)


@router.post("/modeles/mots", dependencies=[FormCheck])
def go_back_to_words(house: HouseDep, actor: ActorDep, champ: Annotated[str, Form()] = "") -> Response:
    """Let the words of the configuration propose a field."""
    if champ not in set(TAUGHT):
        raise Refused("model.field", "Choisissez la nature ou le service.", field="champ")
    serve_words(Field(champ), store=house.store, actor=actor, clock=house.clock)
    return RedirectResponse("/modeles", status_code=303)
