"""« Contrôle du registre »: each year checked number by number, opened, closed with its print."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.register_pdf import register_pdf
from api.views.render import language_of, page
from api.views.words import REGISTERS
from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.register import Series
from ged.mail.said import Said
from ged.services.check_register import check_registers
from ged.services.register_book import registers_of
from ged.services.register_years import close_year, open_year

router = APIRouter()


@router.get("/controle")
def checks(request: Request, house: HouseDep, actor: ActorDep, registre: str = "", fait: str = "") -> Response:
    """Check every year of a register and show what was found."""
    return _page(request, house, actor, registre[:60], done=fait)


@router.post("/controle/ouvrir", dependencies=[FormCheck])
def open_one(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    registre: Annotated[str, Form(max_length=60)],
    direction: Annotated[Direction, Form()],
    annee: Annotated[str, Form(max_length=4)] = "",
    premier: Annotated[str, Form(max_length=8)] = "1",
) -> Response:
    """Open a year before its first number."""
    try:
        series = Series(registre, direction, _count(annee))
        open_year(series, first=_count(premier), store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict, Forbidden) as error:
        return _page(request, house, actor, registre, fault=error, typed={"annee": annee, "premier": premier})
    return RedirectResponse(f"/controle?registre={registre}&fait=ouvert", status_code=303)


@router.post("/controle/clore", dependencies=[FormCheck])
def close_one(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    registre: Annotated[str, Form(max_length=60)],
    direction: Annotated[Direction, Form()],
    annee: Annotated[str, Form(max_length=4)] = "",
    certain: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Close a year; typing it again says that one is certain."""
    try:
        _refuse_uncertain(annee, certain)
        close_year(
            Series(registre, direction, _count(annee)),
            render=lambda sheet: register_pdf(sheet, language_of(request)),
            store=house.store,
            vault=house.vault,
            signer=house.signer,
            ledger=house.ledger,
            actor=actor,
            clock=house.clock,
        )
    except (Refused, NotFound, Forbidden) as error:
        return _page(request, house, actor, registre, fault=error)
    return RedirectResponse(f"/controle?registre={registre}&fait=clos", status_code=303)


def _refuse_uncertain(year: str, typed: str) -> None:
    if typed.strip() != year:
        raise Refused(
            "register.not_certain",
            Said("Pour clore, retapez l'année %(year)s dans le champ de confirmation. Rien n'a été changé.", year=year),
        )


def _count(text: str) -> int:
    """Return the number typed; 0, which every rule refuses, when it is none."""
    return int(text) if text.isascii() and text.isdigit() else 0


def _page(
    request: Request,
    house: House,
    actor: Actor,
    register_id: str,
    *,
    fault: Refused | Conflict | Forbidden | NotFound | None = None,
    typed: dict[str, str] | None = None,
    done: str = "",
) -> Response:
    offices = registers_of(store=house.store, actor=actor)
    today = house.clock().date()
    status = {"conflict": 409, "forbidden": 403, "not_found": 404}.get(fault.kind, 422) if fault else 200
    values: dict[str, Any] = {
        "checked": check_registers(register_id, store=house.store, actor=actor),
        "offices": offices,
        "office": next(one for one in offices if register_id in {"", one.id}),
        "titles": {direction: title for direction, (title, _) in REGISTERS.items()},
        "directions": tuple(Direction),
        "now": house.clock(),
        "today": today,
        "fault": fault,
        "typed": typed or {"annee": str(today.year + 1), "premier": "1"},
        "done": done,
    }
    return page(request, "register_checks.html", status=status, **values)
