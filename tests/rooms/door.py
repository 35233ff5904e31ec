"""The whole way of one file through the readers: at the door while its sender waits, then as the worker opens it."""

from __future__ import annotations

from pathlib import Path

from ged.errors import GedError, Refused
from ingest.confined.bounds import Bounds, Stopped, Unforeseen
from ingest.confined.confined import Confined
from ingest.readers import pdf
from ingest.readers.inspection import Limits, inspect
from ingest.readers.table import facts_of, is_mail, is_paged, of_type, pages_of
from ingest.readers.unpack import files_in
from ingest.sheets.look import look
from ingest.stages.lay_out import lay_out
from ingest.stages.triage import triage

LIMITS = Limits(max_bytes=2_000_000, max_pages=20, max_page_pixels=4_000_000)
BOUNDS = Bounds(processor_s=20, timeout_s=300, memory_bytes=1_000_000_000)


def read_through(path: Path) -> str:
    """Return the media type of a file, once everything that its reader can do was asked of it."""
    media_type = inspect(path, LIMITS).media_type
    files_in(path, media_type, LIMITS)
    if is_mail(media_type):
        facts_of(path, media_type)
    if not is_paged(media_type):
        known = of_type(media_type)
        if known is not None and known.lay_out is not None:
            lay_out(path, media_type, (), LIMITS.max_pages)
        return media_type
    pages = pages_of(path)
    pages.own_image(path, 1)
    look(path, 1)
    triage(path)
    pages.as_pdf(path).close()
    if pages.text is not None:
        pdf.read_words(path, 1)
        pdf.image_share(path, 1)
    return media_type


def outcome(confined: Confined, path: Path) -> tuple[str, str]:
    """Return how a file fares, in a word, and the sentence that its sender reads, or what went wrong."""
    try:
        return confined.call(read_through, path, bounds=BOUNDS), ""
    except Refused as error:
        return error.code, error.sentence
    except (GedError, Unforeseen) as error:
        return f"fault {str(error).split(':', maxsplit=1)[0]}", str(error)
    except Stopped as error:
        return f"stopped {error.why}", str(error)
