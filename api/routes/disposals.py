"""Disposals: lists prepared, visaed, approved by a second person; how far they are, what remained."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.files import served
from ged.mail.disposal import Disposal, DisposalLine, DisposalState, LineState, ObjectLeft, Signed
from retention.disposal import lists
from retention.disposal.certificate import certificate_of

router = APIRouter(prefix="/disposals", tags=["disposals"])


class SignedOut(BaseModel):
    """Who put their name to a list, and when."""

    login: str
    name: str
    at: datetime

    @classmethod
    def of(cls, who: Signed | None) -> SignedOut | None:
        """Return a name on the wire."""
        return cls(login=who.login, name=who.name, at=who.at) if who else None


class LineOut(BaseModel):
    """One letter of a list, or one piece of a dossier, and what became of it; the other's id is empty."""

    letter: str
    piece: str
    dossier: str
    number: str
    digest: str
    rule: str
    kept_until: date
    reasons: tuple[str, ...]
    state: LineState
    said: str
    destroyed_at: datetime | None
    leaf_index: int | None

    @classmethod
    def of(cls, line: DisposalLine) -> LineOut:
        """Return a line on the wire."""
        names = cls.model_fields.keys() - {"letter", "piece", "dossier"}
        letter, piece = (line.subject_id, "") if line.dossier_id is None else ("", line.subject_id)
        values = {name: getattr(line, name) for name in names}
        values |= {"reasons": tuple(map(str, line.reasons)), "said": str(line.said or "")}
        return cls(letter=letter, piece=piece, dossier=line.dossier_id or "", **values)


class LeftOut(BaseModel):
    """A file of a destroyed letter, or of a piece, whose id then stands for it, that is still there, and why."""

    letter: str
    digest: str
    said: str

    @classmethod
    def of(cls, left: ObjectLeft) -> LeftOut:
        """Return what is left on the wire."""
        return cls(letter=left.subject_id, digest=left.digest, said=left.said)


class DisposalOut(BaseModel):
    """A list; `counts` says how many of its lines stand how, `certificate` is a SHA-256."""

    id: str
    number: str
    state: DisposalState
    prepared: SignedOut | None
    visa: SignedOut | None
    approver: str
    approved: SignedOut | None
    said: str
    finished_at: datetime | None
    certificate: str | None
    counts: dict[LineState, int]

    @classmethod
    def of(cls, one: Disposal, counts: dict[LineState, int]) -> DisposalOut:
        """Return a list on the wire."""
        plain = ("id", "number", "state", "said", "finished_at", "certificate")
        signed = {name: SignedOut.of(getattr(one, name)) for name in ("prepared", "visa", "approved")}
        values = {name: getattr(one, name) for name in plain}
        return cls(approver=one.approver_id or "", counts=counts, **signed, **values)


class DisposalFileOut(DisposalOut):
    """A list with some of its lines, those open to the caller, and what is left in the store."""

    lines: list[LineOut] = []
    hidden: int = 0
    left: list[LeftOut] = []


class VisaIn(BaseModel):
    """The position that is asked to approve."""

    approver: str = Field(max_length=100)


class ReasonIn(BaseModel):
    """Why."""

    reason: str = Field(max_length=500)


class FoundDisposals(BaseModel):
    """One page of lists, the last made first."""

    total: int
    disposals: list[DisposalOut]


@router.get("")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 25,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> FoundDisposals:
    """List the lists of disposal that the caller may read."""
    rows, total = lists.listed(store=house.store, actor=actor, limit=limit, offset=offset)
    return FoundDisposals(total=total, disposals=[DisposalOut.of(one, counts) for one, counts in rows])


@router.post("", status_code=201)
def prepare(house: HouseDep, actor: ApiActorDep) -> DisposalOut:
    """Make a list of what may be destroyed today."""
    made = lists.prepare(store=house.store, actor=actor, clock=house.clock)
    return _out(house, actor, made.id)


@router.get("/{disposal_id}")
def show(
    house: HouseDep,
    actor: ApiActorDep,
    disposal_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> DisposalFileOut:
    """Return a list with its lines."""
    return _out(house, actor, disposal_id, limit, offset)


@router.post("/{disposal_id}/lines/{letter_id}/remove")
def remove(house: HouseDep, actor: ApiActorDep, disposal_id: str, letter_id: str, said: ReasonIn) -> DisposalFileOut:
    """Take a letter, or a piece by its id, off a list, with a reason."""
    lists.remove(disposal_id, letter_id, said.reason, store=house.store, actor=actor, clock=house.clock)
    return _out(house, actor, disposal_id)


@router.post("/{disposal_id}/visa")
def visa(house: HouseDep, actor: ApiActorDep, disposal_id: str, asked: VisaIn) -> DisposalFileOut:
    """Give the archivist's visa."""
    lists.visa(disposal_id, asked.approver, store=house.store, actor=actor, clock=house.clock)
    return _out(house, actor, disposal_id)


@router.post("/{disposal_id}/approval")
def approve(house: HouseDep, actor: ApiActorDep, disposal_id: str) -> DisposalFileOut:
    """Approve a list as the second person; a worker begins at once."""
    lists.approve(disposal_id, store=house.store, actor=actor, clock=house.clock)
    return _out(house, actor, disposal_id)


@router.post("/{disposal_id}/return")
def send_back(house: HouseDep, actor: ApiActorDep, disposal_id: str, said: ReasonIn) -> DisposalOut:
    """Send a list back to whoever prepared it; the caller no longer has it."""
    one = lists.send_back(disposal_id, said.reason, store=house.store, actor=actor, clock=house.clock)
    return DisposalOut.of(one, {})


@router.post("/{disposal_id}/abandon")
def abandon(house: HouseDep, actor: ApiActorDep, disposal_id: str, said: ReasonIn) -> DisposalFileOut:
    """Give a list up."""
    lists.abandon(disposal_id, said.reason, store=house.store, actor=actor, clock=house.clock)
    return _out(house, actor, disposal_id)


@router.get("/{disposal_id}/certificate", response_class=StreamingResponse)
def certificate(house: HouseDep, actor: ApiActorDep, disposal_id: str) -> Response:
    """Return the certificate, PDF."""
    one, opened = certificate_of(disposal_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return served(opened, media_type="application/pdf", name=f"certificat-{one.number}")


def _out(house: HouseDep, actor: ApiActorDep, disposal_id: str, limit: int = 100, offset: int = 0) -> DisposalFileOut:
    file = lists.disposal_file(disposal_id, store=house.store, actor=actor, limit=limit, offset=offset)
    return DisposalFileOut(
        **DisposalOut.of(file.disposal, file.counts).model_dump(),
        lines=[LineOut.of(line) for line, _ in file.lines],
        hidden=file.hidden,
        left=[LeftOut.of(each) for each in file.left],
    )
