"""The stations of the configuration folder: each folder looked into in turn, and how each stands written down."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ged.errors import GedError
from ged.mail.station import ScanStation, StationState
from ged.services import stations
from ged.services.capture import Habit
from ingest.capture.folder import Station
from ingest.capture.receive import Entrance

_log = logging.getLogger(__name__)
_OUT_OF_REACH = "Le dossier n'est pas accessible. Ses fichiers y restent : vérifiez le partage et les droits."


@dataclass(slots=True)
class Stations:
    """Looks into the folder of every station in use; a station that is edited or gone is followed at the next round."""

    depots: Path
    entrance: Entrance
    _watched: dict[tuple[ScanStation, Habit], Station] = field(default_factory=dict)

    def round(self) -> None:
        """Look into each folder once; what stops one is written down and stops no other."""
        in_use = stations.stations(store=self.entrance.store)
        self._watched = {each: self._watched.get(each) or self._station(*each) for each in in_use}
        for (station, _), watched in self._watched.items():
            said = self._look(station, watched)
            try:
                waiting, rejected = watched.counted()
            except OSError:
                waiting, rejected = 0, 0
            state = StationState(station.code, self.entrance.clock(), waiting, rejected, said)
            stations.note(state, store=self.entrance.store)

    def _look(self, station: ScanStation, watched: Station) -> str:
        try:
            watched.who()
            watched.look()
        except GedError as error:
            _log.warning("station %s: %s", station.code, error.diagnostics())
            return error.sentence
        except OSError as error:
            _log.warning("station %s: %s", station.code, error)
            return _OUT_OF_REACH
        return ""

    def _station(self, station: ScanStation, habit: Habit) -> Station:
        who = partial(stations.keeper, station, store=self.entrance.store, clock=self.entrance.clock)
        return Station(self.depots / station.folder, who, self.entrance, station.direction, habit)
