"""« Échantillon »: letters drawn from a seed, each verified to its last byte; anybody draws the same again."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.prints import print_pdf
from api.views.render import language_of, page
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.audit import Draw, Stratum
from ged.services import consult
from ged.services.audit.draw import draw_letters, draw_of, draws
from ged.services.register_book import registers_of

router = APIRouter()


@router.get("/integrite/echantillon")
def ask(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the form, and the samples drawn before."""
    return _page(request, house, actor)


@router.post("/integrite/echantillon", dependencies=[FormCheck])
def draw(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    graine: Annotated[str, Form(max_length=200)] = "",
    nombre: Annotated[str, Form(max_length=4)] = "",
    registre: Annotated[str, Form(max_length=60)] = "",
    annee: Annotated[str, Form(max_length=4)] = "",
    nature: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Draw letters, verify each, and keep the sample."""
    typed = {"graine": graine, "nombre": nombre, "registre": registre, "annee": annee, "nature": nature}
    stratum = Stratum(registre, _count(annee) or None, nature)
    try:
        made = draw_letters(
            graine,
            stratum,
            _count(nombre),
            store=house.store,
            vault=house.vault,
            signer=house.signer,
            ledger=house.ledger,
            actor=actor,
            clock=house.clock,
            time_roots=house.time_roots,
        )
    except Refused as error:
        return _page(request, house, actor, fault=error, typed=typed)
    return RedirectResponse(f"/integrite/echantillon/{made.id}", status_code=303)


@router.get("/integrite/echantillon/{draw_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, draw_id: str) -> Response:
    """Show a sample."""
    return page(request, "sample.html", draw=draw_of(draw_id, store=house.store, actor=actor))


@router.get("/integrite/echantillon/{draw_id}/tableau.csv")
def table(house: HouseDep, actor: ActorDep, draw_id: str) -> Response:
    """Return a sample as a table."""
    made = draw_of(draw_id, store=house.store, actor=actor)
    text = StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(["clé", "numéro", "résultat", "détail"])
    rows.writerows([one.key, one.number, one.outcome, _cell(one.detail)] for one in made.lines)
    rows.writerow(["graine", made.seed, "", ""])
    headers = {"Content-Disposition": f'attachment; filename="echantillon-{made.id}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/integrite/echantillon/{draw_id}/feuille.pdf")
def paper(request: Request, house: HouseDep, actor: ActorDep, draw_id: str) -> Response:
    """Return a sample on paper."""
    made = draw_of(draw_id, store=house.store, actor=actor)
    headers = {"Content-Disposition": f'attachment; filename="echantillon-{made.id}.pdf"'}
    pdf = print_pdf("prints/sample.html", language_of(request), draw=made)
    return Response(pdf, media_type="application/pdf", headers=headers)


def _cell(text: str) -> str:
    """Return a cell that a spreadsheet takes for words, whatever it begins with."""
    return f"'{text}" if text[:1] in "=+-@\t" and text else text


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _page(
    request: Request, house: House, actor: Actor, *, fault: Refused | None = None, typed: dict[str, str] | None = None
) -> Response:
    before: tuple[Draw, ...] = draws(store=house.store, actor=actor)
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    values: dict[str, Any] = {
        "before": before,
        "offices": registers_of(store=house.store, actor=actor),
        "kinds": lists.kinds,
        "fault": fault,
        "typed": typed or {"graine": "", "nombre": "20", "registre": "", "annee": "", "nature": ""},
    }
    return page(request, "sample_ask.html", status=422 if fault else 200, **values)
