"""The logs recomputed: every entry hashed, every tile compared, the root over all compared with the signed head.

Memory does not grow with the log: of each level of tiles, only the tile that is not full yet is held.
Source: RFC 9162, 2.1.1; C2SP tlog-tiles.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from ged.errors import Corrupt
from ged.mail.audit import Finding
from ged.mail.said import Said
from ged.seal.note import Checkpoint
from ged.seal.tiles import WIDTH, Tiles
from ged.seal.tree import EMPTY, leaf_hash, root_of, root_over
from ged.services.audit.ground import Ground, Step
from ged.services.audit.read_log import ReadLog

_STEP = 64
"""Bundles between two steps."""


def recompute(ground: Ground, position: str) -> Iterator[Step]:
    """Recompute every log that can be read; position: which log, its next entry, the open tiles to the left of it."""
    reached, at, rows = json.loads(position) if position else (0, 0, [[]])
    heads = [_head(log) for log in ground.logs]
    total = sum(head.size for head in heads if head)
    for number, (log, head) in enumerate(zip(ground.logs, heads, strict=True)):
        if number < reached or head is None:
            continue  # without a head there is no root to compare with: the check of heads tells it
        growing = Growing([[bytes.fromhex(each) for each in row] for row in rows] if number == reached else [[]])
        for step in _one(log, head, at if number == reached else 0, growing):
            yield Step(json.dumps([number, *json.loads(step.position)]), step.looked, 0, total, step.findings)
        yield Step(json.dumps([number + 1, 0, [[]]]), total=total)


def _hashes(entries: list[bytes] | None, due: int) -> list[bytes]:
    return [leaf_hash(each) for each in entries] if entries is not None else [EMPTY] * due


def _head(log: ReadLog) -> Checkpoint | None:
    try:
        return log.head()
    except (ValueError, OSError):
        return None


def _one(log: ReadLog, head: Checkpoint, at: int, growing: Growing) -> Iterator[Step]:
    tiles, looked, found = log.tiles(head.size), 0, list[Finding]()
    for first, entries in log.bundles(head.size, since=at):
        due = min(WIDTH, head.size - first)
        if entries is None:
            found.append(
                _finding(
                    log,
                    Said("entrées %(first)s à %(last)s", first=first, last=first + due - 1),
                    "Ce paquet d'entrées ne se lit plus.",
                )
            )
        for level, index, row in growing.add(_hashes(entries, due), first):
            found += _tile(log, tiles, level, index, row)
        looked += due
        if (first // WIDTH) % _STEP == _STEP - 1:
            yield Step(json.dumps([first + due, growing.plain()]), looked, findings=tuple(found))
            looked, found = 0, []
    for level, index, row in growing.open_tiles(head.size):
        found += _tile(log, tiles, level, index, row)
    if growing.root() != head.root:
        found.append(
            _finding(log, log.name, "La racine recalculée sur toutes les entrées n'est pas celle qui est signée.")
        )
    yield Step(json.dumps([head.size, growing.plain()]), looked, findings=tuple(found))


@dataclass(slots=True)
class Growing:
    """A tree as it grows: of each level of tiles, from 0 up, the hashes of the one that is not full."""

    rows: list[list[bytes]] = field(default_factory=lambda: [[]])

    def add(self, hashes: list[bytes], first: int) -> Iterator[tuple[int, int, list[bytes]]]:
        """Add the leaf hashes of the bundle that begins at entry `first`; yield the tiles that it filled."""
        self.rows[0] = hashes
        level, index = 0, first // WIDTH
        while len(self.rows[level]) == WIDTH:
            row, self.rows[level] = self.rows[level], []
            yield level, index, row
            level, index = level + 1, index // WIDTH
            if len(self.rows) == level:
                self.rows.append([])
            self.rows[level].append(root_of(row))

    def open_tiles(self, size: int) -> Iterator[tuple[int, int, list[bytes]]]:
        """Yield the tiles that are not full at the end, as (level, index, hashes)."""
        for level, row in enumerate(self.rows):
            if row:
                yield level, (size >> (8 * level)) // WIDTH, row

    def root(self) -> bytes:
        """Return the root over everything added."""
        return root_over(self.rows)

    def plain(self) -> list[list[str]]:
        """Return it as JSON values."""
        return [[each.hex() for each in row] for row in self.rows]


def _tile(log: ReadLog, tiles: Tiles, level: int, index: int, row: list[bytes]) -> list[Finding]:
    about = Said("tuile %(level)s/%(index)s", level=level, index=index)
    try:
        kept = tiles.hashes(level, index)
    except (Corrupt, OSError):
        return [_finding(log, about, "Cette tuile manque ou n'a pas sa longueur.")]
    if kept == row:
        return []
    wrong = next((n for n, (ours, theirs) in enumerate(zip(row, kept, strict=True)) if ours != theirs), 0)
    near = (index * WIDTH + wrong) << (8 * level)
    return [
        _finding(log, about, Said("Elle ne correspond pas aux entrées, à partir de l'entrée n° %(near)s.", near=near))
    ]


def _finding(log: ReadLog, about: str, detail: str) -> Finding:
    return Finding("log.altered", Said("%(log)s, %(about)s", log=log.name, about=about), detail)
