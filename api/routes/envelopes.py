"""Sealed envelopes: registered from their cover, handed over, kept closed or opened into the circuit."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.letters import LetterOut, ReceiptOut
from ged.mail.envelope import Cover, Nature
from ged.mail.item import Confidentiality
from ged.services.capture import Door
from ged.services.envelope import hand_over_envelope, keep_closed
from ingest.capture.open_envelope import open_envelope
from ingest.capture.receive import receive

router = APIRouter(tags=["envelopes"])


@router.post("/envelopes", status_code=201)
def register(
    house: HouseDep,
    actor: ApiActorDep,
    cover: Annotated[UploadFile, File(description="Image of the cover.")],
    nature: Annotated[Nature, Form()],
    position: Annotated[str, Form(description="Code of the position it is for.")],
    sender: Annotated[str, Form(max_length=300)] = "",
    reference: Annotated[str, Form(max_length=200)] = "",
    opens_at: Annotated[datetime | None, Form(description="Of a tender, with its offset from UTC.")] = None,
) -> ReceiptOut:
    """Register an envelope, unopened."""
    opening = opens_at.astimezone(UTC) if opens_at else None
    receipt = receive(
        cover.file,
        cover.filename or "",
        door=Door.API,
        actor=actor,
        entrance=house.entrance,
        sealed=Cover(nature, position, sender, reference, opening),
    )
    return ReceiptOut.of(receipt)


@router.post("/envelopes/{letter_id}/hand-over", status_code=204)
def hand_over(
    house: HouseDep, actor: ApiActorDep, letter_id: str, name: Annotated[str, Form(max_length=120)]
) -> Response:
    """Write that an envelope was given to its addressee, and who took it."""
    hand_over_envelope(letter_id, name, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/envelopes/{letter_id}/keep", status_code=204)
def keep(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Keep an envelope closed, out of the basket."""
    keep_closed(letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/envelopes/{letter_id}/release", status_code=201)
def open_one(
    house: HouseDep,
    actor: ApiActorDep,
    letter_id: str,
    content: Annotated[UploadFile, File()],
    level: Annotated[Confidentiality, Form()] = Confidentiality.INTERNAL,
) -> LetterOut:
    """Put what was in an envelope into the circuit, under its number."""
    opened = open_envelope(
        content.file, content.filename or "", letter_id, level, door=Door.API, actor=actor, entrance=house.entrance
    )
    return LetterOut.of(opened)
