"""Transfers to an archive: slips prepared, approved, packed, answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.files import served
from api.schemas.transfers import SlipOut, TransferOut
from api.transfers import archive_of, read_reply
from ged.mail.transfer import MAX_TITLE, Form
from ingest.own_folder import own_folder
from retention import slips, transfers
from retention.answers import take_answer

router = APIRouter(prefix="/transfers", tags=["transfers"])


class FoundTransfers(BaseModel):
    """A page of slips; `free` letters and pieces could go on a new one."""

    total: int
    free: int
    transfers: list[TransferOut]


class TransferIn(BaseModel):
    """A slip to prepare with what fell due: letters of some kinds, or all letters and pieces of dossiers."""

    title: str = Field(max_length=MAX_TITLE)
    form: Form = Form.SEDA
    kinds: list[str] = []


class ActIn(BaseModel):
    """An act on a slip; `letters` are ids of letters and pieces, for those that choose, `reason` says why."""

    act: transfers.SlipAct
    letters: list[str] = []
    reason: str = Field(default="", max_length=1000)


@router.get("")
def listed(
    house: HouseDep,
    actor: ApiActorDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> FoundTransfers:
    """Return the slips of the caller's house, the last prepared first."""
    found = slips.slips(store=house.store, actor=actor, limit=limit, offset=offset)
    rows = [TransferOut.of(row.transfer) for row in found.rows]
    return FoundTransfers(total=found.total, free=found.free, transfers=rows)


@router.post("", status_code=201)
def prepare(house: HouseDep, actor: ApiActorDep, given: TransferIn) -> TransferOut:
    """Prepare a slip with all that fell due for a transfer."""
    made = transfers.prepare(
        given.title,
        given.form,
        archive_of(house),
        store=house.store,
        actor=actor,
        clock=house.clock,
        kinds=given.kinds,
    )
    return TransferOut.of(made)


@router.get("/{transfer_id}")
def get(
    house: HouseDep,
    actor: ApiActorDep,
    transfer_id: str,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> SlipOut:
    """Return a slip, a page of its lines and its packages."""
    return SlipOut.of(slips.slip(transfer_id, store=house.store, actor=actor, limit=limit, offset=offset))


@router.post("/{transfer_id}/acts")
def act(house: HouseDep, actor: ApiActorDep, transfer_id: str, given: ActIn) -> SlipOut:
    """Do something to a slip, and return how it stands."""
    ask = transfers.Ask(given.act, given.letters, given.reason)
    transfers.carry_out(transfer_id, ask, store=house.store, actor=actor, clock=house.clock)
    return get(house, actor, transfer_id)


@router.get("/{transfer_id}/packages/{rank}", response_class=Response)
def package(house: HouseDep, actor: ApiActorDep, transfer_id: str, rank: int) -> Response:
    """Return a package (zip); that it was taken away stands in the journal."""
    found = slips.take_away(transfer_id, rank, store=house.store, actor=actor, clock=house.clock)
    return served(house.vault.open(found.sha256), media_type="application/zip", name=found.identifier)


@router.post("/{transfer_id}/reply")
def reply(
    house: HouseDep, actor: ApiActorDep, transfer_id: str, xml: Annotated[str, Body(max_length=4_000_000, embed=True)]
) -> SlipOut:
    """Take in an `ArchiveTransferReply` or an `Acknowledgement` of SEDA 2.3."""
    slips.slip(transfer_id, store=house.store, actor=actor, limit=0)
    with own_folder("reponse") as folder:
        (folder / "reponse.xml").write_text(xml, encoding="utf-8")
        said, text = read_reply(folder / "reponse.xml", house)
    take_answer(transfer_id, said, text, store=house.store, actor=actor, clock=house.clock)
    return get(house, actor, transfer_id)
