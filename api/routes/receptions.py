"""Packages that other houses transfer here: sent, then checked whole by the worker, and taken or refused."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel

from api.deps import ApiActorDep, HouseDep
from ged.mail.dossier_piece import KeptPiece
from ged.mail.reception import Proofs, Provenance, Reception, ReceptionState
from ingest.capture.names import shown_name
from retention import reception

router = APIRouter(prefix="/receptions", tags=["receptions"])


class ReceptionOut(BaseModel):
    """A package; `state` is the verdict once it is `accepte` or `refuse`, with `reasons` for the latter."""

    id: str
    filename: str
    sha256: str
    size: int
    state: ReceptionState
    received_at: datetime
    name: str
    identifier: str
    sender: str
    sender_name: str
    reasons: tuple[str, ...]
    total: int
    done: int
    finished_at: datetime | None
    replied: bool

    @classmethod
    def of(cls, one: Reception) -> ReceptionOut:
        """Return a package on the wire."""
        plain = {name: getattr(one, name) for name in cls.model_fields if name != "replied"}
        return cls(replied=bool(one.reply), **plain)


class ProvenanceOut(BaseModel):
    """A letter that was taken: its number there and here, and what its proofs are worth."""

    letter_id: str
    number: str
    unit: str
    number_there: str
    system_id: str
    dossier: str
    proofs: Proofs

    @classmethod
    def of(cls, one: Provenance, number: str) -> ProvenanceOut:
        """Return where a letter comes from on the wire."""
        plain = {name: getattr(one, name) for name in ("letter_id", "unit", "system_id", "dossier", "proofs")}
        return cls(number=number, number_there=one.number, **plain)


class PieceProvenanceOut(BaseModel):
    """A piece of a dossier that was taken: where it lies here, what it was called there, what its proofs are worth."""

    piece_id: str
    dossier_id: str
    dossier_code: str
    title: str
    unit: str
    named_there: str
    system_id: str
    dossier: str
    proofs: Proofs

    @classmethod
    def of(cls, one: Provenance, piece: KeptPiece) -> PieceProvenanceOut:
        """Return where a piece comes from on the wire."""
        plain = {name: getattr(one, name) for name in ("unit", "system_id", "dossier", "proofs")}
        case = piece.dossier
        here = {"piece_id": piece.piece.id, "dossier_id": case.id, "dossier_code": case.code}
        return cls(**here, title=piece.piece.title, named_there=one.number, **plain)


class ReceivedOut(BaseModel):
    """A package with those of its letters and pieces that are open to the caller, 500 at most."""

    reception: ReceptionOut
    letters: list[ProvenanceOut]
    pieces: list[PieceProvenanceOut]


class FoundReceptions(BaseModel):
    """Packages, the last received first."""

    receptions: list[ReceptionOut]


@router.get("")
def listed(house: HouseDep, actor: ApiActorDep, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> FoundReceptions:
    """Return what the caller's house received."""
    found = reception.receptions(store=house.store, actor=actor, limit=limit)
    return FoundReceptions(receptions=[ReceptionOut.of(one) for one in found])


@router.post("", status_code=202)
def send(house: HouseDep, actor: ApiActorDep, file: Annotated[UploadFile, File()]) -> ReceptionOut:
    """Make a package (zip) durable; the worker then checks it whole, and its verdict is read from `/{id}`."""
    found = reception.receive(
        file.file,
        shown_name(file.filename or ""),
        limit_bytes=house.settings.transfer.reception_megabytes * 1_000_000,
        store=house.store,
        vault=house.vault,
        actor=actor,
        clock=house.clock,
    )
    return ReceptionOut.of(found)


@router.get("/{reception_id}")
def get(house: HouseDep, actor: ApiActorDep, reception_id: str) -> ReceivedOut:
    """Return what became of a package."""
    found = reception.received(reception_id, store=house.store, actor=actor)
    letters = [ProvenanceOut.of(one, number) for one, number in found.letters]
    pieces = [PieceProvenanceOut.of(one, piece) for one, piece in found.pieces]
    return ReceivedOut(reception=ReceptionOut.of(found.reception), letters=letters, pieces=pieces)


@router.get("/{reception_id}/reply", response_class=Response)
def reply(house: HouseDep, actor: ApiActorDep, reception_id: str) -> Response:
    """Return the `ArchiveTransferReply` of SEDA 2.3, to be given to the house that transferred."""
    found = reception.reply_of(reception_id, store=house.store, actor=actor)
    return Response(found.reply, media_type="application/xml", headers={"Cache-Control": "no-store"})
