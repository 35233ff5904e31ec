"""Judging the signatures of a PDF when it comes in: what is known that day of authorities and revocations is kept.

A signature that cannot be judged never keeps a letter from being read: why it was not is kept in its place.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ged.clock import Clock
from ged.errors import GedError
from ged.mail.access import SYSTEM
from ged.mail.item import Direction, Letter
from ged.mail.pdf_signature import Judgement, PdfSignature
from ged.services.pdf_signatures import PDF, write_answers
from ged.store.unit import Unit
from ingest.confined.bounds import Unforeseen
from ingest.readers.pdf_signatures import pdf_signatures
from ingest.runner import Result
from ingest.side_by_side import Reading

UNJUDGED = "Les signatures du PDF n'ont pas pu être jugées à l'arrivée. Demandez-le sur la page du courrier."
Fetched = Callable[[str], AbstractContextManager[Path]]
"""Lends a copy of a file of the vault, by its SHA-256."""


@dataclass(frozen=True, slots=True)
class JudgeSignatures:
    """Judges under the site's list of authorities, as it is when a letter comes in (`trusted` gives it, PEM)."""

    reading: Reading
    trusted: Callable[[], str]
    clock: Clock

    def __call__(self, letter: Letter, fetched: Fetched) -> Result:
        """Return what is to be said of a letter's original; nothing where it carries no signature, or is ours."""
        if letter.media_type != PDF or letter.direction is Direction.OUTGOING:
            return Result(None)
        with fetched(letter.original) as path:
            judgement = self._judged(path) if _signed(path) else None
        if judgement is None or not (judgement.found or judgement.why):
            return Result(None)

        def keep(unit: Unit, current: Letter, _run: int) -> None:
            if judgement.found:
                write_answers(unit, current.id, judgement.found, SYSTEM, self.clock)

        return Result(judgement.written(), keep)

    def _judged(self, path: Path) -> Judgement:
        at = self.clock()
        try:
            trusted = self.trusted()
            found: list[list[PdfSignature]] = self.reading.each(pdf_signatures, [(path, trusted)])
        except (GedError, Unforeseen):
            return Judgement(at, False, (), UNJUDGED)
        return Judgement(at, bool(trusted), tuple(found[0]))


def _signed(path: Path) -> bool:
    """Whether a PDF has the range of bytes that every signature has: it stands outside of what is compressed.

    Source: ISO 32000-2, 12.8.1 (the range leaves out the signature itself, by its place in the file).
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(b"/ByteRange") >= 0
