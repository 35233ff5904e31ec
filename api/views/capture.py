"""« Numériser » : files sent by a browser, one after the other, each with its own answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from api.deps import ActorDep, FormCheck, HouseDep
from api.uploads import UNREAD_DAY
from api.views.render import page
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor, Right
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.mail.photo import PAGES
from ged.mail.returned import Returned
from ged.mail.upload import Upload
from ged.services.capture import Door, Receipt, open_directions
from ged.services.upload import unfinished
from ingest.capture.names import shown_name
from ingest.capture.receive import SheetsBack, receive_scan

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file: a receipt, sheets of ours that came back, or the sentence that says why not."""

    name: str
    receipt: Receipt | None
    error: str
    sheets: tuple[Returned, ...] = ()

    @classmethod
    def of(cls, upload: Upload) -> Sent:
        """Return what became of a file that came piece by piece."""
        name, outcome = upload.wish.filename, dict(upload.outcome or {})
        if "number" in outcome:
            at = datetime.fromisoformat(outcome["registered_at"])
            return cls(name, Receipt(**{**outcome, "registered_at": at}), "")
        return cls(name, None, outcome.get("error", ""), tuple(Returned(**each) for each in outcome.get("sheets", ())))


@router.get("/numeriser")
def ask(request: Request, house: HouseDep, actor: ActorDep, registre: str = "") -> Response:
    """Show the form."""
    return _form(request, house, actor, _direction(registre, actor))


@router.post("/numeriser", dependencies=[FormCheck])
def take(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    fichiers: Annotated[list[UploadFile] | None, File()] = None,
    registre: Annotated[str, Form(max_length=20)] = "",
    recu: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Register files sent without the script, which sends them piece by piece elsewhere; one page answers for all."""
    direction = _direction(registre, actor)
    today = house.clock().date()
    received = parse_date(recu, today) if recu.strip() else None
    unread = bool(recu.strip()) and received is None
    sent = [
        Sent(shown_name(file.filename or ""), None, UNREAD_DAY) if unread
        else _taken(file, house, actor, direction, received)
        for file in fichiers or () if file.filename or file.size
    ]  # fmt: skip
    status = 200 if sent and not any(one.error for one in sent) else 422
    return _form(request, house, actor, direction, sent=sent, received=recu, status=status)


def _form(
    request: Request,
    house: House,
    actor: Actor,
    direction: Direction,
    *,
    sent: Sequence[Sent] = (),
    received: str = "",
    status: int = 200,
) -> Response:
    lying = unfinished(store=house.store, actor=actor, clock=house.clock)
    return page(
        request,
        "capture.html",
        status=status,
        sent=sent,
        acknowledges=actor.has(Right.ACKNOWLEDGE),
        directions=open_directions(actor),
        direction=direction,
        received=received,
        limit_mb=house.settings.capture.max_megabytes,
        unfinished=[each for each in lying if each.wish.door not in PAGES],
    )


def _direction(value: str, actor: Actor) -> Direction:
    """Return the register chosen; when none is, the first that is open. Each file asks whether it may."""
    return Direction(value) if value in set(Direction) else open_directions(actor)[0]


def _taken(file: UploadFile, house: House, actor: Actor, direction: Direction, received: date | None) -> Sent:
    name = shown_name(file.filename or "")
    try:
        receipt = receive_scan(
            file.file,
            name,
            door=Door.UPLOAD,
            actor=actor,
            entrance=house.entrance,
            direction=direction,
            received_on=received,
        )
    except GedError as error:
        return Sent(name, None, error.sentence)
    if isinstance(receipt, SheetsBack):
        return Sent(name, None, "", receipt.sheets)
    return Sent(name, receipt, "")
