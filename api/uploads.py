"""Resumable uploads on the wire, the same for pages and programs: tus 1.0.0 over one door.

Extensions: creation, termination, expiration, checksum. Source: the tus protocol, version 1.0.0.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from collections.abc import AsyncIterator
from email.utils import format_datetime

from fastapi import Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from api.wiring import House
from ged.errors import GedError, Refused
from ged.mail.access import Actor
from ged.mail.french_dates import parse_date
from ged.mail.item import Direction
from ged.mail.said import Said
from ged.mail.upload import Upload, Wish, out_of_step
from ged.services.capture import Door
from ingest.capture.names import shown_name

VERSION = "1.0.0"
UNREAD_DAY = "La date de réception ne se lit pas. Rien n'a été enregistré : écrivez-la comme 31/12/2026."
_TYPE = "application/offset+octet-stream"
_DIGESTS = ("sha256", "sha1", "md5")
_PIECE = 1 << 20
_CHECKED = 16 << 20
"""Bytes: a request with a checksum is held in memory until that is verified."""
_SILENCE_S = 60.0
"""After that long without a byte, what came is kept and the sender counted as gone."""


def options(house: House) -> Response:
    """Say what the server understands."""
    limit = house.settings.capture.max_megabytes * 1_000_000
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,termination,expiration,checksum",
        "Tus-Max-Size": str(limit),
        "Tus-Checksum-Algorithm": ",".join(_DIGESTS),
    }
    return _answer(204, headers)


def create(request: Request, house: House, actor: Actor, door: Door) -> Response:
    """Open an upload and say where it is; nothing is written yet.

    Raises:
        Refused: `upload.version`, `upload.header`, and as `ged.services.upload.begin` does.
    """
    _check_version(request)
    given = _metadata(request.headers.get("upload-metadata", ""))
    direction = given.get("direction", Direction.INCOMING)
    typed = given.get("received_on", "").strip()
    received = parse_date(typed, house.clock().date()) if typed else None
    if direction not in set(Direction):
        raise _header("Upload-Metadata")
    if typed and received is None:
        raise Refused("capture.received_unread", UNREAD_DAY)
    wish = Wish(
        filename=shown_name(given.get("filename", "")),
        size=_count(request, "upload-length"),
        door=Door.PHOTO if "photo" in given else door,
        direction=Direction(direction),
        received_on=received,
        mark=given.get("mark", "")[:200],
    )
    new = house.uploads.begin(wish, actor)
    place = f"{request.url.path.rstrip('/')}/{new.id}"
    return _answer(201, {"Location": place, **_state(new)})


async def act(request: Request, house: House, actor: Actor, upload_id: str) -> Response:
    """Do what the method says, or the one that stands in for it where a proxy lets no PATCH through.

    Raises:
        NotFound: `upload.unknown`.
        Conflict: `upload.offset`.
        Refused: `upload.*`.
        Unavailable: `upload.no_room`.
    """
    _check_version(request)
    method = request.headers.get("x-http-method-override", request.method).upper()
    if method == "HEAD":
        found = await run_in_threadpool(house.uploads.find, upload_id, actor)
        return _answer(200, {"Upload-Length": str(found.wish.size), **_state(found)})
    if method == "DELETE":
        await run_in_threadpool(house.uploads.abandon, upload_id, actor)
        return _answer(204, {})
    if method == "PATCH":
        return _answer(204, _state(await _append(request, house, actor, upload_id)))
    raise _header("X-HTTP-Method-Override")


async def _append(request: Request, house: House, actor: Actor, upload_id: str) -> Upload:
    """Write what comes, piece by piece, each acknowledged by its row; register the file once it is whole."""
    if request.headers.get("content-type") != _TYPE:
        raise Refused("upload.media_type", Said("Cette adresse prend des octets de type « %(type)s ».", type=_TYPE))
    offset = _count(request, "upload-offset")
    found = await run_in_threadpool(house.uploads.find, upload_id, actor)
    if found.written != offset:
        raise out_of_step(found)
    checksum = request.headers.get("upload-checksum")
    pieces = _pieces(request) if checksum is None else _verified(request, checksum)
    async for piece in pieces:
        found = await run_in_threadpool(house.uploads.append, upload_id, offset, piece, actor)
        offset = found.written
    if found.whole:
        await run_in_threadpool(house.uploads.take, upload_id, actor)
    return found


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Give the body in pieces, and what came of the last one when the sender goes away."""
    held, stream = bytearray(), aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(_SILENCE_S):
                held += await anext(stream)
        except (StopAsyncIteration, ClientDisconnect, TimeoutError):
            break
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def _verified(request: Request, checksum: str) -> AsyncIterator[bytes]:
    """Give the body whole, if it is what its sender says; nothing of it otherwise."""
    name, _, digest = checksum.partition(" ")
    if name not in _DIGESTS:
        raise _header("Upload-Checksum")
    body = bytearray()
    async for piece in _pieces(request):
        body += piece
        if len(body) > _CHECKED:
            raise Refused(
                "upload.chunk_too_large", Said("Un morceau vérifié fait %(size)s Mio au plus.", size=_CHECKED >> 20)
            )
    if base64.b64encode(hashlib.new(name, body, usedforsecurity=False).digest()).decode() != digest:
        raise Refused("upload.checksum", "Ces octets ont été altérés en route. Envoyez-les de nouveau.")
    yield bytes(body)


def _check_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != VERSION:
        raise Refused(
            "upload.version",
            Said("Cette adresse suit le protocole tus %(version)s : « Tus-Resumable: %(version)s ».", version=VERSION),
        )


def _count(request: Request, name: str) -> int:
    given = request.headers.get(name, "")
    if not (given.isascii() and given.isdigit() and len(given) < 16):
        raise _header(name)
    return int(given)


def _metadata(header: str) -> dict[str, str]:
    """Return the pairs of `Upload-Metadata`: a name, and its value in base64."""
    pairs = (pair.split() for pair in header.split(",") if pair.strip())
    try:
        return {name: base64.b64decode("".join(value), validate=True).decode() for name, *value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _header("Upload-Metadata") from error


def _header(name: str) -> GedError:
    return Refused("upload.header", Said("L'en-tête %(name)s manque ou ne se lit pas.", name=name), header=name)


def _state(found: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(found.written), "Upload-Expires": format_datetime(found.expires_at, usegmt=True)}


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})
