"""Inspecting a file while its sender waits: what it is, how many pages, or in a sentence why it is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import magic

from ged.errors import Refused
from ged.mail.said import Said
from ingest.readers.format import HEAD_BYTES
from ingest.readers.limits import Limits
from ingest.readers.table import format_of

__all__ = ["Inspection", "Limits", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is, by content."""

    media_type: str
    page_count: int


def inspect(path: Path, limits: Limits) -> Inspection:
    """Return what a file is, once a reader has opened it and found it whole.

    Raises:
        Refused: `capture.empty`, `capture.unknown_type`, `capture.damaged`, `capture.encrypted`,
            `capture.too_many_pages`, `capture.too_many_pixels`, `capture.too_large`, `capture.archive`.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused("capture.empty", "Ce fichier est vide. Numérisez de nouveau la pièce, puis envoyez-la.")
    if size > limits.max_bytes:
        raise limits.too_large()
    found = format_of(path)
    if found is None:
        raise Refused(
            "capture.unknown_type",
            "Ce fichier n'est ni un PDF, ni une image, ni un document bureautique, ni un courriel, ni une archive ZIP. "
            "Envoyez la pièce dans l'un de ces formats.",
            media_type=_said_type(path),
        )
    pages = found.inspect(path, limits)
    if pages > limits.max_pages:
        raise Refused(
            "capture.too_many_pages",
            Said(
                "Ce fichier a %(count)s pages, la limite est de %(most)s. Envoyez-le en plusieurs fois.",
                count=pages,
                most=limits.max_pages,
            ),
        )
    return Inspection(found.media_type, pages)


def _said_type(path: Path) -> str:
    """Return what libmagic calls a file that no reader wants."""
    with path.open("rb") as file:
        return str(magic.from_buffer(file.read(HEAD_BYTES), mime=True))
