"""One's own notices, for programs."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from ged.services.notices import choice_of, choose, mark_all_read, mine

router = APIRouter(tags=["notices"])


class NoticeOut(BaseModel):
    """A notice; `day` is the deadline it speaks of, `rank` which reminder it is."""

    id: str
    kind: str
    group: str
    at: datetime
    by: str
    day: date | None
    rank: int
    letter: str | None
    number: str
    address: str
    read: bool


class ChoiceIn(BaseModel):
    """How notices come by e-mail: `rien`, `immediat` or `resume` for each group, and the hour of the digest, UTC."""

    channels: dict[str, str]
    hour: int = Field(default=7, ge=0, le=23)


@router.get("/notices")
def list_notices(house: HouseDep, actor: ApiActorDep) -> list[NoticeOut]:
    """Return the caller's last notices, unread first."""
    return [
        NoticeOut(
            id=each.notice.id,
            kind=each.notice.kind,
            group=each.kind.group,
            at=each.notice.at,
            by=each.notice.by,
            day=each.notice.day,
            rank=each.notice.rank,
            letter=each.notice.letter_id,
            number=each.number,
            address=each.address,
            read=each.notice.read_at is not None,
        )
        for each in mine(store=house.store, actor=actor)
    ]


@router.post("/notices/read")
def read_notices(house: HouseDep, actor: ApiActorDep) -> dict[str, int]:
    """Mark every notice of the caller as read, and say how many were not."""
    return {"read": mark_all_read(store=house.store, actor=actor, clock=house.clock)}


@router.get("/notices/choice")
def get_choice(house: HouseDep, actor: ApiActorDep) -> ChoiceIn:
    """Return how the caller's notices come by e-mail."""
    choice, _ = choice_of(store=house.store, actor=actor)
    return ChoiceIn(channels={str(k): str(v) for k, v in choice.channels.items()}, hour=choice.hour)


@router.put("/notices/choice", status_code=204)
def put_choice(house: HouseDep, actor: ApiActorDep, given: ChoiceIn) -> Response:
    """Say how the caller's notices come by e-mail."""
    choose(given.channels, given.hour, store=house.store, actor=actor)
    return Response(status_code=204)
