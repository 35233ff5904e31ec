"""Registers as one reads them: arrivals, departures, internal notes, on one page."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, HouseDep
from api.views.register_query import Asked, AskedDep
from api.views.render import page, page_number
from api.views.words import REGISTERS, typed_day
from api.wiring import House
from ged.mail.access import KEEPS_REGISTER
from ged.mail.item import Direction, State
from ged.mail.moves import LEADING
from ged.mail.register_check import Use
from ged.services import consult
from ged.services.register_book import read_register, registers_of

router = APIRouter()
PAGE_ROWS = 50
STATES = (
    State.TO_QUALIFY,
    State.ASSIGNED,
    State.IN_PROGRESS,
    State.WAITING,
    State.DISPATCHED,
    State.DONE,
    State.CANCELLED,
    Use.RESERVED,
)
"""The states that the register's filter offers."""


@router.get("/registres")
def registers() -> Response:
    """Go to the first register."""
    return RedirectResponse("/registres/arrivee", status_code=303)


@router.get("/registres/{direction}")
def register(request: Request, house: HouseDep, actor: ActorDep, direction: Direction, asked: AskedDep) -> Response:
    """Show a register, the last number first."""
    return register_page(request, house, actor, direction, asked)


def register_page(
    request: Request,
    house: House,
    actor: Any,
    direction: Direction,
    asked: Asked,
    *,
    fault: str = "",
    status: int = 200,
) -> Response:
    """Return the page of a register, with what was wrong with the last act said."""
    number = page_number(request)
    offices = registers_of(store=house.store, actor=actor)
    query = asked.query(direction, house.clock().date())
    found = read_register(query, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    since, until = asked.period(house.clock().date())
    values: dict[str, Any] = {
        "direction": direction,
        "directions": tuple(Direction),
        "title": REGISTERS[direction][0],
        "lines": found.lines,
        "total": found.total,
        "number": number,
        "pages": -(-found.total // PAGE_ROWS),
        "asked": asked,
        "since": typed_day(since),
        "until": typed_day(until),
        "offices": offices,
        "office": next((one.id for one in offices if asked.registre in {"", one.id}), ""),
        "states": STATES,
        "services": consult.lists(store=house.store, actor=actor, clock=house.clock).known,
        "ticks": any(post.role in LEADING | KEEPS_REGISTER for post in actor.posts),
        "fault": fault,
    }
    return page(request, "register.html", status=status, **values)
