"""The paper archives: boxes, what is in them, loans; the paper twins of disposals and transfers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.files import served
from api.schemas.paper import HandOverIn, HandOverOut
from ged.mail.box import Box, BoxSheet, PaperGone, PaperTwin
from ged.services import boxes
from ged.services.boxes import PaperInBox, Put
from retention import paper_lists
from retention.paper_certificates import certificate_of
from retention.paper_lists import PaperList

router = APIRouter(tags=["boxes"])
_Text = Annotated[str, Field(max_length=200)]


class BoxIn(BaseModel):
    """What is written on a box; `capacity` in letters, `dates` as one writes them."""

    cote: str = Field(max_length=40)
    label: _Text = ""
    room: _Text = ""
    bay: _Text = ""
    shelf: _Text = ""
    capacity: int = Field(default=200, ge=1)
    entity: str | None = None
    dates: _Text = ""

    def sheet(self) -> BoxSheet:
        """Return what is written."""
        return BoxSheet(entity_id=self.entity, **self.model_dump(exclude={"entity"}))


class BoxOut(BaseModel):
    """A box; `count` letters are in it, lent ones too."""

    id: str
    cote: str
    label: str
    room: str
    bay: str
    shelf: str
    capacity: int
    entity: str | None
    covers: str
    count: int

    @classmethod
    def of(cls, one: Box) -> BoxOut:
        """Return a box on the wire."""
        plain = {name: getattr(one.sheet, name) for name in ("cote", "label", "room", "bay", "shelf", "capacity")}
        return cls(id=one.id, entity=one.sheet.entity_id, covers=one.covers, count=one.count, **plain)


class PaperOut(BaseModel):
    """The paper of a letter in a box, and by which hand-over it is where it is."""

    letter: str
    number: str
    box: str
    cote: str
    place: str
    put_at: datetime
    lent: bool
    standing: HandOverOut | None

    @classmethod
    def of(cls, one: PaperInBox) -> PaperOut:
        """Return a paper on the wire."""
        return cls(
            letter=one.letter.id,
            number=one.letter.number,
            box=one.boxed.box_id,
            cote=one.boxed.cote,
            place=one.boxed.place,
            put_at=one.boxed.put_at,
            lent=one.lent,
            standing=HandOverOut.of(one.standing) if one.standing else None,
        )


class BoxFileOut(BoxOut):
    """A box with some of its papers, those open to the caller; `hidden` are not."""

    papers: list[PaperOut] = []
    hidden: int = 0


class FoundBoxes(BaseModel):
    """One page of boxes, by cote."""

    total: int
    boxes: list[BoxOut]


class FoundLoans(BaseModel):
    """One page of loans, first to come back first."""

    total: int
    loans: list[PaperOut]


class NumbersIn(BaseModel):
    """Numbers of letters, or addresses of their pages."""

    numbers: list[Annotated[str, Field(max_length=300)]] = Field(max_length=500)


class RefusedOut(BaseModel):
    """A line that was not put, and why."""

    line: str
    said: str


class PutOut(BaseModel):
    """What was put into a box, what was not."""

    placed: tuple[str, ...]
    refused: list[RefusedOut]

    @classmethod
    def of(cls, done: Put) -> PutOut:
        """Return what was put on the wire."""
        return cls(placed=done.placed, refused=[RefusedOut(line=line, said=said) for line, said in done.refused])


class LoanIn(HandOverIn):
    """A loan: to whom, who takes it away, until when (`return_by`)."""

    taken_by: str = Field(default="", max_length=200)


class WhyIn(BaseModel):
    """Why."""

    reason: str = Field(default="", max_length=500)


class TwinOut(BaseModel):
    """The paper of a letter on a list; `gone_on` is null while it waits."""

    letter: str
    number: str
    cote: str
    place: str
    lent: bool
    gone_on: date | None

    @classmethod
    def of(cls, twin: PaperTwin) -> TwinOut:
        """Return a twin on the wire."""
        cote, place = (twin.boxed.cote, twin.boxed.place) if twin.boxed else ("", "")
        gone_on = twin.gone.done_on if twin.gone else None
        return cls(letter=twin.letter_id, number=twin.number, cote=cote, place=place, lent=twin.lent, gone_on=gone_on)


class PaperListOut(BaseModel):
    """The paper of a disposal or of a transfer; `ready` once it may be recorded as done."""

    number: str
    ready: bool
    hidden: int
    twins: list[TwinOut]

    @classmethod
    def of(cls, found: PaperList) -> PaperListOut:
        """Return a list on the wire."""
        twins = [TwinOut.of(each) for each in found.twins]
        return cls(number=found.number, ready=found.ready, hidden=found.hidden, twins=twins)


class DoneIn(BaseModel):
    """What left, on which day, who did it and who saw or received it."""

    letters: list[Annotated[str, Field(max_length=100)]] = Field(max_length=10_000)
    first: str = Field(max_length=200)
    second: str = Field(max_length=200)
    done_on: date


class GoneOut(BaseModel):
    """Paper that left for good; `certificate`, SHA-256, comes once a worker has sealed it, for what was destroyed."""

    id: str
    done_on: date
    first: str
    second: str
    recorded_at: datetime
    recorded_by: str
    certificate: str | None
    leaf_index: int | None

    @classmethod
    def of(cls, gone: PaperGone) -> GoneOut:
        """Return it on the wire."""
        return cls(**{name: getattr(gone, name) for name in cls.model_fields})


_Limit = Annotated[int, Query(ge=1, le=200)]
_Offset = Annotated[int, Query(ge=0, le=1_000_000)]


@router.get("/boxes")
def search(
    house: HouseDep,
    actor: ApiActorDep,
    q: Annotated[str, Query(max_length=100)] = "",
    limit: _Limit = 50,
    offset: _Offset = 0,
) -> FoundBoxes:
    """List the boxes of the caller's organisation."""
    rows, total = boxes.boxes(q, store=house.store, actor=actor, limit=limit, offset=offset)
    return FoundBoxes(total=total, boxes=[BoxOut.of(one) for one in rows])


@router.post("/boxes", status_code=201)
def make(house: HouseDep, actor: ApiActorDep, asked: BoxIn) -> BoxOut:
    """Make a box."""
    return BoxOut.of(boxes.make(asked.sheet(), store=house.store, actor=actor, clock=house.clock))


@router.get("/boxes/{box_id}")
def show(house: HouseDep, actor: ApiActorDep, box_id: str, limit: _Limit = 100, offset: _Offset = 0) -> BoxFileOut:
    """Return a box with what is in it."""
    file = boxes.box_file(box_id, store=house.store, actor=actor, limit=limit, offset=offset)
    plain = BoxOut.of(file.box).model_dump()
    return BoxFileOut(papers=[PaperOut.of(each) for each in file.papers], hidden=file.hidden, **plain)


@router.put("/boxes/{box_id}")
def amend(house: HouseDep, actor: ApiActorDep, box_id: str, asked: BoxIn) -> BoxFileOut:
    """Write anew what is on a box."""
    boxes.amend(box_id, asked.sheet(), store=house.store, actor=actor, clock=house.clock)
    return show(house, actor, box_id)


@router.delete("/boxes/{box_id}", status_code=204)
def remove(house: HouseDep, actor: ApiActorDep, box_id: str) -> Response:
    """Take away a box that never held anything."""
    boxes.remove(box_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/boxes/{box_id}/papers")
def put(house: HouseDep, actor: ApiActorDep, box_id: str, asked: NumbersIn) -> PutOut:
    """Put papers into a box; what could not be is said line by line, the rest is done."""
    lines = "\n".join(asked.numbers)
    return PutOut.of(boxes.put(box_id, lines, store=house.store, actor=actor, clock=house.clock))


@router.post("/letters/{letter_id}/paper/take-out", status_code=204)
def take_out(house: HouseDep, actor: ApiActorDep, letter_id: str, said: WhyIn) -> Response:
    """Take a paper out of its box."""
    boxes.take_out(letter_id, said.reason, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.post("/letters/{letter_id}/paper/loan")
def lend(house: HouseDep, actor: ApiActorDep, letter_id: str, asked: LoanIn) -> HandOverOut:
    """Lend a paper from its box until a day."""
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    return HandOverOut.of(boxes.lend(letter_id, asked.keeper(), asked.taken_by, asked.return_by, **by))


@router.delete("/letters/{letter_id}/paper/loan", status_code=204)
def take_back(house: HouseDep, actor: ApiActorDep, letter_id: str) -> Response:
    """Write that a paper on loan is back in its box."""
    boxes.take_back(letter_id, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)


@router.get("/loans")
def loans(house: HouseDep, actor: ApiActorDep, limit: _Limit = 50, offset: _Offset = 0) -> FoundLoans:
    """List the paper that is lent from boxes, late first."""
    rows, total = boxes.loans(store=house.store, actor=actor, limit=limit, offset=offset)
    return FoundLoans(total=total, loans=[PaperOut.of(each) for each in rows])


@router.get("/disposals/{disposal_id}/paper")
def paper_of_disposal(house: HouseDep, actor: ApiActorDep, disposal_id: str) -> PaperListOut:
    """Return the paper of the letters that a disposal destroyed."""
    return PaperListOut.of(paper_lists.of_disposal(disposal_id, store=house.store, actor=actor))


@router.post("/disposals/{disposal_id}/paper")
def record_destroyed(house: HouseDep, actor: ApiActorDep, disposal_id: str, said: DoneIn) -> GoneOut:
    """Write that papers of a disposal were destroyed."""
    names = (said.first, said.second)
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    return GoneOut.of(
        paper_lists.record(paper_lists.Whose.DISPOSAL, disposal_id, said.letters, names, said.done_on, **by)
    )


@router.get("/paper-destructions/{gone_id}/certificate", response_class=StreamingResponse)
def paper_certificate(house: HouseDep, actor: ApiActorDep, gone_id: str) -> Response:
    """Return the certificate of paper destroyed, PDF."""
    one, opened = certificate_of(gone_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return served(opened, media_type="application/pdf", name=f"certificat-papier-{one.number}")


@router.get("/transfers/{transfer_id}/paper")
def paper_of_transfer(house: HouseDep, actor: ApiActorDep, transfer_id: str) -> PaperListOut:
    """Return the paper of the letters on a transfer slip."""
    return PaperListOut.of(paper_lists.of_transfer(transfer_id, store=house.store, actor=actor))


@router.post("/transfers/{transfer_id}/paper")
def record_transferred(house: HouseDep, actor: ApiActorDep, transfer_id: str, said: DoneIn) -> GoneOut:
    """Write that papers of a transfer were given to the archive."""
    names = (said.first, said.second)
    by: Any = {"store": house.store, "actor": actor, "clock": house.clock}
    return GoneOut.of(
        paper_lists.record(paper_lists.Whose.TRANSFER, transfer_id, said.letters, names, said.done_on, **by)
    )
