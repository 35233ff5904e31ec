"""Registers as one reads them: arrivals, departures, internal notes, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, HouseDep
from api.views.render import page, page_number
from api.views.words import REGISTERS, typed_day
from api.wiring import House
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction, State
from ged.mail.register_book import RegisterQuery
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


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a register, as typed."""

    du: str
    au: str
    n: str
    etat: str
    registre: str

    def period(self, house: House) -> tuple[date, date]:
        """Return the period typed; without one, this year up to today."""
        today = house.clock().date()
        first = parse_date(self.du, today) if self.du.strip() else None
        last = parse_date(self.au, today) if self.au.strip() else None
        return first or today.replace(month=1, day=1), last or today

    def query(self, direction: Direction, house: House) -> RegisterQuery:
        """Return what is read; a number is looked for in every year, unless days are typed too."""
        since, until = self.period(house)
        anywhere = bool(self.n.strip()) and not self.du.strip() and not self.au.strip()
        return RegisterQuery(
            self.registre,
            direction,
            None if anywhere else since,
            None if anywhere else until,
            number=self.n,
            state=self.etat,
        )

    @property
    def address(self) -> str:
        """The filters that are set, as a query string."""
        given = {"du": self.du, "au": self.au, "n": self.n, "etat": self.etat, "registre": self.registre}
        return urlencode({name: value for name, value in given.items() if value})


def asked_of(du: str = "", au: str = "", n: str = "", etat: str = "", registre: str = "") -> Asked:
    """Return what the address asks for."""
    return Asked(du[:30], au[:30], n[:60], etat[:30], registre)


AskedDep = Annotated[Asked, Depends(asked_of)]


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
    query = asked.query(direction, house)
    found = read_register(query, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    since, until = asked.period(house)
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
        "services": {one.id: one for one in consult.lists(store=house.store, actor=actor, clock=house.clock).entities},
        "fault": fault,
    }
    return page(request, "register.html", status=status, **values)
