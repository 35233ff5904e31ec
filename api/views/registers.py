"""Registers as one reads them, and as they are printed."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, HouseDep
from api.prints import print_pdf
from api.views.render import language_of, page, page_number
from api.wiring import House
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.mail.listing import Listing
from ged.services import consult
from ged.services.print_register import print_register

router = APIRouter()
PAGE_ROWS = 50


def _period(house: House, since: str, until: str) -> tuple[date, date]:
    """Return the period typed; without one, this year up to today."""
    today = house.clock().date()
    first = parse_date(since, today) if since.strip() else None
    last = parse_date(until, today) if until.strip() else None
    return first or today.replace(month=1, day=1), last or today


@router.get("/registres")
def registers() -> Response:
    """Go to the first register."""
    return RedirectResponse("/registres/arrivee", status_code=303)


@router.get("/registres/arrivee")
def incoming(request: Request, house: HouseDep, actor: ActorDep, du: str = "", au: str = "") -> Response:
    """Show the register of arrivals, newest first."""
    since, until = _period(house, du, au)
    number = page_number(request)
    listing = Listing(direction=Direction.INCOMING, since=since, until=until)
    found = consult.register(listing, store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "rows": found.rows,
        "total": found.total,
        "number": number,
        "pages": -(-found.total // PAGE_ROWS),
        "since": since,
        "until": until,
        "services": {entity.id: entity for entity in lists.entities},
    }
    return page(request, "register.html", **values)


@router.get("/registres/arrivee.pdf")
def printed(request: Request, house: HouseDep, actor: ActorDep, du: str = "", au: str = "") -> Response:
    """Return the register of arrivals on paper, in number order."""
    since, until = _period(house, du, au)
    made = print_register(Direction.INCOMING, since, until, store=house.store, actor=actor, clock=house.clock)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    services = {entity.id: entity for entity in lists.entities}
    pdf = print_pdf("prints/register.html", language_of(request), made=made, actor=actor, services=services)
    name = f"registre-arrivee-{since:%Y%m%d}-{until:%Y%m%d}.pdf"
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'})
