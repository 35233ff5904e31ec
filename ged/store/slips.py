"""Routing slips printed and come back, and files that wait for a person to say what they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.returned import DoubtfulFile, Fate
from ged.mail.slip import Box, Layout, Mark, RoutingSlip, SlipReading
from ged.store.slip_tables import doubtful_file, routing_slip
from ged.store.tables import original

_SLIP_PLAIN = tuple(name for name in RoutingSlip.__slots__ if name not in {"layout", "reading"})
_FILE_JOINED = {"size": original.c.size, "media_type": original.c.media_type}
_FILE_COLUMNS = [
    _FILE_JOINED[name].label(name) if name in _FILE_JOINED else doubtful_file.c[name] for name in DoubtfulFile.__slots__
]


class Slips:
    """Keeps slips, and files in doubt."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: RoutingSlip) -> None:
        """Keep a slip that is printed."""
        values = {name: getattr(new, name) for name in _SLIP_PLAIN}
        boxes = [[box.name, box.x, box.y, box.label] for box in new.layout.boxes]
        self._connection.execute(sa.insert(routing_slip).values(**values, layout=boxes))

    def by_codes(self, codes: Sequence[str], register_id: str) -> dict[str, RoutingSlip]:
        """Return the slips of a register that carry one of some codes, by code."""
        query = sa.select(routing_slip).where(routing_slip.c.code.in_(codes), routing_slip.c.register_id == register_id)
        return {row.code: _slip(row) for row in self._connection.execute(query)}

    def get(self, slip_id: str, *, lock: bool = False) -> RoutingSlip:
        """Return a slip.

        Raises:
            NotFound: `routing_slip.unknown`.
        """
        query = sa.select(routing_slip).where(routing_slip.c.id == slip_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("routing_slip.unknown", "Cette fiche n'existe pas, ou elle n'est pas ouverte à votre poste.")
        return _slip(row)

    def waiting(self, letter_ids: Sequence[str]) -> dict[str, RoutingSlip]:
        """Return the slip that came back and waits to be confirmed, for each of several letters that has one."""
        query = sa.select(routing_slip).where(
            routing_slip.c.letter_id.in_(letter_ids),
            routing_slip.c.returned_at.is_not(None),
            routing_slip.c.closed_at.is_(None),
        )
        return {
            row.letter_id: _slip(row) for row in self._connection.execute(query.order_by(routing_slip.c.returned_at))
        }

    def come_back(self, slip_id: str, scan: str, picture: str | None, reading: SlipReading, at: datetime) -> None:
        """Write what was read on a slip that came back."""
        self._change(
            slip_id,
            returned_at=at,
            scan=scan,
            picture=picture,
            reading={"laid": reading.laid, "marks": {name: str(mark) for name, mark in reading.marks.items()}},
        )

    def close(self, slip_id: str, at: datetime, name: str, step_id: int | None) -> None:
        """Write what was decided of a slip: the step it made, or none when it was set aside."""
        self._change(slip_id, closed_at=at, closed_by=name, step_id=step_id)

    def add_file(self, new: DoubtfulFile) -> None:
        """Put a file before a person."""
        values = {name: getattr(new, name) for name in DoubtfulFile.__slots__ if name not in _FILE_JOINED}
        values |= {"transmittals": list(new.transmittals), "doubts": list(new.doubts)}
        self._connection.execute(sa.insert(doubtful_file).values(**values))

    def files(self, registers: Sequence[str]) -> tuple[DoubtfulFile, ...]:
        """Return the files that wait in some registries, first come first."""
        query = _files().where(doubtful_file.c.register_id.in_(registers), doubtful_file.c.fate == Fate.WAITING)
        return tuple(_file(row) for row in self._connection.execute(query.order_by(doubtful_file.c.came_at)))

    def count_files(self, registers: Sequence[str]) -> int:
        """Count the files that wait in some registries."""
        query = sa.select(sa.func.count()).select_from(doubtful_file)
        query = query.where(doubtful_file.c.register_id.in_(registers), doubtful_file.c.fate == Fate.WAITING)
        return self._connection.scalar(query) or 0

    def file(self, file_id: str, registers: Sequence[str], *, lock: bool = False) -> DoubtfulFile:
        """Return a file of some registries.

        Raises:
            NotFound: `returned.unknown`.
        """
        query = _files().where(doubtful_file.c.id == file_id, doubtful_file.c.register_id.in_(registers))
        row = self._connection.execute(query.with_for_update(of=doubtful_file) if lock else query).one_or_none()
        if row is None:
            raise NotFound("returned.unknown", "Ce fichier n'existe pas, ou il n'est pas ouvert à votre poste.")
        return _file(row)

    def decide_file(self, file_id: str, fate: Fate) -> None:
        """Write what became of a file."""
        self._connection.execute(sa.update(doubtful_file).where(doubtful_file.c.id == file_id).values(fate=fate))

    def _change(self, slip_id: str, **values: object) -> None:
        self._connection.execute(sa.update(routing_slip).where(routing_slip.c.id == slip_id).values(**values))


def _slip(row: sa.Row[Any]) -> RoutingSlip:
    read = row.reading
    reading = SlipReading({name: Mark(mark) for name, mark in read["marks"].items()}, read["laid"]) if read else None
    plain = {name: getattr(row, name) for name in _SLIP_PLAIN}
    return RoutingSlip(layout=Layout(tuple(Box(*box) for box in row.layout)), reading=reading, **plain)


def _files() -> sa.Select[Any]:
    return sa.select(*_FILE_COLUMNS).join(original, original.c.sha256 == doubtful_file.c.sha256)


def _file(row: sa.Row[Any]) -> DoubtfulFile:
    values = {name: getattr(row, name) for name in DoubtfulFile.__slots__}
    values |= {"transmittals": tuple(row.transmittals), "doubts": tuple(row.doubts), "fate": Fate(row.fate)}
    return DoubtfulFile(**values)
