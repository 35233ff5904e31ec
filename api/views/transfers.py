"""« Versements »: slips of what goes to the archive, prepared, approved by a second person, packed, answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.transfers import archive_of, read_reply
from api.views.render import page, page_number, part
from api.views.words import _
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor, Right
from ged.mail.transfer import Form as PackageForm
from ged.mail.transfer import ItemState, PackageOutcome, Transfer, TransferState
from ged.services import consult
from ingest.capture.receive import spool
from ingest.own_folder import own_folder
from retention import slips, transfers
from retention.answers import take_answer
from retention.seda.replies import Answer
from retention.seda.trusting_nothing import MAX_MESSAGE_BYTES

router = APIRouter()
PAGE_ROWS, LINES = 50, 100
STATES: dict[str, tuple[str, str, str]] = {
    TransferState.DRAFT: (_("En préparation"), "", "pen-line"),
    TransferState.SUBMITTED: (_("Attend un visa"), "new", "clock"),
    TransferState.APPROVED: (_("Visé, paquets en cours"), "new", "clock"),
    TransferState.READY: (_("Attend la réponse de l'archive"), "new", "send"),
    TransferState.ANSWERED: (_("Répondu"), "going", "check"),
    TransferState.ABANDONED: (_("Abandonné"), "", "circle-x"),
}
ITEMS: dict[str, tuple[str, str, str]] = {
    ItemState.LISTED: (_("Inscrit"), "", "archive"),
    ItemState.REMOVED: (_("Retiré"), "", "circle-x"),
    ItemState.DROPPED: (_("Écarté"), "late", "triangle-alert"),
    ItemState.ACCEPTED: (_("Versé"), "going", "check"),
    ItemState.REFUSED: (_("Refusé"), "late", "triangle-alert"),
}
OUTCOMES: dict[str, tuple[str, str, str]] = {
    PackageOutcome.WAITING: (_("Sans réponse"), "", "clock"),
    PackageOutcome.ACKNOWLEDGED: (_("Accusé de réception"), "new", "check"),
    PackageOutcome.ACCEPTED: (_("Accepté"), "going", "check"),
    PackageOutcome.REFUSED: (_("Refusé"), "late", "triangle-alert"),
}
FORMS: dict[str, str] = {PackageForm.SEDA: _("SEDA 2.3"), PackageForm.BAGIT: _("SEDA 2.3 dans un sac BagIt 1.0")}


@router.get("/versements")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the slips of the house, and how to prepare one."""
    return _list(request, house, actor)


@router.post("/versements", dependencies=[FormCheck])
def prepare(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    intitule: Annotated[str, Form(max_length=400)] = "",
    forme: Annotated[PackageForm, Form()] = PackageForm.SEDA,
    nature: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Prepare a slip with what fell due."""
    try:
        made = transfers.prepare(
            intitule,
            forme,
            archive_of(house),
            store=house.store,
            actor=actor,
            clock=house.clock,
            kinds=[one for one in nature or () if one],
        )
    except Refused as error:
        return _list(request, house, actor, fault=error, typed=intitule)
    return _to(made.id)


@router.get("/versements/{transfer_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, transfer_id: str) -> Response:
    """Show a slip: its lines, its packages, what may be done."""
    return _slip(request, house, actor, transfer_id)


@router.get("/versements/{transfer_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, transfer_id: str) -> Response:
    """Say how far the packages are; once they are made, the page is shown anew."""
    found = slips.slip(transfer_id, store=house.store, actor=actor, limit=0)
    if found.transfer.state is not TransferState.APPROVED:
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return part(request, "parts/transfer_progress.html", found=found)


@router.post("/versements/{transfer_id}", dependencies=[FormCheck])
def act(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    transfer_id: str,
    acte: Annotated[transfers.SlipAct, Form()],
    motif: Annotated[str, Form(max_length=1000)] = "",
    choix: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Do something to a slip."""
    try:
        ask = transfers.Ask(acte, choix or [], motif)
        transfers.carry_out(transfer_id, ask, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _slip(request, house, actor, transfer_id, fault=error, typed=motif)
    return _to(transfer_id)


@router.get("/versements/{transfer_id}/paquets/{rank}")
def package(house: HouseDep, actor: ActorDep, transfer_id: str, rank: int) -> Response:
    """Return a package, to be carried to the archive."""
    found = slips.take_away(transfer_id, rank, store=house.store, actor=actor, clock=house.clock)
    return served(house.vault.open(found.sha256), media_type="application/zip", name=found.identifier)


@router.get("/versements/{transfer_id}/paquets/{rank}/reponse.xml")
def receipt(house: HouseDep, actor: ActorDep, transfer_id: str, rank: int) -> Response:
    """Return what the archive answered to a package, as it was entered."""
    found = slips.receipt_of(transfer_id, rank, store=house.store, actor=actor)
    offered = {
        "Content-Disposition": f'attachment; filename="{found.identifier}-reponse.xml"',
        "Cache-Control": "no-store",
    }
    return Response(found.reply, media_type="application/xml", headers=offered)


@router.post("/versements/{transfer_id}/reponse", dependencies=[FormCheck])
def answer(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    transfer_id: str,
    fichier: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Take in what the archive answered: `ArchiveTransferReply` or `Acknowledgement`."""
    slips.slip(transfer_id, store=house.store, actor=actor, limit=0)
    try:
        said, xml = _read(fichier, house)
        take_answer(transfer_id, said, xml, store=house.store, actor=actor, clock=house.clock)
    except (Refused, Conflict) as error:
        return _slip(request, house, actor, transfer_id, fault=error)
    return _to(transfer_id)


def _read(file: UploadFile | None, house: House) -> tuple[Answer, str]:
    if file is None or not file.filename:
        raise Refused("transfer.no_file", "Choisissez le fichier XML que le service d'archives vous a rendu.")
    with own_folder("reponse") as folder:
        spool(file.file, folder / "reponse.xml", MAX_MESSAGE_BYTES)
        return read_reply(folder / "reponse.xml", house)


def _to(transfer_id: str) -> Response:
    return RedirectResponse(f"/versements/{transfer_id}", status_code=303)


def _status(fault: GedError | None) -> int:
    return {None: 200, "conflict": 409}.get(fault.kind if fault else None, 422)


def _list(request: Request, house: House, actor: Actor, *, fault: Refused | None = None, typed: str = "") -> Response:
    number = page_number(request)
    found = slips.slips(store=house.store, actor=actor, limit=PAGE_ROWS, offset=(number - 1) * PAGE_ROWS)
    return page(
        request,
        "transfers/list.html",
        status=_status(fault),
        found=found,
        fault=fault,
        typed=typed,
        number=number,
        pages=-(-found.total // PAGE_ROWS),
        keeps=actor.has(Right.KEEP_TRANSFERS),
        archive=archive_of(house),
        kinds=consult.lists(store=house.store, actor=actor, clock=house.clock).kinds,
        states=STATES,
        forms=FORMS,
    )


def _slip(
    request: Request,
    house: House,
    actor: Actor,
    transfer_id: str,
    *,
    fault: Refused | Conflict | None = None,
    typed: str = "",
) -> Response:
    number = page_number(request)
    found = slips.slip(transfer_id, store=house.store, actor=actor, limit=LINES, offset=(number - 1) * LINES)
    return page(
        request,
        "transfers/slip.html",
        status=_status(fault),
        found=found,
        one=found.transfer,
        fault=fault,
        typed=typed,
        number=number,
        pages=-(-found.total // LINES),
        acts=acts_of(found.transfer, actor),
        states=STATES,
        items=ITEMS,
        outcomes=OUTCOMES,
        forms=FORMS,
    )


def acts_of(one: Transfer, actor: Actor) -> frozenset[str]:
    """Return what somebody may do to a slip now: the buttons of the page, as the services allow them."""
    keeps, approves = actor.has(Right.KEEP_TRANSFERS), actor.has(Right.APPROVE_TRANSFERS)
    other = actor.login not in {one.created_login, one.submitted_login}
    found: set[str] = set()
    if keeps and one.state is TransferState.DRAFT:
        found |= {"ajouter", "retirer", "remettre", "soumettre", "abandonner"}
    if keeps and one.state in {TransferState.SUBMITTED, TransferState.READY}:
        found |= {"abandonner"}
    if approves and other and one.state is TransferState.SUBMITTED:
        found |= {"viser", "renvoyer"}
    if keeps and one.state is TransferState.READY:
        found |= {"emporter", "repondre"}
    return frozenset(found)
