"""Pieces of a dossier: dropped in, described, reserved, brought again as a new version, withdrawn and read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.enclosures import brought
from api.files import served
from api.views.receptions import piece_provenance_context
from api.views.render import page
from api.views.words import typed_day
from api.wiring import House
from ged.errors import Conflict, GedError, Refused
from ged.mail.access import Actor
from ged.mail.dossier_piece import FieldType, PieceField, Said
from ged.services import dossier_pieces
from ged.services.notices import mark_all_read
from ingest.capture.names import shown_name
from retention import slips
from retention.disposal import lists
from retention.fates import fates_in_dossier

router = APIRouter()
AT_ONCE = 50
"""How many files one form brings at most."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What became of the files of one form: how many are in the dossier, and why the others are not, by name."""

    kept: int
    refused: tuple[tuple[str, str], ...]


def drop(dossier_id: str, files: list[UploadFile], part: str, house: House, actor: Actor) -> Dropped:
    """Add files to a dossier, each by itself: one that is refused keeps no other out.

    Raises:
        Forbidden: `access.right`.
        NotFound: `dossier.unknown`.
    """
    dossier_pieces.may_bring(dossier_id, store=house.store, actor=actor)
    kept, refused = 0, []
    for file in files[:AT_ONCE]:
        try:
            new = brought(file, house, actor)
            dossier_pieces.bring(dossier_id, new, part, store=house.store, actor=actor, clock=house.clock)
            kept += 1
        except GedError as error:
            refused.append((shown_name(file.filename or ""), error.sentence))
    over = [(shown_name(each.filename or ""), _TOO_MANY) for each in files[AT_ONCE:]]
    return Dropped(kept, (*refused, *over))


_TOO_MANY = f"Un envoi porte {AT_ONCE} fichiers au plus : déposez celui-ci dans le suivant."


@router.get("/dossiers/{dossier_id}/pieces/{document_id}")
def show(request: Request, house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str) -> Response:
    """Show a piece with its versions; what was told of it is read from then on."""
    return _shown(request, house, actor, dossier_id, document_id)


@router.get("/dossiers/{dossier_id}/pieces/{document_id}/versions/{number}")
def read(house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str, number: int) -> Response:
    """Return a version as it was brought."""
    version, opened = dossier_pieces.open_version(
        dossier_id, document_id, number, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    stem = version.filename.rpartition(".")[0] or version.filename
    return served(opened, media_type=version.media_type, name=f"{stem}-v{number}")


@router.post("/dossiers/{dossier_id}/pieces/{document_id}/versions", dependencies=[FormCheck])
def bring_version(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    dossier_id: str,
    document_id: str,
    version: Annotated[int, Form()] = 0,
    remarque: Annotated[str, Form(max_length=500)] = "",
    fichier: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Add a version made from the one that the form names."""
    try:
        dossier_pieces.may_bring(dossier_id, store=house.store, actor=actor)
        new = brought(_chosen(fichier), house, actor)
        dossier_pieces.bring_version(dossier_id, document_id, new, remarque, made_from=version, **_hands(house, actor))
    except (Refused, Conflict) as error:
        return _shown(request, house, actor, dossier_id, document_id, error=error)
    return _to(dossier_id, document_id)


@router.post("/dossiers/{dossier_id}/pieces/{document_id}", dependencies=[FormCheck])
async def describe(request: Request, house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str) -> Response:
    """Write what a piece is; changing its kind alone shows the fields of the new kind, and writes nothing yet."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    metadata = {name.removeprefix("meta-"): value for name, value in form.items() if name.startswith("meta-")}
    said = Said(form.get("title", ""), form.get("part", ""), form.get("kind", ""), metadata)
    if "choisir" in form:
        return _shown(request, house, actor, dossier_id, document_id, typed=said)
    try:
        revision = int(form.get("revision", "0") or 0)
    except ValueError:
        revision = 0
    try:
        dossier_pieces.describe(dossier_id, document_id, said, revision=revision, **_hands(house, actor))
    except (Refused, Conflict) as error:
        return _shown(request, house, actor, dossier_id, document_id, typed=said, error=error)
    return _to(dossier_id, document_id)


@router.post("/dossiers/{dossier_id}/pieces/{document_id}/lecture", dependencies=[FormCheck])
def read_again(house: HouseDep, actor: ActorDep, dossier_id: str, document_id: str) -> Response:
    """Have a version that could not be read tried once more."""
    dossier_pieces.read_again(dossier_id, document_id, store=house.store, actor=actor)
    return _to(dossier_id, document_id)


@router.post("/dossiers/{dossier_id}/pieces/{document_id}/reservation", dependencies=[FormCheck])
def reserve(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    dossier_id: str,
    document_id: str,
    acte: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Reserve a piece, or free it."""
    act = dossier_pieces.free if acte == "liberer" else dossier_pieces.reserve
    try:
        act(dossier_id, document_id, **_hands(house, actor))
    except (Refused, Conflict) as error:
        return _shown(request, house, actor, dossier_id, document_id, error=error)
    return _to(dossier_id, document_id)


@router.post("/dossiers/{dossier_id}/pieces/{document_id}/retrait", dependencies=[FormCheck])
def withdraw(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    dossier_id: str,
    document_id: str,
    acte: Annotated[str, Form(max_length=20)] = "",
    motif: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Withdraw a piece with a reason, or take it back in."""
    try:
        if acte == "remettre":
            dossier_pieces.take_back(dossier_id, document_id, **_hands(house, actor))
        else:
            dossier_pieces.withdraw(dossier_id, document_id, motif, **_hands(house, actor))
    except (Refused, Conflict) as error:
        return _shown(request, house, actor, dossier_id, document_id, error=error)
    return _to(dossier_id, document_id)


def _chosen(file: UploadFile | None) -> UploadFile:
    if file is None or not (file.filename or file.size):
        raise Refused("dossier_piece.no_file", "Choisissez le fichier de la nouvelle version.")
    return file


def _hands(house: House, actor: Actor) -> dict[str, Any]:
    return {"store": house.store, "actor": actor, "clock": house.clock}


def _shown(
    request: Request,
    house: House,
    actor: Actor,
    dossier_id: str,
    document_id: str,
    *,
    typed: Said | None = None,
    error: Refused | Conflict | None = None,
) -> Response:
    file = dossier_pieces.piece_file(dossier_id, document_id, store=house.store, actor=actor)
    mark_all_read(store=house.store, actor=actor, clock=house.clock, piece_id=file.piece.id)
    model, one = dossier_pieces.dossier_model(store=house.store), file.piece
    fate = fates_in_dossier(dossier_id, **_hands(house, actor)).get(one.id)
    form = typed or Said(one.title, one.part, one.kind, one.metadata)
    values: dict[str, Any] = {
        "file": file,
        "fate": fate,
        "taken": slips.pieces_taken(dossier_id, store=house.store, actor=actor).get(one.id),
        "destroyed": lists.of_pieces(dossier_id, store=house.store, actor=actor).get(one.id),
        "form": form,
        "model": model,
        "fields": model.fields_of(form.kind),
        "shown": {
            each.code: _shown_value(each, form.metadata.get(each.code, "")) for each in model.fields_of(form.kind)
        },
        "error": error,
        "faults": error.diagnostics().get("faults", {}) if error else {},
        "mine": one.reserved_by == actor.login,
        **piece_provenance_context(dossier_id, one.id, house, actor),
    }
    status = 200 if error is None else 409 if isinstance(error, Conflict) else 422
    return page(request, "dossiers/piece.html", status=status, **values)


def _shown_value(field: PieceField, value: str) -> str:
    """Return a value as one types it: what is kept as 2026-11-28 is read 28/11/2026."""
    try:
        return typed_day(date.fromisoformat(value)) if field.type is FieldType.DATE else value
    except ValueError:
        return value


def _to(dossier_id: str, document_id: str) -> Response:
    return RedirectResponse(f"/dossiers/{dossier_id}/pieces/{document_id}", status_code=303)
