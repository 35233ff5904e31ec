"""« Numériser » : files sent by a browser, one after the other, each with its own answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.views.render import page, part
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.services.capture import Door, Receipt, registering_post
from ingest.capture.receive import receive, shown_name

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file: a receipt, or the sentence that says why not."""

    name: str
    receipt: Receipt | None
    error: str


@router.get("/numeriser")
def ask(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the form."""
    registering_post(actor)
    return page(request, "capture.html", sent=(), limit_mb=house.settings.capture.max_megabytes)


@router.post("/numeriser", dependencies=[FormCheck])
def take(
    request: Request, house: HouseDep, actor: ActorDep, fichiers: Annotated[list[UploadFile] | None, File()] = None
) -> Response:
    """Register files. The script sends them one by one and shows each answer; without it, one page answers for all."""
    registering_post(actor)
    sent = [_taken(file, house, actor) for file in fichiers or () if file.filename or file.size]
    if request.headers.get("x-one-by-one"):
        return part(request, "parts/sent.html", sent=sent)
    status = 200 if sent and all(one.receipt for one in sent) else 422
    return page(request, "capture.html", status=status, sent=sent, limit_mb=house.settings.capture.max_megabytes)


def _taken(file: UploadFile, house: House, actor: Actor) -> Sent:
    name = shown_name(file.filename or "")
    try:
        receipt = receive(file.file, name, door=Door.UPLOAD, actor=actor, entrance=house.entrance)
    except GedError as error:
        return Sent(name, None, error.sentence)
    return Sent(name, receipt, "")
