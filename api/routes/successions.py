"""Passations de service."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from api.deps import ApiActorDep, HouseDep
from api.files import stream_chunks
from api.prints import ARCHIVED, print_pdf
from ged.mail.item import Confidentiality
from ged.mail.succession import Succession
from ged.services import succeed

router = APIRouter(prefix="/successions", tags=["organisation"])


class PositionIn(BaseModel):
    """The post whose inventory is asked for."""

    position_id: str


class AcceptanceIn(BaseModel):
    """What the successor has to say, if anything."""

    remark: str = Field(default="", max_length=2000)


class SuccessionOut(BaseModel):
    """An inventory that was kept."""

    id: str
    position_id: str
    count: int
    level: Confidentiality
    sha256: str
    size: int
    made_at: datetime
    made_by: str
    accepted_at: datetime | None
    accepted_by: str | None
    remark: str

    @classmethod
    def of(cls, one: Succession) -> SuccessionOut:
        """Return one on the wire."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


@router.get("")
def list_successions(house: HouseDep, actor: ApiActorDep) -> list[SuccessionOut]:
    """List the inventories that the caller may read, newest first."""
    seen = succeed.view(store=house.store, actor=actor, clock=house.clock)
    return [SuccessionOut.of(one) for one in seen.successions]


@router.post("", status_code=201)
def make(house: HouseDep, actor: ApiActorDep, asked: PositionIn) -> SuccessionOut:
    """Make, seal and keep the inventory of a post."""
    made = succeed.make(
        asked.position_id,
        render=lambda inventory: print_pdf("prints/succession.html", "fr", variant=ARCHIVED, inventory=inventory),
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        actor=actor,
        clock=house.clock,
    )
    return SuccessionOut.of(made)


@router.post("/{succession_id}/acceptance")
def accept(house: HouseDep, actor: ApiActorDep, succession_id: str, said: AcceptanceIn) -> SuccessionOut:
    """Take over."""
    return SuccessionOut.of(
        succeed.accept(succession_id, said.remark, store=house.store, actor=actor, clock=house.clock)
    )


@router.get("/{succession_id}/inventory")
def inventory(house: HouseDep, actor: ApiActorDep, succession_id: str) -> Response:
    """Return the PDF, byte for byte."""
    _, opened = succeed.open_inventory(
        succession_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock
    )
    return StreamingResponse(stream_chunks(opened), media_type="application/pdf")


@router.get("/{succession_id}/signature")
def signature(house: HouseDep, actor: ApiActorDep, succession_id: str) -> Response:
    """Return the house's detached CMS signature over it."""
    found = succeed.seal_of(succession_id, store=house.store, vault=house.vault, actor=actor, clock=house.clock)
    return Response(found, media_type="application/pkcs7-signature")
