"""Models taught by decisions, with their cards, and the decisions that teach them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from ged.errors import NotFound
from ged.mail.item import Direction, State
from ged.mail.learning import OPEN_LEVELS, Example, ModelCard, ModelState, Trial
from ged.mail.qualification import Field
from ged.store.learning_tables import learned_model
from ged.store.tables import decision, letter

_TRIAL = tuple(Trial.__slots__)
_LABELS = {Field.KIND: "kind", Field.SERVICE: "service_id", Field.FILE_CODE: "file_code"}


class Learning:
    """Reads what teaches, and keeps what was learned; a card is never changed but for its state."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def examples(self, tenant_id: str, limit: int) -> list[Example]:
        """Return the last decision on each of a tenant's latest letters that are open to every clerk, oldest first.

        A letter that its service returned teaches nothing until it is qualified anew.
        """
        last = (
            sa.select(decision.c.letter_id, decision.c.at, decision.c["values"])
            .ext(distinct_on(decision.c.letter_id))
            .join(letter, letter.c.id == decision.c.letter_id)
            .where(
                letter.c.tenant_id == tenant_id,
                letter.c.direction == Direction.INCOMING,
                letter.c.confidentiality.in_(OPEN_LEVELS),
                letter.c.state.not_in([State.RETURNED, State.CANCELLED]),
            )
            .order_by(decision.c.letter_id, decision.c.id.desc())
            .subquery()
        )
        rows = self._connection.execute(sa.select(last).order_by(last.c.at.desc(), last.c.letter_id).limit(limit))
        found = [
            Example(row.letter_id, row.at, {field: row.values.get(name) or "" for field, name in _LABELS.items()})
            for row in rows
        ]
        return found[::-1]

    def serving(self, tenant_id: str) -> dict[Field, ModelCard]:
        """Return the model that serves for each field; a field without one is proposed by the configuration's words."""
        query = sa.select(learned_model).where(
            learned_model.c.tenant_id == tenant_id, learned_model.c.state == ModelState.SERVING
        )
        cards = [_card(row) for row in self._connection.execute(query)]
        return {card.field: card for card in cards}

    def cards(self, tenant_id: str) -> tuple[ModelCard, ...]:
        """Return every model of a tenant, the latest first."""
        query = sa.select(learned_model).where(learned_model.c.tenant_id == tenant_id)
        ordered = query.order_by(learned_model.c.trained_at.desc(), learned_model.c.field)
        return tuple(_card(row) for row in self._connection.execute(ordered))

    def card(self, model_id: str, tenant_id: str) -> ModelCard:
        """Return one model of a tenant, which no other transaction puts to serve before this one ends.

        Raises:
            NotFound: `model.unknown`.
        """
        query = sa.select(learned_model).where(learned_model.c.id == model_id, learned_model.c.tenant_id == tenant_id)
        row = self._connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("model.unknown", "Ce modèle n'existe pas dans votre organisation.")
        return _card(row)

    def add(self, card: ModelCard) -> None:
        """Keep a model's card."""
        values = {name: value for name, value in asdict(card).items() if name != "trial"}
        self._connection.execute(sa.insert(learned_model).values(**values, **asdict(card.trial)))

    def retire(self, tenant_id: str, field: Field, name: str) -> None:
        """Let no model serve for a field: what served is kept."""
        self._connection.execute(
            sa.update(learned_model)
            .where(
                learned_model.c.tenant_id == tenant_id,
                learned_model.c.field == field,
                learned_model.c.state == ModelState.SERVING,
            )
            .values(state=ModelState.KEPT, said_by=name)
        )

    def serve(self, model_id: str, name: str) -> None:
        """Put a model to serve, once no other does."""
        self._connection.execute(
            sa.update(learned_model)
            .where(learned_model.c.id == model_id)
            .values(state=ModelState.SERVING, said_by=name)
        )


def _card(row: sa.Row[Any]) -> ModelCard:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's documented way to a mapping
    trial = Trial(**{name: values.pop(name) for name in _TRIAL})
    enumerations = {"field": Field(values["field"]), "state": ModelState(values["state"])}
    return ModelCard(**(values | enumerations), trial=trial)
