"""A sample of the log, drawn from a seed that anybody can draw again: each original read to its last byte.

The key of an entry is SHA-256 of « seed:index » in hexadecimal; the entries of the smallest keys are the sample.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator
from functools import partial

from ged.errors import Corrupt
from ged.seal.tiles import WIDTH
from ged.services.audit.ground import Ground, Step
from ged.services.audit.in_order import in_order
from ged.services.audit.judge import Judge, leaf_of
from ged.services.audit.seals import named, sealed_entries
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
    drawn = draw(ground.seed, head.size, ground.sample)
    todo = [index for index in drawn if index >= int(position or 0)]
    times = ProvedTimes(ground)
    entries = (sealed_entries(ground, times, index, [_entry(ground, head.size, index)])[0] for index in todo)
    judge = partial(Judge(ground, head).findings, every_byte=True)
    for entry, found in in_order(judge, ((one, one) for one in entries), ground.readers):
        leaf = leaf_of(entry)
        yield Step(str(entry.index + 1), 1, leaf.size if leaf else 0, len(drawn), named(ground, found))


def _entry(ground: Ground, size: int, index: int) -> bytes:
    try:
        return ground.documents.tiles(size).entries(index // WIDTH)[index % WIDTH]
    except (Corrupt, OSError):
        return b""
