"""Registers: their lines, prints, checks, years; numbers set apart for paper."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response, StreamingResponse

from api.deps import ApiActorDep, HouseDep
from api.files import stream_chunks
from api.schemas.letters import ReceiptOut
from api.schemas.registers import BlockIn, BlockOut, CancelIn, ClosingOut, PrintOut, RegisterOut, YearIn
from api.views.register_pdf import register_pdf
from ged.errors import Refused
from ged.mail.item import Direction
from ged.mail.register import Series
from ged.mail.register_book import RegisterQuery
from ged.services.capture import Door, PaperUse
from ged.services.check_register import check_registers
from ged.services.number_block import block_file, blocks, cancel_numbers, reserve
from ged.services.print_register import kept_prints, open_print, print_register
from ged.services.register_book import read_register
from ged.services.register_years import close_year, open_year
from ged.services.second_number import number_again
from ingest.capture.receive import receive

router = APIRouter(tags=["registers"])


@router.get("/registers/{direction}/{year}")
def read_one(
    house: HouseDep,
    actor: ApiActorDep,
    direction: Direction,
    year: int,
    register: str = "",
    number: Annotated[str, Query(max_length=60)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> RegisterOut:
    """Return some lines of a register in number order; without `register`, of the caller's first."""
    query = RegisterQuery(register, direction, year=year, number=number, newest_first=False)
    return RegisterOut.of(read_register(query, store=house.store, actor=actor, limit=limit, offset=offset))


@router.post("/registers/{direction}/prints", status_code=201)
def print_one(
    house: HouseDep,
    actor: ApiActorDep,
    direction: Direction,
    since: date | None = None,
    until: date | None = None,
    register: str = "",
) -> PrintOut:
    """Print a period of a register as PDF/A and keep the print."""
    made = print_register(
        RegisterQuery(register, direction, since, until),
        render=lambda sheet: register_pdf(sheet, actor.language),
        store=house.store,
        vault=house.vault,
        actor=actor,
        clock=house.clock,
    )
    return PrintOut.of(made)


@router.get("/register-prints")
def list_prints(
    house: HouseDep,
    actor: ApiActorDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[PrintOut]:
    """List the prints that are kept, newest first."""
    found, _ = kept_prints(store=house.store, actor=actor, limit=limit, offset=offset)
    return [PrintOut.of(one) for one in found]


@router.get("/register-prints/{print_id}", response_class=StreamingResponse)
def get_print(house: HouseDep, actor: ApiActorDep, print_id: str) -> StreamingResponse:
    """Return a kept print, byte for byte as it was made."""
    _, opened = open_print(print_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return StreamingResponse(stream_chunks(opened), media_type="application/pdf")


@router.get("/register-checks")
def check(house: HouseDep, actor: ApiActorDep, register: str = "") -> list[dict[str, object]]:
    """Check every year of a register, number by number: holes, doubles, dates; what is reserved and cancelled."""
    found = check_registers(register, store=house.store, actor=actor)
    return [one.report.plain() for one in found]


@router.post("/registers/{direction}/{year}/opening", status_code=204)
def open_one(
    house: HouseDep, actor: ApiActorDep, direction: Direction, year: int, register: str, asked: YearIn
) -> Response:
    """Open a year before its first number."""
    series = Series(register, direction, year)
    open_year(series, first=asked.first, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/registers/{direction}/{year}/closing", status_code=201)
def close_one(house: HouseDep, actor: ApiActorDep, direction: Direction, year: int, register: str) -> ClosingOut:
    """Close a year: check, closing print, no more numbers."""
    made = close_year(
        Series(register, direction, year),
        render=lambda sheet: register_pdf(sheet, actor.language),
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        actor=actor,
        clock=house.clock,
    )
    return ClosingOut.of(made)


@router.get("/number-blocks")
def list_blocks(
    house: HouseDep,
    actor: ApiActorDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[BlockOut]:
    """List numbers set apart for paper, open blocks first."""
    found, _ = blocks(store=house.store, actor=actor, limit=limit, offset=offset)
    return [BlockOut.of(block, waiting) for block, waiting in found]


@router.post("/number-blocks", status_code=201)
def reserve_some(house: HouseDep, actor: ApiActorDep, asked: BlockIn) -> BlockOut:
    """Set numbers apart for paper."""
    block = reserve(asked.direction, asked.count, asked.reason, store=house.store, actor=actor, clock=house.clock)
    return BlockOut.of(block, block.count)


@router.post("/number-blocks/{block_id}/numbers/{sequence}", status_code=201)
def enter_one(
    house: HouseDep,
    actor: ApiActorDep,
    block_id: str,
    sequence: int,
    file: Annotated[UploadFile, File()],
    at: Annotated[datetime, Form(description="When the number was used on paper, with its offset from UTC.")],
) -> ReceiptOut:
    """Enter a number that was used on paper."""
    if at.tzinfo is None:
        raise Refused("register.paper_unread", "L'heure du relevé porte son décalage : 2026-11-24T09:42:00+00:00.")
    found = block_file(block_id, store=house.store, actor=actor)
    receipt = receive(
        file.file,
        file.filename or "",
        door=Door.API,
        actor=actor,
        entrance=house.entrance,
        direction=found.block.series.direction,
        on_paper=PaperUse(block_id, sequence, at.astimezone(UTC)),
    )
    return ReceiptOut.of(receipt)


@router.post("/number-blocks/{block_id}/cancellations", status_code=204)
def cancel_some(house: HouseDep, actor: ApiActorDep, block_id: str, asked: CancelIn) -> Response:
    """Cancel a number of a block that was never used, or all that wait."""
    cancel_numbers(block_id, asked.sequence, asked.reason, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/letters/{letter_id}/second-number", status_code=201)
def give_second(house: HouseDep, actor: ApiActorDep, letter_id: str) -> dict[str, str]:
    """Give a letter the next number of the caller's service, which has it."""
    given = number_again(letter_id, store=house.store, actor=actor, clock=house.clock)
    return {"entity": given.entity_id, "number": given.number}
