"""Routing on the wire: moves asked for, steps made, opinions, notes."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from ged.mail.moves import Destination, Move, Order, Step
from ged.mail.note import Note
from ged.mail.opinion import Opinion, OpinionVerdict


class OrderIn(BaseModel):
    """A move that is asked for, on the letter whose last step was `after` (null: none yet)."""

    move: Move
    after: int | None = None
    to_entity: str | None = None
    to_position: str | None = None
    mention: str = ""
    text: str = Field(default="", max_length=4000)
    due_date: date | None = None
    copies: list[str] = []
    confirmed: bool = False

    def value(self) -> Order:
        """Return the order."""
        to = Destination(self.to_entity, self.to_position) if self.to_entity else None
        plain = self.model_dump(exclude={"to_entity", "to_position", "copies"})
        return Order(to=to, copies=tuple(self.copies), **plain)


_SAME = frozenset(Step.__slots__) - {"position_id"}
"""Fields of a step that mean the same on the wire: `position` there is where the letter went."""


class StepOut(BaseModel):
    """A move that was made."""

    id: int
    move: str
    at: datetime
    by: str
    title: str
    acted_as: str | None
    capacity: str
    instrument: str
    holder: str
    state: str
    service: str | None
    position: str | None
    mention: str
    text: str
    due_date: date | None
    copies: tuple[str, ...]
    opened_at: datetime | None
    opened_by: str | None
    undone_at: datetime | None

    @classmethod
    def of(cls, step: Step) -> StepOut:
        """Return a step on the wire."""
        plain: dict[str, Any] = {name: getattr(step, name) for name in cls.model_fields if name in _SAME}
        after = step.after
        return cls(
            by=step.name,
            acted_as=step.position_id,
            state=after.state,
            service=after.service_id,
            position=after.position_id,
            **plain,
        )


class OpinionIn(BaseModel):
    """An answer to a question."""

    verdict: OpinionVerdict
    text: str = Field(default="", max_length=4000)


class OpinionOut(BaseModel):
    """A question, and its answer once it is given."""

    id: str
    entity_id: str
    position_id: str | None
    question: str
    due_date: date | None
    asked_at: datetime
    asked_by: str
    given_at: datetime | None
    given_by: str | None
    verdict: str | None
    text: str | None
    withdrawn_at: datetime | None

    @classmethod
    def of(cls, opinion: Opinion) -> OpinionOut:
        """Return an opinion on the wire."""
        return cls(**{name: getattr(opinion, name) for name in cls.model_fields})


class NoteIn(BaseModel):
    """A note to add."""

    text: str
    private: bool = False


class NoteOut(BaseModel):
    """A note that the caller may read."""

    id: str
    at: datetime
    name: str
    private: bool
    text: str

    @classmethod
    def of(cls, note: Note) -> NoteOut:
        """Return a note on the wire."""
        return cls(**{name: value for name, value in asdict(note).items() if name in cls.model_fields})
