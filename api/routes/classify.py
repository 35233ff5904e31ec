"""Filing: codes of the plan, the code of a letter or of a dossier, events that start terms."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.schemas.letters import LetterOut
from ged.mail.schedule import PlanLine
from ged.services import classify
from ged.store.retention_events import RecordedEvent

router = APIRouter(tags=["filing"])


class CodeOut(BaseModel):
    """A line of the file plan; `label` is what to write in a field so that it leads here."""

    code: str
    title: str
    label: str
    parent: str
    rule: str
    scope: str

    @classmethod
    def of(cls, line: PlanLine) -> CodeOut:
        """Return a line on the wire."""
        return cls(**{name: getattr(line, name) for name in cls.model_fields})


class FoundCodes(BaseModel):
    """The codes that a text leads to."""

    codes: list[CodeOut]


class CodeIn(BaseModel):
    """A code of the plan; "" for none."""

    code: str = Field(max_length=300)


class EventIn(BaseModel):
    """Something that starts terms, « fin de permis », and the day it happens on."""

    name: str = Field(max_length=100)
    on: date


class EventOut(EventIn):
    """An event as it was recorded."""

    id: str
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, event: RecordedEvent) -> EventOut:
        """Return an event on the wire."""
        return cls(**{name: getattr(event, name) for name in cls.model_fields})


@router.get("/file-codes")
def find_codes(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
) -> FoundCodes:
    """Find codes of the plan in use by their beginning, or by words of their title."""
    found = classify.codes_like(q, store=house.store, actor=actor, clock=house.clock, limit=limit)
    return FoundCodes(codes=[CodeOut.of(each) for each in found])


@router.put("/letters/{letter_id}/file-code")
def file_letter(house: HouseDep, actor: ApiActorDep, letter_id: str, code: CodeIn) -> LetterOut:
    """File a letter under a code, open or closed."""
    changed = classify.file_letter(letter_id, code.code, store=house.store, actor=actor, clock=house.clock)
    return LetterOut.of(changed)


@router.put("/dossiers/{dossier_id}/file-code", status_code=204)
def file_dossier(house: HouseDep, actor: ApiActorDep, dossier_id: str, code: CodeIn) -> None:
    """File a dossier under a code: its letters fall under that code's rule too."""
    classify.file_dossier(dossier_id, code.code, store=house.store, actor=actor, clock=house.clock)


@router.post("/letters/{letter_id}/events", status_code=201)
def record_on_letter(house: HouseDep, actor: ApiActorDep, letter_id: str, event: EventIn) -> EventOut:
    """Record on a letter an event that starts terms."""
    made = classify.record_event(
        event.name, event.on, letter_id=letter_id, store=house.store, actor=actor, clock=house.clock
    )
    return EventOut.of(made)


@router.post("/dossiers/{dossier_id}/events", status_code=201)
def record_on_dossier(house: HouseDep, actor: ApiActorDep, dossier_id: str, event: EventIn) -> EventOut:
    """Record on a dossier an event that starts the terms of its letters."""
    made = classify.record_event(
        event.name, event.on, dossier_id=dossier_id, store=house.store, actor=actor, clock=house.clock
    )
    return EventOut.of(made)


@router.delete("/events/{event_id}", status_code=204)
def withdraw(house: HouseDep, actor: ApiActorDep, event_id: str) -> None:
    """Withdraw an event that was wrong; it stays in the journal."""
    classify.withdraw_event(event_id, store=house.store, actor=actor, clock=house.clock)
