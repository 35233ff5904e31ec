"""« Lots à préparer » : what the scanner gave, page by page on a board, before it is numbered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.views.render import page, part
from api.views.words import _
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.batch import Batch, BatchState, Sides
from ged.mail.batch_acts import BoardAct, BoardOrder
from ged.mail.batch_sheet import declared
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.services import consult
from ged.services.amend_batch import Said, amend_batch
from ged.services.capture import Door
from ged.services.close_batch import confirm_batch, drop_batch
from ged.services.lay_out_batch import act_on_batch
from ged.services.open_batch import NewBatch, open_batch
from ged.services.read_batch import BatchView, batch_picture, batch_view, batches
from ingest.capture.deposit import deposit
from ingest.capture.names import shown_name
from ingest.readers.table import accepted

router = APIRouter()
UNREAD_DAY = _("La date de réception ne se lit pas. Rien n'a été enregistré : écrivez-la comme 31/12/2026.")
REASONS = (
    _("Doublon"),
    _("Mal numérisée, numérisée de nouveau"),
    _("Page de garde ou intercalaire"),
    _("N'est pas du courrier"),
)
"""Reasons offered for pages set aside; any other may be written."""


@router.get("/lots")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """List the lots that wait, and those closed last; offer to deposit another."""
    return _list(request, house, actor)


@router.post("/lots", dependencies=[FormCheck])
def take(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    fichiers: Annotated[list[UploadFile] | None, File()] = None,
    libelle: Annotated[str, Form(max_length=200)] = "",
    registre: Annotated[Direction, Form()] = Direction.INCOMING,
    faces: Annotated[Sides, Form()] = Sides.FRONT,
    recu: Annotated[str, Form(max_length=30)] = "",
    plis: Annotated[str, Form(max_length=6)] = "",
    pages: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Open a lot with the files sent, and go to its board; a file that is refused is named there."""
    typed = {"libelle": libelle, "registre": registre, "faces": faces, "recu": recu, "plis": plis, "pages": pages}
    given = [file for file in fichiers or () if file.filename or file.size]
    try:
        letters, written = declared(plis, pages)
        new = NewBatch(Door.UPLOAD, libelle, registre, faces, _day(recu, house), letters, written)
        _refuse_nothing(given)
        opened = open_batch(new, store=house.store, actor=actor, clock=house.clock)
    except Refused as error:
        return _list(request, house, actor, typed=typed, fault=error)
    return _deposited(request, house, actor, opened.id, given)


@router.post("/lots/{batch_id}/fichiers", dependencies=[FormCheck])
def add(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    batch_id: str,
    fichiers: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Add files to a lot."""
    given = [file for file in fichiers or () if file.filename or file.size]
    return _deposited(request, house, actor, batch_id, given)


@router.get("/lots/{batch_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, batch_id: str) -> Response:
    """Show a lot."""
    return _lot(request, house, actor, batch_id)


@router.post("/lots/{batch_id}/annonce", dependencies=[FormCheck])
def amend(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    batch_id: str,
    libelle: Annotated[str, Form(max_length=200)] = "",
    faces: Annotated[Sides, Form()] = Sides.FRONT,
    recu: Annotated[str, Form(max_length=30)] = "",
    plis: Annotated[str, Form(max_length=6)] = "",
    pages: Annotated[str, Form(max_length=6)] = "",
) -> Response:
    """Put right what was said of a lot when it was opened."""
    typed = {"libelle": libelle, "faces": faces, "recu": recu, "plis": plis, "pages": pages}
    try:
        said = Said(libelle, faces, _day(recu, house), *declared(plis, pages))
        amend_batch(batch_id, said, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _lot(request, house, actor, batch_id, fault=error, typed=typed)
    return RedirectResponse(f"/lots/{batch_id}", status_code=303)


@router.get("/lots/{batch_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, batch_id: str, revision: int = 0) -> Response:
    """Say how far the machine's part is; a board that changed meanwhile is shown anew."""
    view = batch_view(batch_id, store=house.store, actor=actor)
    working = view.looking or view.batch.state is BatchState.REGISTERING
    if not working or view.batch.revision != revision:
        return Response(status_code=204, headers={"HX-Refresh": "true"})
    return part(request, "parts/batch_progress.html", view=view, batch=view.batch)


@router.post("/lots/{batch_id}", dependencies=[FormCheck])
def act(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    batch_id: str,
    acte: Annotated[str, Form(max_length=30)] = "",
    revision: Annotated[int, Form()] = 0,
    choix: Annotated[list[str] | None, Form()] = None,
    en_main: Annotated[str, Form(max_length=20)] = "",
    motif: Annotated[str, Form(max_length=300)] = "",
) -> Response:
    """Do one act on the board: on the pages ticked, or on the one in hand."""
    fault: GedError | None = None
    try:
        if acte in set(BoardAct):
            keys = tuple(choix or ([en_main] if en_main else []))
            order = BoardOrder(BoardAct(acte), revision, keys, before=en_main, reason=motif)
            act_on_batch(batch_id, order, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        fault = error
    if request.headers.get("x-board"):
        status = 200 if fault is None else 409 if isinstance(fault, Conflict) else 422
        view = batch_view(batch_id, store=house.store, actor=actor)
        return part(request, "parts/batch_board.html", status=status, **_context(view, house, actor, fault))
    if fault is not None:
        return _lot(request, house, actor, batch_id, fault=fault)
    return RedirectResponse(f"/lots/{batch_id}", status_code=303)


@router.post("/lots/{batch_id}/enregistrer", dependencies=[FormCheck])
def confirm(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    batch_id: str,
    revision: Annotated[int, Form()] = 0,
    juste: Annotated[str, Form(max_length=5)] = "",
) -> Response:
    """Ask for the letters of the board."""
    try:
        confirm_batch(batch_id, revision, despite_doubts=bool(juste), store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _lot(request, house, actor, batch_id, fault=error)
    return RedirectResponse(f"/lots/{batch_id}", status_code=303)


@router.post("/lots/{batch_id}/ecarter", dependencies=[FormCheck])
def drop(
    request: Request, house: HouseDep, actor: ActorDep, batch_id: str, motif: Annotated[str, Form(max_length=500)] = ""
) -> Response:
    """Set the whole lot aside."""
    try:
        drop_batch(batch_id, motif, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _lot(request, house, actor, batch_id, fault=error)
    return RedirectResponse("/lots", status_code=303)


@router.get("/lots/{batch_id}/page/{key}.webp")
def picture(house: HouseDep, actor: ActorDep, batch_id: str, key: str, grande: str = "") -> Response:
    """Return the picture of a page."""
    opened = batch_picture(
        batch_id, key, large=bool(grande), store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    answer = served(opened, media_type="image/webp", name=f"page-{key}")
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


def _day(typed: str, house: House) -> date | None:
    found = parse_date(typed, house.clock().date()) if typed.strip() else None
    if typed.strip() and found is None:
        raise Refused("batch.day", UNREAD_DAY, field="recu")
    return found


def _refuse_nothing(given: list[UploadFile]) -> None:
    if not given:
        raise Refused("batch.no_file", "Choisissez au moins un fichier.", field="fichiers")


def _deposited(request: Request, house: House, actor: Actor, batch_id: str, given: list[UploadFile]) -> Response:
    refused = []
    for file in given:
        name = shown_name(file.filename or "")
        try:
            deposit(file.file, name, batch_id, door=Door.UPLOAD, actor=actor, entrance=house.entrance)
        except Refused as error:
            refused.append((name, error.sentence))
    if refused:
        return _lot(request, house, actor, batch_id, refused=refused)
    return RedirectResponse(f"/lots/{batch_id}", status_code=303)


def _list(
    request: Request,
    house: House,
    actor: Actor,
    *,
    typed: dict[str, Any] | None = None,
    fault: GedError | None = None,
) -> Response:
    waiting, recent = batches(store=house.store, actor=actor)
    empty = {
        "libelle": "",
        "registre": Direction.INCOMING,
        "faces": Sides.FRONT,
        "recu": "",
        "plis": "",
        "pages": "",
    }
    return page(
        request,
        "batches.html",
        status=422 if fault else 200,
        waiting=waiting,
        recent=recent,
        typed=typed or empty,
        fault=fault,
        field=fault.diagnostics().get("field") if fault else None,
        directions=tuple(Direction),
        sides=(Sides.FRONT, Sides.BOTH),
        accepted=accepted(paged=True),
        limit_mb=house.settings.capture.max_megabytes,
    )


def _lot(
    request: Request,
    house: House,
    actor: Actor,
    batch_id: str,
    *,
    fault: GedError | None = None,
    refused: list[tuple[str, str]] | None = None,
    typed: dict[str, Any] | None = None,
) -> Response:
    view = batch_view(batch_id, store=house.store, actor=actor)
    status = 200 if fault is None and not refused else 409 if isinstance(fault, Conflict) else 422
    context = _context(view, house, actor, fault)
    batch = view.batch
    context |= {
        "typed": typed or _as_typed(batch),
        "amending": typed is not None,
        "field": fault.diagnostics().get("field") if fault else None,
        "sides": tuple(Sides) if batch.sides is Sides.INTERLEAVED else (Sides.FRONT, Sides.BOTH),
    }
    return page(request, "batch.html", status=status, refused=refused or (), **context)


def _as_typed(batch: Batch) -> dict[str, Any]:
    return {
        "libelle": batch.label,
        "faces": batch.sides,
        "recu": f"{batch.received_on:%d/%m/%Y}" if batch.received_on else "",
        "plis": batch.declared_letters or "",
        "pages": batch.declared_pages or "",
    }


def _context(view: BatchView, house: House, actor: Actor, fault: GedError | None) -> dict[str, Any]:
    lists = consult.lists(store=house.store, actor=actor, clock=house.clock)
    return {
        "view": view,
        "batch": view.batch,
        "fault": fault,
        "reasons": REASONS,
        "services": lists.known,
        "kinds": {kind.code: kind for kind in lists.kinds},
    }
