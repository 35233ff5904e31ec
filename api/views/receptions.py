"""« Versements reçus »: packages of other houses, checked whole and taken, or refused with the reasons and a reply."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.files import served
from api.views.render import page, part
from api.views.words import _
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.reception import Proofs, ReceptionState
from ingest.capture.names import shown_name
from retention import reception

router = APIRouter()
STATES: dict[str, tuple[str, str, str]] = {
    ReceptionState.WAITING: (_("À contrôler"), "new", "clock"),
    ReceptionState.CHECKED: (_("Contrôlé, en cours de prise"), "new", "clock"),
    ReceptionState.ACCEPTED: (_("Pris"), "", "check"),
    ReceptionState.REFUSED: (_("Refusé"), "late", "triangle-alert"),
}
PROOFS: dict[str, str] = {
    Proofs.NONE: _("venu sans preuves"),
    Proofs.SOUND: _("preuves vérifiées, sous les clés que le paquet apporte : comparez-les à celles publiées"),
    Proofs.KNOWN: _("preuves vérifiées, sous les clés publiées de cette maison"),
}
ENDED = (ReceptionState.ACCEPTED, ReceptionState.REFUSED)


@router.get("/versements-recus")
def listed(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show what other houses transferred, and take in another package."""
    return _list(request, house, actor)


@router.post("/versements-recus", dependencies=[FormCheck])
def send(
    request: Request, house: HouseDep, actor: ActorDep, fichier: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Make a package durable; a worker checks it within seconds."""
    try:
        found = _received(fichier, house, actor)
    except Refused as error:
        return _list(request, house, actor, fault=error)
    return RedirectResponse(f"/versements-recus/{found}", status_code=303)


@router.get("/versements-recus/{reception_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, reception_id: str) -> Response:
    """Show what became of a package."""
    found = reception.received(reception_id, store=house.store, actor=actor)
    return page(
        request, "transfers/reception.html", found=found, one=found.reception, states=STATES, proofs=PROOFS, ended=ENDED
    )


@router.get("/versements-recus/{reception_id}/avancement")
def progress(request: Request, house: HouseDep, actor: ActorDep, reception_id: str) -> Response:
    """Say how far a package is; once it has ended, the page is shown anew."""
    found = reception.received(reception_id, store=house.store, actor=actor)
    if found.reception.state in ENDED:
        return HTMLResponse("", headers={"HX-Refresh": "true"})
    return part(request, "parts/reception_progress.html", one=found.reception)


@router.get("/versements-recus/{reception_id}/reponse.xml")
def reply(house: HouseDep, actor: ActorDep, reception_id: str) -> Response:
    """Return the `ArchiveTransferReply`, to be given to the house that transferred."""
    found = reception.reply_of(reception_id, store=house.store, actor=actor)
    headers = {
        "Content-Disposition": f'attachment; filename="reponse-{found.id[:10]}.xml"',
        "Cache-Control": "no-store",
    }
    return Response(found.reply, media_type="application/xml", headers=headers)


def _received(file: UploadFile | None, house: House, actor: Actor) -> str:
    if file is None or not file.filename:
        raise Refused("transfer.no_file", "Choisissez le paquet (zip) que l'autre maison vous a remis.")
    limit = house.settings.transfer.reception_megabytes * 1_000_000
    return reception.receive(
        file.file,
        shown_name(file.filename),
        limit_bytes=limit,
        store=house.store,
        vault=house.vault,
        actor=actor,
        clock=house.clock,
    ).id


def _list(request: Request, house: House, actor: Actor, *, fault: Refused | None = None) -> Response:
    rows = reception.receptions(store=house.store, actor=actor)
    return page(
        request, "transfers/receptions.html", status=422 if fault else 200, rows=rows, fault=fault, states=STATES
    )


@router.get("/dossiers/{dossier_id}/pieces/{document_id}/preuves")
def evidence(house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str) -> Response:
    """Return what came to prove a piece that another house transferred, as it came."""
    opened = reception.evidence_of_piece(
        dossier_id, document_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return served(opened, media_type="application/zip", name="preuves.zip")


def piece_provenance_context(dossier_id: str, piece_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the page of a piece of a dossier says of where it comes from."""
    return {
        "provenance": reception.provenance_of_piece(dossier_id, piece_id, store=house.store, actor=actor),
        "provenance_proofs": PROOFS,
    }


def provenance_context(letter_id: str, house: House, actor: Actor) -> dict[str, Any]:
    """Return what the page of a letter says of where it comes from."""
    return {
        "provenance": reception.provenance_of(letter_id, store=house.store, actor=actor),
        "provenance_proofs": PROOFS,
    }
