"""Scanning stations: loaded with the organisation, and how each stood when it was last looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import Direction
from ged.mail.station import ScanStation, StationState
from ged.store.station_tables import station, station_state
from ged.store.tables import holding, person


class Stations:
    """Reads and loads stations."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(self, stations: Sequence[ScanStation]) -> None:
        """Make these stations the ones in use; how each stood is kept."""
        self._connection.execute(sa.delete(station))
        if stations:
            self._connection.execute(sa.insert(station), [asdict(each) for each in stations])

    def all(self) -> tuple[ScanStation, ...]:
        """Return the stations in use, by code."""
        columns = (station.c[one.name] for one in fields(ScanStation))
        rows = self._connection.execute(sa.select(*columns).order_by(station.c.code))
        return tuple(_station(row) for row in rows)

    def holder(self, position_id: str, today: date) -> str | None:
        """Return the login of who holds a position on a day, the first who took it; None when nobody does."""
        query = (
            sa.select(person.c.login)
            .join(holding, holding.c.person_id == person.c.id)
            .where(holding.c.position_id == position_id, holding.c.since <= today, person.c.active)
            .where(sa.or_(holding.c.until.is_(None), holding.c.until >= today))
        )
        return self._connection.scalar(query.order_by(holding.c.since, holding.c.id).limit(1))

    def note(self, state: StationState) -> None:
        """Write how a station stands."""
        values = asdict(state)
        statement = insert(station_state).values(**values)
        self._connection.execute(statement.on_conflict_do_update(index_elements=[station_state.c.code], set_=values))

    def states(self) -> dict[str, StationState]:
        """Return how each station stood when it was last looked at, by code."""
        rows = self._connection.execute(sa.select(*(station_state.c[one.name] for one in fields(StationState))))
        return {row.code: StationState(*row) for row in rows}


def _station(row: sa.Row[Any]) -> ScanStation:
    direction = Direction(row.direction)
    return ScanStation(row.code, row.label, row.folder, row.position_id, direction, row.delivery, row.kind)
