"""Signed documents that enclose what they sign (.p7m), as files that hold another; a signature alone holds nothing.

Source: RFC 8551 (a message enclosed is a MIME entity), CAdES as offices send it (the document's own bytes).
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from html import escape
from pathlib import Path

from ged.errors import Refused
from ged.mail.arrived_signature import BESIDE
from ged.mail.electronic import Piece
from ingest.readers.archive import TOO_HEAVY, archive_refused, said_of
from ingest.readers.cms import enclosed, signed_data
from ingest.readers.limits import Limits
from ingest.readers.mime import is_entity, read_mail
from ingest.readers.source import File
from ingest.readers.typeset import set_pages


def check(path: Path, _limits: Limits) -> int:
    """Return the one page, its list, that a signed document is by itself.

    Raises:
        Refused: `capture.encrypted`, `capture.damaged`; `capture.unknown_type` for a signature without its document.
    """
    if enclosed(signed_data(path.read_bytes())) is None:
        raise Refused(
            "capture.unknown_type",
            "Ce fichier est une signature seule, sans le document qu'elle signe. Envoyez les deux dans une archive "
            "ZIP ou par courriel.",
            media_type=BESIDE,
        )
    return 1


def files(path: Path, limits: Limits) -> Generator[File]:
    """Yield the document that is enclosed; the text and the files of a message that is.

    Raises:
        Refused: `capture.encrypted`, `capture.damaged`, `capture.archive`, `mail.too_deep`, `mail.too_many_parts`.
    """
    content = enclosed(signed_data(path.read_bytes())) or b""
    if len(content) > limits.max_bytes:
        raise archive_refused(TOO_HEAVY)
    if not is_entity(content):
        yield File("", content)
        return
    mail = read_mail(content)
    if mail.text.strip():
        yield File("message.txt", mail.text.encode())
    yield from mail.files


def lay_out(_path: Path, pieces: Sequence[Piece], target: Path) -> None:
    """Write what a signed document encloses as a page."""
    items = "".join(f"<li>{escape(piece.name)}{said_of(piece)}</li>" for piece in pieces)
    set_pages(f"<h1>Document signé</h1><p>Ce que la signature enferme :</p><ul>{items}</ul>", target)
