"""« Éliminations »: lists prepared, corrected, visaed, approved by a second person, followed, certified."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.views.render import page, page_number, part
from api.views.words import DISPOSAL_LINES, DISPOSAL_STATES
from api.wiring import House
from ged.errors import Conflict, Forbidden, GedError, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.disposal import Disposal, DisposalState
from ged.services import consult
from retention.disposal import lists
from retention.disposal.carry_out import when_backups_end
from retention.disposal.certificate import certificate_of

router = APIRouter()
PAGE_ROWS, LINE_ROWS = 25, 50
Reason = Annotated[str, Form(max_length=500)]


@router.get("/eliminations")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the lists of disposal, and how to make one."""
    return _list(request, house, actor)


@router.post("/eliminations", dependencies=[FormCheck])
def prepare(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Make a list of what may be destroyed today."""
    try:
        made = lists.prepare(store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _list(request, house, actor, error)
    return _to(made.id)


@router.get("/eliminations/{disposal_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, disposal_id: str) -> Response:
    """Show a list, line by line."""
    return _page(request, house, actor, disposal_id)


@router.get("/eliminations/{disposal_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, disposal_id: str) -> Response:
    """Say how far a disposal is; one that has ended is shown anew."""
    file = lists.disposal_file(disposal_id, store=house.store, actor=actor, limit=1)
    if file.disposal.state is not DisposalState.APPROVED:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return part(request, "disposals/progress.html", **_words(), one=file.disposal, counts=file.counts)


@router.post("/eliminations/{disposal_id}/retrait/{letter_id}", dependencies=[FormCheck])
def remove(
    request: Request, house: HouseDep, actor: ActorDep, disposal_id: str, letter_id: str, motif: Reason = ""
) -> Response:
    """Take a letter, or a piece by its id, off a list."""
    try:
        lists.remove(disposal_id, letter_id, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, disposal_id, error)
    return _to(disposal_id)


@router.post("/eliminations/{disposal_id}/visa", dependencies=[FormCheck])
def visa(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    disposal_id: str,
    poste: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Give the archivist's visa."""
    try:
        lists.visa(disposal_id, poste, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, disposal_id, error)
    return _to(disposal_id)


@router.post("/eliminations/{disposal_id}/approbation", dependencies=[FormCheck])
def approve(request: Request, house: HouseDep, actor: ActorDep, disposal_id: str) -> Response:
    """Approve a list as the second person."""
    try:
        lists.approve(disposal_id, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict, Forbidden) as error:
        return _page(request, house, actor, disposal_id, error)
    return _to(disposal_id)


@router.post("/eliminations/{disposal_id}/renvoi", dependencies=[FormCheck])
def send_back(request: Request, house: HouseDep, actor: ActorDep, disposal_id: str, motif: Reason = "") -> Response:
    """Send a list back to whoever prepared it."""
    try:
        lists.send_back(disposal_id, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, disposal_id, error)
    return RedirectResponse("/eliminations", status_code=303)


@router.post("/eliminations/{disposal_id}/abandon", dependencies=[FormCheck])
def abandon(request: Request, house: HouseDep, actor: ActorDep, disposal_id: str, motif: Reason = "") -> Response:
    """Give a list up."""
    try:
        lists.abandon(disposal_id, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _page(request, house, actor, disposal_id, error)
    return _to(disposal_id)


@router.get("/eliminations/{disposal_id}/certificat.pdf")
def certificate(house: HouseDep, actor: ActorDep, disposal_id: str) -> Response:
    """Return the certificate as it was sealed."""
    one, opened = certificate_of(disposal_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return served(opened, media_type="application/pdf", name=f"certificat-{one.number}")


@router.get("/courrier/{letter_id}/certificat.pdf")
def certificate_of_letter(house: HouseDep, actor: ActorDep, letter_id: str) -> Response:
    """Return the certificate of the disposal that destroyed a letter, to whoever may read every letter on it."""
    found = lists.of_letter(letter_id, store=house.store, actor=actor)
    if found is None:
        raise NotFound("disposal.unknown", "Ce courrier n'est pas éliminé.")
    return certificate(house, actor, found[0].id)


@router.get("/dossiers/{dossier_id}/pieces/{document_id}/certificat.pdf")
def certificate_of_piece(house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str) -> Response:
    """Return the certificate of the disposal that destroyed a piece, to whoever may read every line of it."""
    found = lists.of_pieces(dossier_id, store=house.store, actor=actor).get(document_id)
    if found is None:
        raise NotFound("disposal.unknown", "Cette pièce n'est pas éliminée.")
    return certificate(house, actor, found[0].id)


def destroyed_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the page of a letter says of its disposal."""
    return {"destroyed": lists.of_letter(letter_id, store=house.store, actor=actor)}


def _words() -> dict[str, Any]:
    return {"states": DISPOSAL_STATES, "line_states": DISPOSAL_LINES}


def _list(
    request: Request,
    house: House,
    actor: Actor,
    fault: Refused | Conflict | None = None,
) -> Response:
    number = page_number(request)
    rows, total = lists.listed(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return page(
        request,
        "disposals/list.html",
        status=_status(fault),
        rows=rows,
        total=total,
        number=number,
        pages=-(-total // PAGE_ROWS),
        fault=fault,
        **_words(),
    )


def _page(request: Request, house: House, actor: Actor, disposal_id: str, fault: GedError | None = None) -> Response:
    number = page_number(request)
    file = lists.disposal_file(
        disposal_id, store=house.store, actor=actor, limit=LINE_ROWS, offset=(number - 1) * LINE_ROWS
    )
    seats = {seat.position.id: seat for seat in consult.lists(store=house.store, actor=actor, clock=house.clock).seats}
    asked = "viser" in file.may
    return page(
        request,
        "disposals/show.html",
        status=_status(fault),
        file=file,
        fault=fault,
        wrong=_wrong(fault),
        number=number,
        pages=-(-file.seen // LINE_ROWS),
        seats=seats,
        approvers=lists.approvers(disposal_id, store=house.store, actor=actor, clock=house.clock) if asked else (),
        backups_end=_backups_end(file.disposal, house),
        **_words(),
    )


def _backups_end(one: Disposal, house: House) -> Any:
    return when_backups_end(one.finished_at, house.settings.disposal.backup_days) if one.finished_at else None


def _status(fault: GedError | None) -> int:
    return {None: 200, "conflict": 409, "forbidden": 403}.get(fault.kind if fault else None, 422)


def _wrong(fault: GedError | None) -> str:
    return str(fault.diagnostics().get("field", "")) if fault else ""


def _to(disposal_id: str) -> Response:
    return RedirectResponse(f"/eliminations/{disposal_id}", status_code=303)
