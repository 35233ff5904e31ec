"""Judging the signatures of what comes in: what is known that day of authorities and revocations is kept.

A signature that cannot be judged never keeps a letter from being read: why it was not is kept in its place.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

from ged.clock import Clock
from ged.errors import GedError
from ged.mail.access import SYSTEM
from ged.mail.arrived_signature import BESIDE, MESSAGE, PDF, ArrivedSignature, Bearer, Judgement, bearers
from ged.mail.electronic import Piece
from ged.mail.item import Direction, Letter
from ged.services.arrived_signatures import write_answers
from ged.store.unit import Unit
from ingest.confined.bounds import Unforeseen
from ingest.readers.arrived import judge_arrived
from ingest.runner import Result
from ingest.side_by_side import Reading

UNJUDGED = "Les signatures n'ont pas pu être jugées à l'arrivée. Demandez-le sur la page du courrier."
Fetched = Callable[[str], AbstractContextManager[Path]]
"""Lends a copy of a file of the vault, by its SHA-256."""
_MARKS = {PDF: (b"/ByteRange",), MESSAGE: (b"pkcs7", b"PKCS7")}
"""What stands in each signed file of a format. A PDF names the range of bytes that a signature leaves out by its place
in the file, hence outside of what is compressed (ISO 32000-2, 12.8.1); S/MIME names its type (RFC 8551, 3.2)."""


@dataclass(frozen=True, slots=True)
class JudgeSignatures:
    """Judges under the site's list of authorities, as it is when a letter comes in (`trusted` gives it, PEM)."""

    reading: Reading
    trusted: Callable[[], str]
    clock: Clock

    def __call__(self, letter: Letter, pieces: Sequence[Piece], fetched: Fetched) -> Result:
        """Return what is to be said of a letter's files; nothing where none carries a signature, or it is ours."""
        if letter.direction is Direction.OUTGOING:
            return Result(None)
        held = bearers(letter.original, letter.media_type, pieces)
        with ExitStack() as lent:
            files = [(each, lent.enter_context(fetched(each.digest))) for each in held]
            beside = {each.parent for each in held if each.media_type == BESIDE}
            files = [(each, path) for each, path in files if each.parent in beside or _may_carry(each, path)]
            judgement = self._judged(files) if files else None
        if judgement is None or not (judgement.found or judgement.why):
            return Result(None)

        def keep(unit: Unit, current: Letter, _run: int) -> None:
            if judgement.found:
                write_answers(unit, current.id, judgement.found, SYSTEM, self.clock)

        return Result(judgement.written(), keep)

    def _judged(self, files: list[tuple[Bearer, Path]]) -> Judgement:
        at = self.clock()
        try:
            trusted = self.trusted()
            found: list[list[ArrivedSignature]] = self.reading.each(judge_arrived, [(files, trusted)])
        except (GedError, Unforeseen):
            return Judgement(at, False, (), UNJUDGED)
        return Judgement(at, bool(trusted), tuple(found[0]))


def _may_carry(one: Bearer, path: Path) -> bool:
    """Whether a file is worth opening for its signatures: their mark is in its bytes, or it is one by its format."""
    marks = _MARKS.get(one.media_type)
    if marks is None or path.stat().st_size == 0:
        return marks is None
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(each) >= 0 for each in marks)
