"""Scanning stations: a folder that a scanner fills, and what every file of it has in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ged.mail.item import Direction

SILENT = timedelta(minutes=2)
"""A station nobody looked at for that long is not watched any more."""


@dataclass(frozen=True, slots=True)
class ScanStation:
    """A station as the configuration folder says it.

    Attributes:
        folder: Where its scanner writes: an absolute path, or one under `depots/` of the data folder.
        position_id: Whose holder registers; that position's register gives the numbers.
        delivery: How its mail comes, by code of the list; "" where that is not known.
        kind: The kind that its letters start with, by code; "" for the one that is read.
    """

    code: str
    label: str
    folder: str
    position_id: str
    direction: Direction
    delivery: str
    kind: str


@dataclass(frozen=True, slots=True)
class StationState:
    """How a station stood when it was last looked at.

    Attributes:
        waiting: Files that are there and not registered yet; `rejected` those set aside, with their reason.
        said: What stops it, in French; "" when nothing does.
    """

    code: str
    at: datetime
    waiting: int
    rejected: int
    said: str

    def silent(self, now: datetime) -> bool:
        """Whether nobody looks any more."""
        return now - self.at > SILENT
