"""Opinions asked and given."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.opinion import Opinion, OpinionVerdict
from ged.store.routing_tables import opinion


class Opinions:
    """Adds questions, and the answers to them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def ask(self, asked: Opinion) -> None:
        """Add a question."""
        self._connection.execute(
            sa.insert(opinion).values(**{one.name: getattr(asked, one.name) for one in fields(Opinion)})
        )

    def of(self, letter_id: str) -> tuple[Opinion, ...]:
        """Return the opinions on a letter, first asked first."""
        query = sa.select(opinion).where(opinion.c.letter_id == letter_id)
        return tuple(_opinion(row) for row in self._connection.execute(query.order_by(opinion.c.asked_at)))

    def get(self, letter_id: str, opinion_id: str) -> Opinion:
        """Return one opinion on a letter.

        Raises:
            NotFound: `opinion.unknown`.
        """
        query = sa.select(opinion).where(opinion.c.letter_id == letter_id, opinion.c.id == opinion_id)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("opinion.unknown", "Cette demande d'avis n'existe pas sur ce courrier.")
        return _opinion(row)

    def give(self, opinion_id: str, verdict: OpinionVerdict, text: str, name: str, at: datetime) -> None:
        """Write an answer."""
        self._connection.execute(
            sa.update(opinion)
            .where(opinion.c.id == opinion_id)
            .values(verdict=verdict, text=text, given_by=name, given_at=at)
        )

    def withdraw(self, opinion_id: str, at: datetime) -> None:
        """Take a question back."""
        self._connection.execute(sa.update(opinion).where(opinion.c.id == opinion_id).values(withdrawn_at=at))


def _opinion(row: sa.Row[Any]) -> Opinion:
    values = {one.name: getattr(row, one.name) for one in fields(Opinion)}
    return Opinion(**(values | {"verdict": OpinionVerdict(row.verdict) if row.verdict else None}))
