"""Lots, for programs: a scanner station opens one, adds its files, cuts its board and asks for its letters."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from ged.mail.batch import Batch, BatchFile, BatchState, Sides
from ged.mail.batch_acts import BoardAct, BoardOrder
from ged.mail.batch_board import Leaf
from ged.mail.batch_sheet import MOST_LETTERS, MOST_PAGES
from ged.mail.item import Direction
from ged.services.amend_batch import Said, amend_batch
from ged.services.capture import Door
from ged.services.close_batch import confirm_batch, drop_batch
from ged.services.lay_out_batch import act_on_batch
from ged.services.open_batch import LABEL_LENGTH, NewBatch, open_batch
from ged.services.read_batch import BatchView, batch_view, batches
from ingest.capture.deposit import deposit
from ingest.capture.names import shown_name

router = APIRouter(prefix="/batches", tags=["batches"])


class SaidIn(BaseModel):
    """What is said of a lot; `letters` and `pages` as counted by hand, null where nobody counted."""

    label: str = Field(default="", max_length=LABEL_LENGTH)
    sides: Sides = Sides.FRONT
    received_on: date | None = None
    letters: int | None = Field(default=None, ge=1, le=MOST_LETTERS)
    pages: int | None = Field(default=None, ge=1, le=MOST_PAGES)


class NewBatchIn(SaidIn):
    """A lot to open, in the register that the caller keeps."""

    direction: Direction = Direction.INCOMING


class BatchOut(BaseModel):
    """A lot; its board takes acts that name its `revision`."""

    id: str
    label: str
    direction: Direction
    sides: Sides
    state: BatchState
    opened_at: datetime
    received_on: date | None
    declared_letters: int | None
    declared_pages: int | None
    revision: int
    fault: str

    @classmethod
    def of(cls, one: Batch) -> BatchOut:
        """Return a lot on the wire."""
        return cls(**{name: getattr(one, name) for name in BatchOut.model_fields})


class BatchFileOut(BaseModel):
    """A file of a lot, durable; `looked_at` is null while its pages are not on the board yet."""

    rank: int
    sha256: str
    size: int
    filename: str
    page_count: int
    looked_at: datetime | None

    @classmethod
    def of(cls, one: BatchFile) -> BatchFileOut:
        """Return a file on the wire."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class PageOut(BaseModel):
    """A page on the board: its file's rank and its number as `key`, and its turn in degrees, clockwise."""

    key: str
    turn: int
    blank: bool


class PileOut(BaseModel):
    """Pages that will be one letter, and what its separator said of it."""

    pages: list[PageOut]
    entity: str
    kind: str


class AsideOut(BaseModel):
    """A page that is in no letter, and why."""

    page: PageOut
    reason: str


class OutcomeOut(BaseModel):
    """A letter that was entered; `letter` is null where the caller may not read it or the pile was no letter."""

    letter: str | None
    number: str | None
    said: str


class BoardOut(BatchOut):
    """A lot with its board; `doubts` must be confirmed before its letters are entered."""

    files: list[BatchFileOut]
    piles: list[PileOut]
    aside: list[AsideOut]
    doubts: list[str]
    letters: list[OutcomeOut]

    @classmethod
    def seen(cls, view: BatchView) -> BoardOut:
        """Return a lot with its board on the wire."""

        def page(leaf: Leaf) -> PageOut:
            return PageOut(key=leaf.key, turn=leaf.turn, blank=view.pages[leaf.key].blank)

        return cls(
            **BatchOut.of(view.batch).model_dump(),
            files=[BatchFileOut.of(file) for file in view.files],
            piles=[
                PileOut(pages=[page(leaf) for leaf in pile.leaves], entity=pile.entity_id, kind=pile.kind)
                for pile in view.board.piles
            ],
            aside=[AsideOut(page=page(left.leaf), reason=left.reason) for left in view.board.aside],
            doubts=list(view.doubts),
            letters=[
                OutcomeOut(
                    letter=one.letter_id if one.letter_id in view.readable else None, number=one.number, said=one.said
                )
                for one in view.outcomes
            ],
        )


class ActIn(BaseModel):
    """An act on a board: on the pages of these keys; `before` says where to place them, `reason` why to discard."""

    act: BoardAct
    revision: int = Field(ge=0)
    keys: list[str] = Field(default=[], max_length=MOST_PAGES)
    before: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=300)


class ConfirmIn(BaseModel):
    """The board that was seen; `despite_doubts` once a person has looked at them."""

    revision: int = Field(ge=0)
    despite_doubts: bool = False


class DropIn(BaseModel):
    """Why no page of the lot becomes a letter."""

    reason: str = Field(max_length=500)


@router.get("")
def list_batches(house: HouseDep, actor: ApiActorDep) -> list[BatchOut]:
    """Return the lots that wait in the registers that the caller keeps, the oldest first."""
    waiting, _ = batches(store=house.store, actor=actor)
    return [BatchOut.of(one) for one, _ in waiting]


@router.post("", status_code=201)
def begin(house: HouseDep, actor: ApiActorDep, given: NewBatchIn) -> BatchOut:
    """Open a lot without files."""
    new = NewBatch(Door.API, given.label, given.direction, given.sides, given.received_on, given.letters, given.pages)
    return BatchOut.of(open_batch(new, store=house.store, actor=actor, clock=house.clock))


@router.get("/{batch_id}")
def get(house: HouseDep, actor: ApiActorDep, batch_id: str) -> BoardOut:
    """Return a lot with its board as it stands."""
    return BoardOut.seen(batch_view(batch_id, store=house.store, actor=actor))


@router.put("/{batch_id}")
def amend(house: HouseDep, actor: ApiActorDep, batch_id: str, given: SaidIn) -> BatchOut:
    """Put right what was said of a lot."""
    said = Said(given.label, given.sides, given.received_on, given.letters, given.pages)
    return BatchOut.of(amend_batch(batch_id, said, store=house.store, actor=actor, clock=house.clock))


@router.post("/{batch_id}/files", status_code=201)
def add(house: HouseDep, actor: ApiActorDep, batch_id: str, file: Annotated[UploadFile, File()]) -> BatchFileOut:
    """Add a file; the same bytes again change nothing."""
    name = shown_name(file.filename or "")
    found = deposit(file.file, name, batch_id, door=Door.API, actor=actor, entrance=house.entrance)
    return BatchFileOut.of(found)


@router.post("/{batch_id}/acts")
def act(house: HouseDep, actor: ApiActorDep, batch_id: str, given: ActIn) -> BoardOut:
    """Do one act on the board, and return it as it stands then."""
    order = BoardOrder(given.act, given.revision, tuple(given.keys), before=given.before, reason=given.reason)
    act_on_batch(batch_id, order, store=house.store, actor=actor, clock=house.clock)
    return BoardOut.seen(batch_view(batch_id, store=house.store, actor=actor))


@router.post("/{batch_id}/letters", status_code=202)
def confirm(house: HouseDep, actor: ApiActorDep, batch_id: str, given: ConfirmIn) -> BoardOut:
    """Ask for the letters of the board: a worker enters them one by one; ask again to see their numbers."""
    sure = given.despite_doubts
    confirm_batch(batch_id, given.revision, despite_doubts=sure, store=house.store, actor=actor, clock=house.clock)
    return BoardOut.seen(batch_view(batch_id, store=house.store, actor=actor))


@router.post("/{batch_id}/drop", status_code=204)
def drop(house: HouseDep, actor: ApiActorDep, batch_id: str, given: DropIn) -> Response:
    """Set a lot aside: its pages stay with it, none becomes a letter."""
    drop_batch(batch_id, given.reason, store=house.store, actor=actor, clock=house.clock)
    return Response(status_code=204)
