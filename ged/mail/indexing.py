"""How the index stands beside the letters: what it refused, and what a check of it found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_PIECE = "piece:"


def entry_of_piece(piece_id: str) -> str:
    """Return by what name the index knows a piece of a dossier; a letter's is its id."""
    return f"{_PIECE}{piece_id}"


def piece_of_entry(entry: str) -> str | None:
    """Return the id of the piece that an entry of the index is of; None of a letter's."""
    return entry.removeprefix(_PIECE) if entry.startswith(_PIECE) else None


TRIES = 4
"""After so many refusals a letter is set aside, until it changes or somebody asks for it to be tried again."""
_FIRST_WAIT = timedelta(minutes=1)


def next_try(tries: int, at: datetime) -> datetime | None:
    """Return when a letter refused so many times is tried again: after 1, 4 and 16 minutes; None: it is set aside."""
    return at + _FIRST_WAIT * 4 ** (tries - 1) if tries < TRIES else None


@dataclass(frozen=True, slots=True)
class SetAside:
    """An entry that the index refused once too often; `reason` is the engine's, without a word of it.

    Attributes:
        entry: What the index calls it: the id of a letter, or the name of a piece's entry.
        number: Of the letter, or the code of the piece's dossier.
    """

    entry: str
    number: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Drift:
    """In what an index differs from the letters and pieces; nothing of it waits in the outbox or was set aside.

    Attributes:
        letters: How many letters and pieces were compared.
        missing: Not in the index; `stale` there at an older revision, `ahead` at one that the entry does not have
            (the database was restored from an older copy).
        orphans: In the index, and no letter or piece of the house.
    """

    letters: int = 0
    missing: int = 0
    stale: int = 0
    ahead: int = 0
    orphans: int = 0

    @property
    def found(self) -> int:
        """How many documents differ, of whatever sort."""
        return self.missing + self.stale + self.ahead + self.orphans


@dataclass(frozen=True, slots=True)
class IndexCheck:
    """One check of the index against the letters; `repaired`: what was found is on its way to be right."""

    id: str
    started_at: datetime
    finished_at: datetime
    drift: Drift
    repaired: bool
