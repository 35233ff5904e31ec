"""Departures: to whom a signed letter goes, its dispatch, what came back, the scan of a copy signed in ink."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response

from api.deps import ApiActorDep, HouseDep
from api.schemas.dispatch import AnnexOut, AnswerIn, DepartureOut, PlansIn, SendingOut
from api.schemas.letters import LetterOut
from ged.mail.journal import Act
from ged.services.capture import Door
from ged.services.departure_file import departure_file, open_annex
from ged.services.dispatch import answer, call_back, plan, send
from ged.services.ink import take_signed_copy
from ged.services.lay_out import preview
from ged.services.leave_line import leave_line
from ingest.capture.receive import keep

router = APIRouter(tags=["dispatch"])


@router.get("/drafts/{draft_id}/preview.pdf", response_class=Response)
def see_draft(house: HouseDep, actor: ApiActorDep, draft_id: str, version: int | None = None) -> Response:
    """Return a draft as it would leave, as PDF, without number, date or signature."""
    draft, pdf = preview(draft_id, version, store=house.store, vault=house.vault, press=house.press, actor=actor)
    leave_line(Act.DRAFT_READ, draft.id, store=house.store, actor=actor, clock=house.clock, file="apercu")
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "no-store"})


@router.post("/letters/{letter_id}/signed-copy")
def add_signed_copy(
    house: HouseDep, actor: ApiActorDep, letter_id: str, file: Annotated[UploadFile, File()]
) -> LetterOut:
    """Make the scan of the signed copy the original of a letter that was printed for a signature in ink."""
    paper = keep(file.file, file.filename or "", door=Door.API, actor=actor, entrance=house.entrance)
    return LetterOut.of(take_signed_copy(letter_id, paper, store=house.store, actor=actor, clock=house.clock))


@router.get("/letters/{letter_id}/sendings")
def show_departure(house: HouseDep, actor: ApiActorDep, letter_id: str) -> DepartureOut:
    """Return to whom a letter goes, what became of each sending, and its annexes."""
    file = departure_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    return DepartureOut(
        sendings=[SendingOut.of(each) for each in file.sendings], annexes=[AnnexOut.of(each) for each in file.annexes]
    )


@router.put("/letters/{letter_id}/sendings")
def plan_sendings(house: HouseDep, actor: ApiActorDep, letter_id: str, given: PlansIn) -> list[SendingOut]:
    """Plan the sendings that have not left anew: 409 when somebody planned or sent meanwhile."""
    plans, seen = tuple(each.value() for each in given.plans), frozenset(given.seen)
    planned = plan(letter_id, plans, seen, store=house.store, actor=actor, clock=house.clock)
    return [SendingOut.of(each) for each in planned]


@router.post("/letters/{letter_id}/dispatch")
def dispatch_letter(
    house: HouseDep, actor: ApiActorDep, letter_id: str, sendings: list[str] | None = None
) -> LetterOut:
    """Send a letter off: the sendings named, or all that are ready; all of it or nothing."""
    chosen = {letter_id: frozenset(sendings) if sendings is not None else None}
    return LetterOut.of(send(chosen, store=house.store, actor=actor, clock=house.clock)[0])


@router.post("/letters/{letter_id}/sendings/{sending_id}/answer")
def answer_sending(house: HouseDep, actor: ApiActorDep, letter_id: str, sending_id: str, given: AnswerIn) -> SendingOut:
    """Say what became of a sending."""
    said = answer(letter_id, sending_id, given.state, given.remark, store=house.store, actor=actor, clock=house.clock)
    return SendingOut.of(said)


@router.delete("/letters/{letter_id}/sendings/{sending_id}")
def recall_sending(house: HouseDep, actor: ApiActorDep, letter_id: str, sending_id: str) -> LetterOut:
    """Take back a sending that nobody has received: 409 when it is too late."""
    return LetterOut.of(call_back(letter_id, sending_id, store=house.store, actor=actor, clock=house.clock))


@router.get("/letters/{letter_id}/annexes/{annex_id}", response_class=Response)
def read_annex(house: HouseDep, actor: ApiActorDep, letter_id: str, annex_id: str) -> Response:
    """Return an annex, byte for byte."""
    _, found, opened = open_annex(
        letter_id, annex_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    with opened as stream:
        return Response(stream.read(), media_type=found.media_type, headers={"Cache-Control": "no-store"})
