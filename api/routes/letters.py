"""Letters: capture, read, qualify, files."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, Header, Query, Request, UploadFile
from fastapi.responses import JSONResponse, Response, StreamingResponse

from api.deps import ApiActorDep, HouseDep
from api.files import file_response
from api.routes.cursors import read_cursor, write_cursor
from api.schemas.letters import (
    CorrectionIn,
    DecisionIn,
    FileOut,
    HistoryOut,
    LetterOut,
    ListOut,
    ReceiptOut,
    VerdictOut,
)
from api.views.history import csv_response, pdf_response, teller_of
from api.views.history_words import as_csv
from ged.mail.item import Direction, State
from ged.mail.listing import Listing
from ged.services import consult, idempotent
from ged.services.capture import Door
from ged.services.correct import correct
from ged.services.qualify import qualify
from ged.services.tell_history import Medium, tell_history
from ged.services.verify import digest_of, verify_letter
from ingest.capture.receive import SheetsBack, receive_scan

router = APIRouter(tags=["letters"])


@router.post("/letters", status_code=201, response_model=ReceiptOut)
def capture_letter(
    house: HouseDep,
    actor: ApiActorDep,
    file: Annotated[UploadFile, File()],
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    direction: Annotated[Direction, Form()] = Direction.INCOMING,
    received_on: Annotated[date | None, Form()] = None,
) -> Response:
    """Register a letter. The same `Idempotency-Key` again gives the first answer, for the same file only.

    202 for a file of the house's own sheets come back: it is no letter, and the answer says what became of them.
    """
    digest, _ = digest_of(file.file)
    file.file.seek(0)
    if idempotency_key is not None:
        earlier = idempotent.answered(idempotency_key, digest, store=house.store, actor=actor)
        if earlier is not None:
            return JSONResponse(earlier, status_code=201)
    receipt = receive_scan(
        file.file,
        file.filename or "",
        door=Door.API,
        actor=actor,
        entrance=house.entrance,
        direction=direction,
        received_on=received_on,
    )
    if isinstance(receipt, SheetsBack):
        return JSONResponse({"sheets": [each.sentence for each in receipt.sheets]}, status_code=202)
    answer = ReceiptOut.of(receipt).model_dump(mode="json")
    if idempotency_key is not None:
        idempotent.remember(idempotency_key, digest, answer, store=house.store, actor=actor, clock=house.clock)
    return JSONResponse(answer, status_code=201)


@router.get("/letters")
def list_letters(
    house: HouseDep,
    actor: ApiActorDep,
    state: Annotated[list[State] | None, Query()] = None,
    direction: Direction | None = None,
    year: int | None = None,
    *,
    urgent: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> ListOut:
    """List letters, newest first, only those that the caller may read."""
    listing = Listing(states=tuple(state or ()), direction=direction, year=year, urgent=urgent)
    page = consult.letters(listing, store=house.store, actor=actor, limit=limit, after=read_cursor(cursor))
    return ListOut.of(page.rows, page.total, write_cursor(page.following))


@router.get("/letters/{letter_id}")
def get_letter(house: HouseDep, actor: ApiActorDep, letter_id: str) -> FileOut:
    """Return a letter with its text, proposals, decisions, seal and history."""
    return FileOut.of(consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock))


@router.post("/letters/{letter_id}/qualification")
def qualify_letter(house: HouseDep, actor: ApiActorDep, letter_id: str, decision: DecisionIn) -> LetterOut:
    """Qualify a letter: 409 when somebody did first, 422 with one sentence a field when something is missing."""
    return LetterOut.of(qualify(letter_id, decision.value(), store=house.store, actor=actor, clock=house.clock))


@router.post("/letters/{letter_id}/correction")
def correct_letter(house: HouseDep, actor: ApiActorDep, letter_id: str, correction: CorrectionIn) -> LetterOut:
    """Correct the data of a letter under way, which stays where it is; `service` is not looked at."""
    changed = correct(
        letter_id, correction.value(), correction.reason, store=house.store, actor=actor, clock=house.clock
    )
    return LetterOut.of(changed)


@router.get("/letters/{letter_id}/history")
def get_history(house: HouseDep, actor: ApiActorDep, letter_id: str) -> HistoryOut:
    """Return what happened to a letter, each event with its chained digest; the export is journaled."""
    return HistoryOut.of(tell_history(letter_id, Medium.JSON, store=house.store, actor=actor, clock=house.clock))


@router.get("/letters/{letter_id}/history.csv", response_class=Response)
def get_history_table(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Return the history as a table with semicolons, in French."""
    history = tell_history(letter_id, Medium.CSV, store=house.store, actor=actor, clock=house.clock)
    return csv_response(as_csv(history, teller_of(house, actor, "fr")), history.letter.number)


@router.get("/letters/{letter_id}/history.pdf", response_class=Response)
def get_history_paper(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Return the history on paper, in French."""
    return pdf_response(letter_id, house, actor, "fr")


@router.get("/letters/{letter_id}/original", response_class=StreamingResponse)
def get_original(house: HouseDep, actor: ApiActorDep, request: Request, letter_id: str) -> Response:
    """Return the original, byte for byte as it came."""
    letter, stream = consult.original(letter_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    kept = {"media_type": letter.media_type, "name": letter.number, "digest": letter.original}
    return file_response(request, stream, letter, **kept)


@router.get("/letters/{letter_id}/rendition", response_class=StreamingResponse)
def get_rendition(house: HouseDep, actor: ApiActorDep, request: Request, letter_id: str) -> Response:
    """Return the searchable copy, PDF."""
    letter, stream = consult.searchable(letter_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return file_response(request, stream, letter, media_type="application/pdf", name=f"{letter.number}-copie")


@router.get("/letters/{letter_id}/pages/{number}/image", response_class=StreamingResponse)
def get_image(
    house: HouseDep, actor: ApiActorDep, request: Request, letter_id: str, number: int, *, width: int = 909
) -> Response:
    """Return the image of a page, the one nearest to `width` pixels."""
    letter, sort, stream = consult.page_image(
        letter_id, number, width, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return file_response(request, stream, letter, media_type=sort)


@router.get("/letters/{letter_id}/proof")
def prove_letter(house: HouseDep, actor: ApiActorDep, letter_id: str) -> VerdictOut:
    """Read the stored original anew, every byte, and say whether it is what was sealed."""
    verdict = verify_letter(
        letter_id,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
        time_roots=house.time_roots,
    )
    return VerdictOut.of(verdict, None)
