"""« Impressions »: registers on paper, each print kept and fetched again byte for byte."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import stream_chunks
from api.views.register_pdf import register_pdf
from api.views.register_query import Asked
from api.views.registers import register_page
from api.views.render import language_of, page, page_number
from api.views.words import REGISTERS
from ged.errors import Refused
from ged.mail.item import Direction
from ged.mail.register_book import RegisterQuery
from ged.services.print_register import kept_prints, open_print, print_register
from ged.services.register_book import registers_of

router = APIRouter()
PAGE_ROWS = 50


@router.post("/registres/{direction}/imprimer", dependencies=[FormCheck])
def print_one(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    direction: Direction,
    du: Annotated[str, Form(max_length=30)] = "",
    au: Annotated[str, Form(max_length=30)] = "",
    registre: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Print a period of a register, keep the print, and go to where it is kept."""
    asked = Asked(du, au, "", "", registre)
    since, until = asked.period(house.clock().date())
    try:
        made = print_register(
            RegisterQuery(registre, direction, since, until),
            render=lambda sheet: register_pdf(sheet, language_of(request)),
            store=house.store,
            vault=house.vault,
            actor=actor,
            clock=house.clock,
        )
    except Refused as error:
        return register_page(request, house, actor, direction, asked, fault=error.sentence, status=422)
    return RedirectResponse(f"/impressions?fait={made.id}", status_code=303)


@router.get("/registres/impressions/{print_id}")
def fetch(house: HouseDep, actor: ActorDep, print_id: str) -> Response:
    """Return a kept print, byte for byte as it was made."""
    made, opened = open_print(print_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    name = f"registre-{made.direction}-{made.since:%Y%m%d}-{made.until:%Y%m%d}-{made.sha256[:8]}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(stream_chunks(opened), media_type="application/pdf", headers=headers)


@router.get("/impressions")
def prints(request: Request, house: HouseDep, actor: ActorDep, fait: str = "") -> Response:
    """List the prints that are kept, newest first."""
    number = page_number(request)
    found, total = kept_prints(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return page(
        request,
        "register_prints.html",
        prints=found,
        done=next((one for one in found if one.id == fait), None),
        total=total,
        number=number,
        pages=-(-total // PAGE_ROWS),
        titles={direction: title for direction, (title, _) in REGISTERS.items()},
        offices={one.id: one for one in registers_of(store=house.store, actor=actor)},
    )
