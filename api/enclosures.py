"""Files that people join to what they write: looked at by content as every other door does, then kept in the vault."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from fastapi import UploadFile

from api.press.package import check_package
from api.wiring import House
from ged.errors import Refused
from ged.mail.access import Actor
from ged.mail.draft import Attachment
from ged.services.capture import Door
from ged.services.dossier_pieces import Brought
from ingest.capture.names import shown_name
from ingest.capture.receive import Entrance, keep, recording_refusals, screened, spool
from ingest.own_folder import own_folder
from ingest.readers.inspection import inspect
from ingest.readers.table import is_paged

_NEITHER = "Ce fichier n'est ni un PDF, ni une image, ni un document Word (.docx). Joignez-le dans l'un de ces formats."
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def enclose(stream: BinaryIO, filename: str, house: House, actor: Actor, *, as_body: bool = False) -> Attachment:
    """Return a file, durable in the vault: a PDF, an image or a Word document; as a body, no image.

    Raises:
        Refused: `capture.*`, `press.*`; `draft.body`, an image is no body.
        Unavailable: the vault does not answer.
    """
    entrance = house.entrance
    with (
        recording_refusals(Door.UPLOAD, filename, actor, entrance),
        own_folder("piece") as folder,
    ):
        path = folder / "piece"
        spool(stream, path, entrance.limits.max_bytes)
        screened(path, entrance)
        with path.open("rb") as file:
            zipped = file.read(4) == b"PK\x03\x04"
        if zipped:
            check_package(path.read_bytes())
        media_type = DOCX if zipped else _paged(path, entrance)
        if as_body and media_type not in {DOCX, PDF}:
            raise Refused("draft.body", "Le texte d'un projet est un document Word (.docx) ou un PDF.", field="fichier")
        with path.open("rb") as copy:
            stored = house.vault.put(copy, media_type=media_type, tenant_id=actor.tenant_id)
    return Attachment(shown_name(filename), stored.digest, media_type, stored.size)


def brought(file: UploadFile, house: House, actor: Actor) -> Brought:
    """Return a file, looked at by content and durable in the vault.

    Raises:
        Refused: `capture.*`.
        Unavailable: the vault or the antivirus does not answer.
    """
    name = file.filename or ""
    paper = keep(file.file, name, door=Door.UPLOAD, actor=actor, entrance=house.entrance, opened=False)
    return Brought(paper.stored, paper.media_type, paper.filename)


def _paged(path: Path, entrance: Entrance) -> str:
    """Return what a file is, a PDF or an image: whoever receives a reply must be able to open what is joined to it."""
    found = entrance.ask(inspect, path, entrance.limits)
    if not is_paged(found.media_type):
        raise Refused("capture.unknown_type", _NEITHER, media_type=found.media_type)
    return found.media_type
