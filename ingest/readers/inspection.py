"""Inspecting a file while its sender waits: what it is, how many pages, or in a sentence why it is not taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import magic

from ged.errors import Refused
from ingest.readers import image, pdf
from ingest.readers.limits import Limits

__all__ = ["Inspection", "Limits", "inspect"]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is, by content."""

    media_type: str
    page_count: int


_READERS: dict[str, Callable[[Path, Limits], int]] = {
    "application/pdf": pdf.count_pages,
    "image/tiff": image.count_pages,
    "image/jpeg": image.count_pages,
    "image/png": image.count_pages,
}


_NO_TYPE = {"text/plain", "application/octet-stream"}


def inspect(path: Path, limits: Limits) -> Inspection:
    """Return what a file is, once a reader has opened it and found it whole.

    Raises:
        Refused: `capture.empty`, `capture.unknown_type`, `capture.damaged`, `capture.encrypted`,
            `capture.too_many_pages`, `capture.too_many_pixels`, `capture.too_large`.
    """
    size = path.stat().st_size
    if size == 0:
        raise Refused("capture.empty", "Ce fichier est vide. Numérisez de nouveau la pièce, puis envoyez-la.")
    if size > limits.max_bytes:
        raise limits.too_large()
    media_type = _media_type(path)
    reader = _READERS.get(media_type)
    if reader is None:
        raise Refused(
            "capture.unknown_type",
            "Ce fichier n'est ni un PDF, ni une image TIFF, JPEG ou PNG. Numérisez la pièce dans l'un de ces formats.",
            media_type=media_type,
        )
    pages = reader(path, limits)
    if pages > limits.max_pages:
        raise Refused(
            "capture.too_many_pages",
            f"Ce fichier a {pages} pages, la limite est de {limits.max_pages}. Envoyez-le en plusieurs fois.",
        )
    return Inspection(media_type, pages)


def _media_type(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8192)
    found = str(magic.from_buffer(head, mime=True))
    # A PDF may carry up to 1,024 bytes before its header (ISO 32000-1, annex H.3.4.1), which libmagic does not allow;
    # what has a type of its own, such as an archive that holds a PDF, stays that.
    return "application/pdf" if found in _NO_TYPE and b"%PDF-" in head[:1024] else found
