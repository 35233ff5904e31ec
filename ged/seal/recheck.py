"""A whole log computed anew from its entries, every tile compared on the way, in memory that does not grow with it."""

from __future__ import annotations

from ged.errors import Corrupt
from ged.seal.tiles import WIDTH, Tiles
from ged.seal.tree import EMPTY, leaf_hash, node_hash, root_of


def recomputed_root(tiles: Tiles) -> bytes:
    """Return the root over every entry of a log, all of whose tiles are what its entries give.

    At most one tile of each level is held at a time.

    Raises:
        Corrupt: `ledger.altered`, a tile is not that of the entries; `ledger.tile`, one is missing or cut.
    """
    rising: list[list[bytes]] = []
    for index in range((tiles.size + WIDTH - 1) // WIDTH):
        _take(tiles, rising, 0, index, [leaf_hash(entry) for entry in tiles.entries(index)])
    for level, pending in enumerate(rising):
        if pending:
            _compare(tiles, level, (tiles.size >> (8 * level)) // WIDTH, pending)
    return _join([root for pending in reversed(rising) for root in _peaks(pending)])


def _take(tiles: Tiles, rising: list[list[bytes]], level: int, index: int, hashes: list[bytes]) -> None:
    """Take in hashes of a level; a full tile is compared, and its root goes up."""
    if level == len(rising):
        rising.append([])
    pending = rising[level]
    pending += hashes
    if len(pending) == WIDTH:
        _compare(tiles, level, index, pending)
        rising[level] = []
        _take(tiles, rising, level + 1, index // WIDTH, [root_of(pending)])


def _compare(tiles: Tiles, level: int, index: int, computed: list[bytes]) -> None:
    if tiles.hashes(level, index) != computed:
        raise altered(index * WIDTH ** (level + 1))


def _peaks(hashes: list[bytes]) -> list[bytes]:
    """Return the roots of the largest whole trees that hashes make, from the left."""
    peaks, start = [], 0
    while start < len(hashes):
        width = 1 << ((len(hashes) - start).bit_length() - 1)
        peaks.append(root_of(hashes[start : start + width]))
        start += width
    return peaks


def _join(peaks: list[bytes]) -> bytes:
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node_hash(peak, root)
    return root


def altered(index: int) -> Corrupt:
    """Return what is said of a log that no longer matches its signed head, near an entry."""
    return Corrupt(
        "ledger.altered",
        "Le journal des sceaux ne correspond plus à sa tête signée. Prévenez l'administrateur et l'auditeur.",
        near=index,
    )
