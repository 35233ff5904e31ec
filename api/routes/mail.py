"""E-mail in, for programs: the pieces of a letter, and the messages set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel

from api.deps import ApiActorDep, HouseDep
from api.files import file_response
from api.mailbox.asides import register_aside
from ged.services.capture_mail import asides, settle_aside
from ged.services.pieces import open_piece, pieces_of

router = APIRouter(tags=["mail"])


class PieceOut(BaseModel):
    """A piece of a letter; `pages` is 0 when it is not shown page by page, and `remark` says why."""

    rank: int
    parent: int | None
    name: str
    media_type: str
    size: int
    sha256: str
    pages: int
    remark: str


class AsideOut(BaseModel):
    """A message set aside."""

    id: str
    box: str
    sender: str
    subject: str
    reason: str
    at: datetime
    settled_at: datetime | None
    letter: str | None


class DecisionIn(BaseModel):
    """What a person says of a message set aside."""

    decision: Literal["enregistrer", "ecarter"]


@router.get("/letters/{letter_id}/pieces")
def list_pieces(house: HouseDep, actor: ApiActorDep, letter_id: str) -> list[PieceOut]:
    """Return the pieces of a letter."""
    return [
        PieceOut(
            rank=each.rank,
            parent=each.parent,
            name=each.name,
            media_type=each.media_type,
            size=each.size,
            sha256=each.digest,
            pages=each.page_count,
            remark=each.remark,
        )
        for each in pieces_of(letter_id, store=house.store, actor=actor)
    ]


@router.get("/letters/{letter_id}/pieces/{rank}", response_class=StreamingResponse)
def get_piece(house: HouseDep, actor: ApiActorDep, request: Request, letter_id: str, rank: int) -> Response:
    """Return a piece, byte for byte."""
    letter, found, opened = open_piece(
        letter_id, rank, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    answer = file_response(request, opened, letter, media_type="application/octet-stream", digest=found.digest)
    answer.headers["Content-Disposition"] = f'attachment; filename="{letter.number}-piece-{rank}.bin"'
    return answer


@router.get("/mail/aside")
def list_asides(house: HouseDep, actor: ApiActorDep) -> list[AsideOut]:
    """Return the messages set aside in the caller's registers, what waits first."""
    return [
        AsideOut(
            id=each.id,
            box=each.box,
            sender=each.sender,
            subject=each.subject,
            reason=each.reason,
            at=each.at,
            settled_at=each.settled_at,
            letter=each.letter_id,
        )
        for each in asides(store=house.store, actor=actor)
    ]


@router.post("/mail/aside/{aside_id}")
def decide_aside(house: HouseDep, actor: ApiActorDep, aside_id: str, given: DecisionIn) -> dict[str, str | None]:
    """Register a message set aside as a letter, or leave it out; give the letter's id, null when left out."""
    if given.decision == "enregistrer":
        return {"letter": register_aside(aside_id, house, actor).letter_id}
    settle_aside(aside_id, None, store=house.store, actor=actor, clock=house.clock)
    return {"letter": None}
