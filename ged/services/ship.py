"""Shipping the journal: every line of it becomes an entry of its log, which no database user can write.

Durable in the log before anything says so: killed anywhere, the next round finds what was inscribed at its place
and goes on. No line is missed: one that a slow transaction commits late is below ids that were inscribed already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ged.clock import Clock
from ged.seal.journal_leaf import encode_row
from ged.seal.ledger import TileLedger
from ged.seal.ship_position import ShipPosition, read_position, write_position
from ged.seal.tiles import Write, durable_write
from ged.store.unit import Store

BATCH = 1000
"""Lines inscribed under one signed head."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The last line seen at an instant, and the transactions that could still add lines below it."""

    line: int
    writers: frozenset[str]


@dataclass(slots=True)
class Shipper:
    """Inscribes lines in a log, one round after the other; one process at a time, held by the log's own lock.

    Attributes:
        folder: Where the log lies, and how far it goes.
    """

    store: Store
    log: TileLedger
    folder: Path
    clock: Clock
    write: Write = durable_write
    _waits_for: _Look | None = field(default=None, init=False)

    def round(self) -> int:
        """Inscribe every line that can be seen and was not; return how many.

        Raises:
            Unavailable: the database or the disk does not answer; nothing is lost.
            Corrupt: `ledger.head`, `ledger.tile`, `ship.position`.
        """
        position = read_position(self.folder)
        settled = self._settled(position)
        shipped = 0
        while lines := self._batch(position):
            position = self._keep(position, position.with_lines(lines), min(settled, lines[-1]))
            shipped += len(lines)
        self._keep(position, position, settled)
        return shipped

    def _settled(self, position: ShipPosition) -> int:
        """Return the highest line below which none can appear any more.

        Whoever draws an id has locked the table before: once those who held it when a line was seen have ended,
        every line before that one can be seen, or never will be.
        """
        with self.store.unit() as unit:
            if self._waits_for is None:
                line = unit.shipping.highest()
                self._waits_for = _Look(line, unit.shipping.writers())
            if self._waits_for.writers & unit.shipping.writers():
                return position.floor
        line, self._waits_for = self._waits_for.line, None
        return line

    def _batch(self, position: ShipPosition) -> list[int]:
        """Inscribe the next lines, mark them, and return their ids."""
        with self.store.unit() as unit:
            rows = unit.shipping.after(position.floor, position.beyond, BATCH)
        if not rows:
            return []
        places = self.log.place([encode_row(row) for row in rows])
        with self.store.unit() as unit:
            unit.shipping.mark(((row.id, place) for row, place in zip(rows, places, strict=True)), self.clock())
            unit.commit()
        return [row.id for row in rows]

    def _keep(self, before: ShipPosition, after: ShipPosition, settled: int) -> ShipPosition:
        position = after.settled(settled)
        if position != before:
            write_position(self.folder, position, self.write)
        return position
