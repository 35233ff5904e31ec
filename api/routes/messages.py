"""Messages that left by e-mail, for programs."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel

from api.deps import ApiActorDep, HouseDep
from ged.services.post import messages, post_again

router = APIRouter(tags=["messages"])


class MessageOut(BaseModel):
    """A message as its author, or the administrator, sees it: never its content."""

    id: str
    purpose: str
    to: str
    letter: str | None
    number: str
    state: str
    attempts: int
    made_at: datetime
    sent_at: datetime | None
    said: str


class AgainIn(BaseModel):
    """Where to send a message that failed."""

    to: str


@router.get("/messages")
def list_messages(house: HouseDep, actor: ApiActorDep) -> list[MessageOut]:
    """Return the last hundred messages of the caller's acts (an administrator: of the house), failed first."""
    return [
        MessageOut(
            id=each.id,
            purpose=each.purpose,
            to=each.to,
            letter=each.letter_id,
            number=number,
            state=each.state,
            attempts=each.attempts,
            made_at=each.made_at,
            sent_at=each.sent_at,
            said=each.said,
        )
        for each, number in messages(store=house.store, actor=actor)
    ]


@router.post("/messages/{message_id}/again", status_code=204)
def send_again(house: HouseDep, actor: ApiActorDep, message_id: str, given: AgainIn) -> Response:
    """Put a message that failed back to be sent, to the address given."""
    post_again(message_id, given.to, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
