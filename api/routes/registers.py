"""Registers: their lines, prints, checks."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from api.deps import ApiActorDep, HouseDep
from api.files import stream_chunks
from api.schemas.registers import PrintOut, RegisterOut
from api.views.register_pdf import register_pdf
from ged.mail.item import Direction
from ged.mail.register_book import RegisterQuery
from ged.services.print_register import kept_prints, open_print, print_register
from ged.services.register_book import read_register

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
    _, opened = open_print(print_id, store=house.store, vault=house.vault, actor=actor)
    return StreamingResponse(stream_chunks(opened), media_type="application/pdf")
