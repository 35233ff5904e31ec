"""Resumable uploads for programs: tus 1.0.0, a file registered as a letter once it is whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api import uploads
from api.deps import ApiActorDep, HouseDep
from ged.mail.upload import Upload
from ged.services.capture import Door
from ged.services.upload import unfinished

router = APIRouter(tags=["uploads"])


class UploadOut(BaseModel):
    """A file on its way; `outcome` once it is whole: the receipt, the fate of our own sheets, or the refusal."""

    id: str
    filename: str
    size: int
    offset: int
    expires_at: datetime
    outcome: dict[str, Any] | None

    @classmethod
    def of(cls, found: Upload) -> UploadOut:
        """Return an upload on the wire."""
        return cls(
            id=found.id,
            filename=found.wish.filename,
            size=found.wish.size,
            offset=found.written,
            expires_at=found.expires_at,
            outcome=dict(found.outcome) if found.outcome is not None else None,
        )


@router.get("/uploads")
def list_uploads(house: HouseDep, actor: ApiActorDep) -> list[UploadOut]:
    """List the caller's uploads of which nothing became yet."""
    return [UploadOut.of(each) for each in unfinished(store=house.store, actor=actor, clock=house.clock)]


@router.options("/uploads", status_code=204, response_class=Response)
def ask(house: HouseDep, _actor: ApiActorDep) -> Response:
    """Say which version and extensions of tus are understood."""
    return uploads.options(house)


@router.post("/uploads", status_code=201, response_class=Response)
def create(request: Request, house: HouseDep, actor: ApiActorDep) -> Response:
    """Open an upload of `Upload-Length` bytes; `Upload-Metadata` may give filename, direction, received_on, mark."""
    return uploads.create(request, house, actor, Door.API)


@router.get("/uploads/{upload_id}")
def show(house: HouseDep, actor: ApiActorDep, upload_id: str) -> UploadOut:
    """Return an upload, and what became of it."""
    return UploadOut.of(house.uploads.find(upload_id, actor))


@router.head("/uploads/{upload_id}", response_class=Response)
async def look(request: Request, house: HouseDep, actor: ApiActorDep, upload_id: str) -> Response:
    """Say how many bytes are durable."""
    return await uploads.act(request, house, actor, upload_id)


@router.patch("/uploads/{upload_id}", status_code=204, response_class=Response)
async def append(request: Request, house: HouseDep, actor: ApiActorDep, upload_id: str) -> Response:
    """Add bytes at `Upload-Offset`; the last ones answer once the letter is registered or refused."""
    return await uploads.act(request, house, actor, upload_id)


@router.post("/uploads/{upload_id}", status_code=204, response_class=Response)
async def stand_in(request: Request, house: HouseDep, actor: ApiActorDep, upload_id: str) -> Response:
    """Do what `X-HTTP-Method-Override` says."""
    return await uploads.act(request, house, actor, upload_id)


@router.delete("/uploads/{upload_id}", status_code=204, response_class=Response)
async def abandon(request: Request, house: HouseDep, actor: ApiActorDep, upload_id: str) -> Response:
    """Forget an upload."""
    return await uploads.act(request, house, actor, upload_id)
