"""Models: one that was trained takes over when it is better; an administrator may put another to serve."""

from __future__ import annotations

from dataclasses import replace

from ged.clock import Clock
from ged.errors import Conflict
from ged.mail.access import SYSTEM, Actor, Right, require
from ged.mail.journal import Act
from ged.mail.learning import ModelCard, ModelState
from ged.mail.qualification import Field
from ged.store.unit import Store


def enter_model(card: ModelCard, *, store: Store, clock: Clock) -> ModelCard:
    """Keep a model that was trained, and return its card as it stands: it serves if its trial says so.

    The model that its trial compared it with must still be the one that serves; else it is kept and does not serve.
    """
    with store.unit() as unit:
        standing = unit.learning.serving(card.tenant_id).get(card.field)
        compared = (standing.id if standing else None) == card.replaces
        serves = card.trial.better and compared
        state = ModelState.SERVING if serves else ModelState.REJECTED
        entered = replace(card, state=state, said_by=SYSTEM.name)
        if serves:
            unit.learning.retire(card.tenant_id, card.field, SYSTEM.name)
        unit.learning.add(entered)
        if serves:
            unit.journal.write_about(clock(), Act.MODEL_SERVES, SYSTEM, card.id, field=card.field, digest=card.digest)
        unit.commit()
    return entered


def cards(*, store: Store, actor: Actor) -> tuple[ModelCard, ...]:
    """Return the models of the actor's tenant, the latest first.

    Raises:
        Forbidden: `access.right`.
    """
    require(actor, Right.SEE_QUALITY)
    with store.unit() as unit:
        return unit.learning.cards(actor.post.tenant_id)


def put_to_serve(model_id: str, *, store: Store, actor: Actor, clock: Clock) -> ModelCard:
    """Put a model of any night to serve in place of the one that does.

    Raises:
        Forbidden: `access.right`.
        NotFound: `model.unknown`.
        Conflict: `model.serving`.
    """
    require(actor, Right.KEEP_MODELS)
    with store.unit() as unit:
        card = unit.learning.card(model_id, actor.post.tenant_id)
        if card.state is ModelState.SERVING:
            raise Conflict("model.serving", "Ce modèle est déjà en service. Rien n'a changé.")
        unit.learning.retire(card.tenant_id, card.field, actor.name)
        unit.learning.serve(card.id, actor.name)
        unit.journal.write_about(clock(), Act.MODEL_SERVES, actor, card.id, field=card.field, digest=card.digest)
        unit.commit()
    return replace(card, state=ModelState.SERVING, said_by=actor.name)


def serve_words(field: Field, *, store: Store, actor: Actor, clock: Clock) -> None:
    """Let no model serve for a field: the words of the configuration propose it again.

    Raises:
        Forbidden: `access.right`.
        Conflict: `model.none`.
    """
    require(actor, Right.KEEP_MODELS)
    tenant_id = actor.post.tenant_id
    with store.unit() as unit:
        standing = unit.learning.serving(tenant_id).get(field)
        if standing is None:
            raise Conflict("model.none", "Aucun modèle n'est en service pour ce champ. Rien n'a changé.")
        unit.learning.retire(tenant_id, field, actor.name)
        unit.journal.write_about(clock(), Act.MODEL_RETIRED, actor, standing.id, field=field)
        unit.commit()
