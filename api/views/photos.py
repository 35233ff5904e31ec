"""« Photographier » : photographs sent one by one, put in order, and registered together as a letter or a lot."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from api.deps import COOKIE, ActorDep, FormCheck, HouseDep
from api.files import stream_chunks
from api.views.capture import Sent
from api.views.render import page, part
from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor, Right
from ged.mail.item import Direction
from ged.mail.upload import Upload, unknown_upload
from ged.services.capture import Receipt, open_directions
from ged.services.phone_link import open_link
from ged.services.scan import last_scan
from ingest.capture.photos import photos_of, send_letter, send_lot
from ingest.capture.receive import SheetsBack

router = APIRouter(prefix="/photographier")


@router.get("")
def ask(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the photographs that were not sent yet."""
    return _page(request, house, actor)


@router.get("/liste")
def rows(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the photographs alone, those of a telephone among them."""
    return part(request, "parts/photo_rows.html", photos=_whole(house, actor))


@router.post("", dependencies=[FormCheck])
def send(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    photos: Annotated[list[str] | None, Form()] = None,
    registre: Annotated[str, Form(max_length=20)] = "",
    acte: Annotated[str, Form(max_length=20)] = "courrier",
) -> Response:
    """Register the photographs in the order given."""
    direction = Direction(registre) if registre in set(Direction) else open_directions(actor)[0]
    try:
        if acte == "lot":
            batch = send_lot(photos or [], house.uploads, actor, direction, None)
            return RedirectResponse(f"/lots/{batch.id}", status_code=303)
        done = send_letter(photos or [], house.uploads, actor, direction, None)
    except GedError as error:
        return _page(request, house, actor, direction=direction, fault=error.sentence, status=422)
    return _page(request, house, actor, direction=direction, done=done)


@router.get("/{upload_id}.jpg")
def picture(house: HouseDep, actor: ActorDep, upload_id: str) -> Response:
    """Show a photograph of the actor's own, from where it waits."""
    found = next((each for each in _whole(house, actor) if each.id == upload_id), None)
    if found is None:
        raise unknown_upload()
    opened = closing(house.uploads.path(found).open("rb"))
    headers = {"Cache-Control": "private, max-age=3600", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return StreamingResponse(stream_chunks(opened), media_type="image/jpeg", headers=headers)


@router.post("/telephone", dependencies=[FormCheck])
def pair(request: Request, house: HouseDep, actor: ActorDep) -> Response:
    """Show the code by which one telephone deposits photographs for this session."""
    secret = open_link(request.cookies.get(COOKIE, ""), store=house.store, actor=actor, clock=house.clock)
    root = house.settings.web.address.rstrip("/") or str(request.base_url).rstrip("/")
    return _page(request, house, actor, address=f"{root}/t/{secret}")


def _whole(house: House, actor: Actor) -> list[Upload]:
    return [each for each in photos_of(house.uploads, actor) if each.whole]


def _page(
    request: Request,
    house: House,
    actor: Actor,
    *,
    direction: Direction | None = None,
    done: Receipt | SheetsBack | None = None,
    fault: str = "",
    address: str = "",
    status: int = 200,
) -> Response:
    directions = open_directions(actor)
    drawing = segno.make(address, error="m", micro=False).svg_inline(scale=5, border=3) if address else ""
    sent = [Sent("", None, "", done.sheets) if isinstance(done, SheetsBack) else Sent("", done, "")] if done else []
    return page(
        request,
        "photos.html",
        status=status,
        photos=_whole(house, actor),
        directions=directions,
        direction=direction or directions[0],
        sent=sent,
        acknowledges=actor.has(Right.ACKNOWLEDGE),
        fault=fault,
        scanners=house.settings.scanning.devices,
        run=last_scan(store=house.store, actor=actor),
        code=drawing,
        address=address,
    )
