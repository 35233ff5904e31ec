"""The scanner card of « Photographier » : which there are, start, stop, how it goes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import part
from ged.errors import Refused
from ged.mail.item import Direction
from ged.services.capture import open_directions
from ged.services.scan import ask_scan, last_scan, stop_scan

router = APIRouter(prefix="/photographier/scanner")


@router.get("")
def look(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show how the actor's last run goes."""
    return part(request, "parts/scan_run.html", run=last_scan(store=house.store, actor=actor))


@router.get("/{code}/capacites")
def abilities(request: Request, house: HouseDep, actor: ActorDep, code: str) -> Response:
    """Show whether a scanner answers, and what it can do."""
    open_directions(actor)
    scanner = house.scanners.get(code)
    if scanner is None:
        raise Refused("scanner.unknown", "Ce scanner n'est pas configuré. Choisissez-en un dans la liste.")
    return part(request, "parts/scanner_state.html", able=scanner.abilities())


@router.post("", dependencies=[FormCheck])
def start(
    house: HouseDep,
    actor: ActorDep,
    scanner: Annotated[str, Form(max_length=60)] = "",
    registre: Annotated[str, Form(max_length=20)] = "",
    resolution: Annotated[int, Form(ge=75, le=1200)] = 300,
    couleur: Annotated[str, Form(max_length=10)] = "",
    chargeur: Annotated[str, Form(max_length=10)] = "",
    recto_verso: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Ask for a run."""
    if scanner not in house.scanners:
        raise Refused("scanner.unknown", "Ce scanner n'est pas configuré. Choisissez-en un dans la liste.")
    ask_scan(
        scanner,
        Direction(registre) if registre in set(Direction) else open_directions(actor)[0],
        resolution_dpi=resolution,
        colour=bool(couleur),
        feeder=bool(chargeur),
        duplex=bool(recto_verso),
        store=house.store,
        actor=actor,
        clock=house.clock,
    )
    return RedirectResponse("/photographier", status_code=303)


@router.post("/arreter", dependencies=[FormCheck])
def stop(house: HouseDep, actor: ActorDep) -> Response:
    """Ask the run to stop; the pages that were read stay."""
    stop_scan(store=house.store, actor=actor)
    return RedirectResponse("/photographier", status_code=303)
