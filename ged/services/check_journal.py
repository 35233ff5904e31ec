"""Comparing the journal with its log: a line altered, removed, put in or moved by a database superuser is named.

Pages through both in flat memory: besides one page, a bit a line and the first faults are held. That the log
itself is what was signed is `TileLog.recheck`'s answer, not this one's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from ged.mail.journal import JournalRow
from ged.mail.journal_check import JournalCheck, JournalFault, Tampering, compare, moved
from ged.seal.journal_leaf import encode_row, read_entry
from ged.seal.log import TileLog
from ged.seal.ship_position import ShipPosition, read_position
from ged.store.unit import Store

_PAGE, _IDS = 2048, 20_000
_BEFORE_ALL = -(1 << 63)
_KEPT = 1000
"""Faults that are told one by one; the others are counted."""


def check_journal(
    log: TileLog, folder: Path, *, store: Store, progress: Callable[[int], None] = lambda _: None
) -> JournalCheck:
    """Compare every line of the journal with its entry, and every entry with its line.

    Args:
        log: The journal's, read with its public key.
        folder: Where it lies, with how far the shipper went.
        store: Where the lines are.
        progress: Given how many entries and lines were looked at so far.

    Raises:
        Corrupt: `ledger.head`, `ledger.tile`, `ship.position`.
    """
    position = read_position(folder)  # before the head: every line up to it is in that head
    found = _Found(position)
    for first, entries in _pages(log):
        _compare(entries, first, found, store)
        progress(found.entries)
    last, lines = _BEFORE_ALL, 0
    while ids := _ids_after(last, store):
        last, lines = ids[-1], lines + len(ids)
        _look_for_strangers([each for each in ids if not found.has(each)], found, store)
        progress(found.entries + lines)
    faults = moved(found.faults, found.said, found.there)
    return JournalCheck(found.entries, lines, found.waiting, _oldest(found, store), found.count, faults)


@dataclass(slots=True)
class _Found:
    """What was met so far: a bit for each line of the log, the first faults, and what they say."""

    position: ShipPosition
    entries: int = 0
    count: int = 0
    faults: list[JournalFault] = field(default_factory=list)
    said: dict[int, object] = field(default_factory=dict)
    there: dict[int, object] = field(default_factory=dict)
    waiting: int = 0
    first_waiting: int | None = None
    _bits: bytearray = field(default_factory=bytearray)

    def has(self, line: int) -> bool:
        """Whether the log holds a line."""
        return 0 <= line // 8 < len(self._bits) and bool(self._bits[line // 8] & 1 << line % 8)

    def note(self, line: int) -> None:
        """Say that the log holds a line."""
        if line // 8 >= len(self._bits):
            self._bits.extend(bytes(line // 8 + 1024 - len(self._bits)))
        self._bits[line // 8] |= 1 << line % 8

    def fault(self, fault: JournalFault, said: object = None, there: object = None) -> None:
        """Count a fault, and keep it if it is one of the first."""
        self.count += 1
        if len(self.faults) < _KEPT:
            self.faults.append(fault)
            if said is not None:
                self.said[fault.line] = said
            if there is not None:
                self.there[fault.line] = there


def _pages(log: TileLog) -> Iterator[tuple[int, list[bytes]]]:
    first, held = 0, list[bytes]()
    for bundle in log.bundles():
        held += bundle
        if len(held) >= _PAGE:
            yield first, held
            first, held = first + len(held), []
    if held:
        yield first, held


def _compare(entries: list[bytes], first: int, found: _Found, store: Store) -> None:
    """Compare one page of the log with the lines that it tells of."""
    told = [_line(entry) for entry in entries]
    ids = [line for line in told if line is not None]
    with store.unit() as unit:
        rows, marks = unit.shipping.by_ids(ids), unit.shipping.marks(ids)
    found.entries += len(entries)
    for position, line, entry in zip(range(first, first + len(entries)), told, entries, strict=True):
        if line is None:
            found.fault(JournalFault(Tampering.STRANGE, position, position))
            continue
        if found.has(line):
            found.fault(JournalFault(Tampering.TWICE, line, position))
            continue
        found.note(line)
        row = rows.get(line)
        if row is None:
            found.fault(JournalFault(Tampering.REMOVED, line, position), _without_id(read_entry(entry)))
        elif encode_row(row) != entry:
            said, there = read_entry(entry), _read(row)
            fault = JournalFault(Tampering.ALTERED, line, position, compare(said, there))
            found.fault(fault, _without_id(said), _without_id(there))
        elif marks.get(line, position if not found.position.holds(line) else None) != position:
            found.fault(JournalFault(Tampering.MARK, line, position))


def _look_for_strangers(ids: list[int], found: _Found, store: Store) -> None:
    """Tell lines that wait to be inscribed from those that came where none could."""
    strangers = [line for line in ids if found.position.holds(line)]
    waiting = [line for line in ids if not found.position.holds(line)]
    found.waiting += len(waiting)
    if found.first_waiting is None and waiting:
        found.first_waiting = waiting[0]
    with store.unit() as unit:
        rows = unit.shipping.by_ids(strangers) if strangers else {}
    for line in strangers:
        there = _without_id(_read(rows[line])) if line in rows else None
        found.fault(JournalFault(Tampering.ADDED, line, None), there=there)


def _ids_after(last: int, store: Store) -> list[int]:
    with store.unit() as unit:
        return list(unit.shipping.ids_after(last, _IDS))


def _oldest(found: _Found, store: Store) -> datetime | None:
    if found.first_waiting is None:
        return None
    with store.unit() as unit:
        rows = unit.shipping.by_ids([found.first_waiting])
    return next((row.at for row in rows.values()), None)


def _line(entry: bytes) -> int | None:
    try:
        said = read_entry(entry)["id"]
    except ValueError:
        return None
    return said if isinstance(said, int) and said >= 0 else None


def _read(row: JournalRow) -> dict[str, object]:
    return read_entry(encode_row(row))


def _without_id(said: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if name != "id"}
