"""A sample of the log, drawn from a seed that anybody can draw again: each original read to its last byte.

The key of an entry is SHA-256 of « seed:index » in hexadecimal; the entries of the smallest keys are the sample.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator

from ged.errors import Corrupt
from ged.mail.audit import Finding
from ged.seal.tiles import WIDTH
from ged.services.audit.ground import Ground, Step
from ged.services.audit.hashing import side_by_side
from ged.services.audit.seals import Entry, Judge, leaf_of, named, sealed_entries
from ged.services.audit.trust import ProvedTimes


def draw(seed: str, size: int, count: int) -> list[int]:
    """Return `count` indices below `size`, in order, that depend on the seed alone."""
    key = lambda index: hashlib.sha256(f"{seed}:{index}".encode()).digest()  # noqa: E731
    return sorted(heapq.nsmallest(count, range(size), key=key))


def check_sample(ground: Ground, position: str) -> Iterator[Step]:
    """Verify what the seed draws: original, signature, proof."""
    try:
        head = ground.documents.head()
    except ValueError:
        return
    judge, drawn = Judge(ground, head), draw(ground.seed, head.size, ground.sample)
    todo = [index for index in drawn if index >= int(position or 0)]
    times = ProvedTimes(ground)
    entries = (sealed_entries(ground, times, index, [_entry(ground, head.size, index)])[0] for index in todo)
    for entry, found in side_by_side(lambda one: _verified(judge, one), entries, ground.readers):
        leaf = leaf_of(entry)
        yield Step(str(entry.index + 1), 1, leaf.size if leaf else 0, len(drawn), named(ground, found))


def _entry(ground: Ground, size: int, index: int) -> bytes:
    try:
        return ground.documents.tiles(size).entries(index // WIDTH)[index % WIDTH]
    except (Corrupt, OSError):
        return b""


def _verified(judge: Judge, entry: Entry) -> list[Finding]:
    return judge.findings(entry, every_byte=True)
