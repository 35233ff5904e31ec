"""Files on the wire: streamed, never guessed at by the browser, with an honest cache."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from ged.mail.draft import Draft
from ged.mail.item import Confidentiality, Letter
from ingest.readers.table import of_type

_CHUNK = 256 * 1024
SHOWN_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/webp", "image/gif"})
"""What a browser shows of itself, in a cage; everything else is only saved: a message may hold a page of the web."""
_OTHERS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "message/rfc822": "eml",
}


def file_response(
    request: Request,
    opened: AbstractContextManager[BinaryIO],
    letter: Letter | Draft,
    *,
    media_type: str,
    name: str | None = None,
    digest: str | None = None,
) -> Response:
    """Stream a file of a letter or draft; with a `name`, offered under it; with a `digest`, once to who has it."""
    headers = {"Cache-Control": "no-store" if _secret(letter) else "private, max-age=600"}
    if digest is not None and not _secret(letter):
        headers["ETag"] = f'"{digest}"'
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
    if name is not None:
        headers |= _offered(name, media_type)
    return StreamingResponse(stream_chunks(opened), media_type=media_type, headers=headers)


def stream_chunks(opened: AbstractContextManager[BinaryIO]) -> Iterator[bytes]:
    """Open a file before the answer starts, so that a fault is still an error page, and return its bytes in chunks."""
    held = ExitStack()
    return _chunks(held.enter_context(opened), held)


def served(opened: AbstractContextManager[BinaryIO], *, media_type: str, name: str) -> Response:
    """Stream a file that is no letter's own, shown in a sandbox and kept by no browser."""
    headers = {"Cache-Control": "no-store", **_offered(name, media_type)}
    return StreamingResponse(stream_chunks(opened), media_type=media_type, headers=headers)


def _offered(name: str, media_type: str) -> dict[str, str]:
    found = of_type(media_type)
    extension = found.extension if found else _OTHERS.get(media_type, "bin")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in name)
    shown = "inline" if media_type in SHOWN_INLINE else "attachment"
    return {
        "Content-Disposition": f'{shown}; filename="{safe}.{extension}"',
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }


def _secret(letter: Letter | Draft) -> bool:
    return letter.confidentiality.rank >= Confidentiality.CONFIDENTIAL.rank


def _chunks(stream: BinaryIO, held: ExitStack) -> Iterator[bytes]:
    with held:
        while chunk := stream.read(_CHUNK):
            yield chunk
