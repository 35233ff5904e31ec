"""A PDF that was born so as PDF/A-2b, by Ghostscript: its fonts brought along, its colours defined, nothing active."""

from __future__ import annotations

import shutil
from pathlib import Path

from ged.errors import Refused, Unavailable
from ingest.capture.unopened import ask
from ingest.confined.confined import Confined
from ingest.office.confined import Limits, run
from ingest.own_folder import own_folder
from ingest.stages.pdf_a import declared, flattened

_PROGRAM = "gs"
_LIMITS = Limits(timeout_s=120, processor_s=120, memory_bytes=2_000_000_000)
_OPTIONS = (
    *("-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dPDFSTOPONERROR", "-sDEVICE=pdfwrite"),
    *("-dPDFA=2", "-dPDFACompatibilityPolicy=2", "-sColorConversionStrategy=RGB"),
)
"""Policy 2: what cannot be kept by the norm makes a file that does not claim it, never one that lacks it silently."""


_FAILED = "Ce PDF n'a pas pu être converti en PDF/A-2b : l'original voyage seul."


def to_pdf_a(path: Path, title: str, confined: Confined) -> bytes:
    """Return a PDF as PDF/A-2b that shows the same, page for page; the file at `path` is the caller's own copy.

    Raises:
        Refused: it cannot be done: `archival.failed`, `archival.not_kept`, `archival.unfaithful`.
        Unavailable: `archival.no_program`, `confined.not_started`.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        raise Unavailable(
            "archival.no_program",
            "Ghostscript n'est pas installé sur ce serveur : les copies PDF/A-2b ne peuvent être faites. "
            "Prévenez l'exploitant.",
        )
    try:
        return _converted(program, path, title, confined)
    except Refused as error:
        if error.code.startswith("archival."):
            raise
        # What a door says to a sender (« numérisez de nouveau ») is nothing to say to an archive.
        raise Refused("archival.failed", _FAILED, why=error.code) from error


def _converted(program: str, path: Path, title: str, confined: Confined) -> bytes:
    with own_folder("pdfa") as folder:
        given, made = folder / "document.pdf", folder / "copie.pdf"
        given.write_bytes(ask(confined, flattened, path))
        ended = run((program, *_OPTIONS, f"-sOutputFile={made}", str(given)), folder, _LIMITS)
        if ended.code != 0 or not made.exists():
            raise Refused("archival.failed", _FAILED, ended=ended.code, said=ended.said[-400:])
        return ask(confined, declared, path, made, title)
