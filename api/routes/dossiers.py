"""Dossiers: found, opened, filled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.enclosures import brought
from api.files import served
from api.schemas.letters import ListOut
from ged.mail.dossier import Dossier
from ged.mail.dossier_piece import DossierPiece, Said, Version
from ged.services import dossier, dossier_pieces

router = APIRouter(prefix="/dossiers", tags=["dossiers"])


class DossierOut(BaseModel):
    """A dossier; `label` is what to write in a field so that it leads here."""

    id: str
    code: str
    title: str
    label: str
    owner: str
    units: tuple[str, ...]
    parts: tuple[str, ...]
    closed_on: date | None
    revision: int

    @classmethod
    def of(cls, one: Dossier) -> DossierOut:
        """Return a dossier on the wire."""
        plain: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields if name != "owner"}
        return cls(owner=one.owner_id, **plain)


class FoundDossiers(BaseModel):
    """One page of a search."""

    total: int
    dossiers: list[DossierOut]


class DossierIn(BaseModel):
    """A dossier to open; without a code it gets the next of its owner."""

    code: str = Field(default="", max_length=40)
    title: str = Field(max_length=200)
    owner: str
    units: list[str] = []
    parts: list[str] = []


class VersionOut(BaseModel):
    """A version of a piece; `sealed_at` is null while its seal waits."""

    number: int
    sha256: str
    size: int
    media_type: str
    filename: str
    remark: str
    added_at: datetime
    by: str
    sealed_at: datetime | None

    @classmethod
    def of(cls, one: Version) -> VersionOut:
        """Return a version on the wire."""
        plain: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields if name != "by"}
        return cls(by=one.name, **plain)


class PieceOut(BaseModel):
    """A piece of a dossier with the versions asked for, newest first."""

    id: str
    title: str
    part: str
    kind: str
    metadata: dict[str, str]
    reserved_by: str
    withdrawn: str
    revision: int
    versions: list[VersionOut]

    @classmethod
    def of(cls, one: DossierPiece, versions: Iterable[Version]) -> PieceOut:
        """Return a piece on the wire."""
        plain: dict[str, Any] = {name: getattr(one, name) for name in cls.model_fields if name != "versions"}
        return cls(versions=[VersionOut.of(each) for each in versions], **plain)


class PieceIn(BaseModel):
    """What a piece is; `revision` is the one that was read."""

    title: str = Field(max_length=200)
    part: str = ""
    kind: str = ""
    metadata: dict[str, str] = {}
    revision: int


@router.get("")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    *,
    open_only: bool = True,
) -> FoundDossiers:
    """Return the dossiers that the caller sees, whose words begin so."""
    rows, total = dossier.found(q, store=house.store, actor=actor, limit=limit, offset=offset, only_open=open_only)
    return FoundDossiers(total=total, dossiers=[DossierOut.of(row) for row in rows])


@router.post("", status_code=201)
def begin(house: HouseDep, actor: ApiActorDep, given: DossierIn) -> DossierOut:
    """Open a dossier."""
    opened = dossier.begin(
        given.code,
        given.title,
        given.owner,
        tuple(given.units),
        tuple(given.parts),
        store=house.store,
        actor=actor,
        clock=house.clock,
    )
    return DossierOut.of(opened)


@router.get("/{dossier_id}")
def get(house: HouseDep, actor: ApiActorDep, dossier_id: str) -> DossierOut:
    """Return a dossier."""
    return DossierOut.of(dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=1).dossier)


@router.get("/{dossier_id}/letters")
def letters(
    house: HouseDep,
    actor: ApiActorDep,
    dossier_id: str,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> ListOut:
    """Return a page of the letters of a dossier in date order, those that the caller may read."""
    found = dossier.dossier_file(dossier_id, store=house.store, actor=actor, limit=limit, offset=offset).letters
    return ListOut.of(found.rows, found.total, None)


@router.put("/{dossier_id}/letters/{letter_id}", status_code=204)
def put(house: HouseDep, actor: ApiActorDep, dossier_id: str, letter_id: str) -> Response:
    """Put a letter in."""
    dossier.put_in(dossier_id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.delete("/{dossier_id}/letters/{letter_id}", status_code=204)
def take(house: HouseDep, actor: ApiActorDep, dossier_id: str, letter_id: str) -> Response:
    """Take a letter out."""
    dossier.take_out(dossier_id, letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.get("/{dossier_id}/pieces")
def pieces(
    house: HouseDep, actor: ApiActorDep, dossier_id: str, q: Annotated[str, Query(max_length=200)] = ""
) -> list[PieceOut]:
    """Return the pieces of a dossier, each with the version that stands."""
    found = dossier_pieces.pieces_of(dossier_id, store=house.store, actor=actor, words=q)
    return [PieceOut.of(piece, [version]) for piece, version in found]


@router.post("/{dossier_id}/pieces", status_code=201)
def bring(
    house: HouseDep,
    actor: ApiActorDep,
    dossier_id: str,
    file: Annotated[UploadFile, File()],
    part: Annotated[str, Form()] = "",
) -> PieceOut:
    """Add a file to a dossier."""
    dossier_pieces.may_bring(dossier_id, store=house.store, actor=actor)
    added = dossier_pieces.bring(
        dossier_id, brought(file, house, actor), part, store=house.store, actor=actor, clock=house.clock
    )
    return piece(house, actor, dossier_id, added.id)


@router.get("/{dossier_id}/pieces/{document_id}")
def piece(house: HouseDep, actor: ApiActorDep, dossier_id: str, document_id: str) -> PieceOut:
    """Return a piece with all its versions."""
    found = dossier_pieces.piece_file(dossier_id, document_id, store=house.store, actor=actor)
    return PieceOut.of(found.piece, found.versions)


@router.put("/{dossier_id}/pieces/{document_id}")
def describe(house: HouseDep, actor: ApiActorDep, dossier_id: str, document_id: str, given: PieceIn) -> PieceOut:
    """Say what a piece is."""
    said = Said(given.title, given.part, given.kind, given.metadata)
    hands: dict[str, Any] = {"store": house.store, "actor": actor, "clock": house.clock}
    dossier_pieces.describe(dossier_id, document_id, said, revision=given.revision, **hands)
    return piece(house, actor, dossier_id, document_id)


@router.post("/{dossier_id}/pieces/{document_id}/versions", status_code=201)
def bring_version(
    house: HouseDep,
    actor: ApiActorDep,
    dossier_id: str,
    document_id: str,
    file: Annotated[UploadFile, File()],
    made_from: Annotated[int, Form()],
    remark: Annotated[str, Form(max_length=500)] = "",
) -> VersionOut:
    """Add a version made from the one that stands, by its number."""
    dossier_pieces.may_bring(dossier_id, store=house.store, actor=actor)
    hands: dict[str, Any] = {"store": house.store, "actor": actor, "clock": house.clock}
    new = brought(file, house, actor)
    return VersionOut.of(
        dossier_pieces.bring_version(dossier_id, document_id, new, remark, made_from=made_from, **hands)
    )


@router.get("/{dossier_id}/pieces/{document_id}/versions/{number}", response_class=Response)
def read(house: HouseDep, actor: ApiActorDep, dossier_id: str, document_id: str, number: int) -> Response:
    """Return a version as it was brought."""
    version, opened = dossier_pieces.open_version(
        dossier_id, document_id, number, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return served(opened, media_type=version.media_type, name=version.filename)


@router.put("/{dossier_id}/pieces/{document_id}/reservation", status_code=204)
def reserve(house: HouseDep, actor: ApiActorDep, dossier_id: str, document_id: str) -> Response:
    """Reserve a piece."""
    dossier_pieces.reserve(dossier_id, document_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.delete("/{dossier_id}/pieces/{document_id}/reservation", status_code=204)
def free(house: HouseDep, actor: ApiActorDep, dossier_id: str, document_id: str) -> Response:
    """Free a piece."""
    dossier_pieces.free(dossier_id, document_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
