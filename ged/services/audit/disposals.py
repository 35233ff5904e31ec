"""Disposals that the log tells of: what was destroyed by one is not missing."""

from __future__ import annotations

from ged.seal.leaf import DISPOSAL, Leaf
from ged.services.audit.read_log import ReadLog

_NAMED = f'"event":"{DISPOSAL}"'.encode()


def disposals_of(log: ReadLog, size: int) -> dict[tuple[str, str, bool, str], int]:
    """Return the index of the last disposal of each subject in the first `size` entries."""
    found = {}
    for first, entries in log.bundles(size):
        for index, data in enumerate(entries or (), first):
            if _NAMED in data and (leaf := _disposal(data)) is not None:
                found[leaf.subject] = index
    return found


def _disposal(data: bytes) -> Leaf | None:
    try:
        leaf = Leaf.decode(data)
    except ValueError:
        return None
    return leaf if leaf.event == DISPOSAL else None
