"""A run of a scanner that somebody asked for: its pages join the photographs that wait to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ged.mail.item import Direction


class ScanState(StrEnum):
    """Where a run is."""

    ASKED = "demandee"
    GOING = "en_cours"
    STOPPING = "arret"
    DONE = "finie"
    FAILED = "echec"


GOES = (ScanState.ASKED, ScanState.GOING, ScanState.STOPPING)


@dataclass(frozen=True, slots=True)
class ScanRun:
    """A run; `scanner` by its code in the configuration, `said` why it failed, in French."""

    id: str
    login: str
    scanner: str
    direction: Direction
    resolution_dpi: int
    colour: bool
    feeder: bool
    duplex: bool
    state: ScanState
    pages: int
    said: str
    asked_at: datetime
