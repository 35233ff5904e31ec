"""Opinions (avis): asked by whoever holds a letter, given by a unit or a position, each with its own term."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ged.mail.access import Actor
from ged.mail.moves import baskets_of


class OpinionVerdict(StrEnum):
    """What an opinion comes to."""

    FAVOURABLE = "favorable"
    RESERVED = "reserve"
    UNFAVOURABLE = "defavorable"


@dataclass(frozen=True, slots=True)
class Opinion:
    """One question to one addressee, and the answer once it is given."""

    id: str
    letter_id: str
    entity_id: str
    position_id: str | None
    question: str
    due_date: date | None
    asked_at: datetime
    asked_by: str
    given_at: datetime | None
    given_by: str | None
    verdict: OpinionVerdict | None
    text: str | None
    withdrawn_at: datetime | None

    @property
    def awaited(self) -> bool:
        """Whether it is neither given nor withdrawn."""
        return self.given_at is None and self.withdrawn_at is None


def asked_of(actor: Actor, opinion: Opinion) -> bool:
    """Whether it is for the actor to answer: by position, or by unit when no position was named."""
    positions, units = baskets_of(actor)
    return opinion.position_id in positions or (opinion.position_id is None and opinion.entity_id in units)
