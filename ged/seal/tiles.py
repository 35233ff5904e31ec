"""The log on disk: tiles of 256 hashes and bundles of 256 entries, each file whole or absent.

Source: C2SP tlog-tiles. `N` is split in groups of three digits, `x001/234`; a tile that is not
full is `NNN.p/W`, W hashes wide.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ged.errors import Corrupt
from ged.seal.tree import EMPTY, Subtree, node_hash, root_of, root_over, split

WIDTH = 256
_HASH = 32

Write = Callable[[Path, bytes], None]
"""Makes a file durable under its name, whole; raises OSError when the disk refuses."""


def durable_write(path: Path, data: bytes) -> None:
    """Write a file under a draft name, fsync it, rename it, fsync its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    with draft.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def tile_path(level: str, index: int, width: int) -> str:
    """Return the path of a tile, `tile/0/x001/234.p/17`; `level` is a number or `entries`."""
    groups = [f"{index % 1000:03d}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


@dataclass(frozen=True, slots=True)
class Tiles:
    """The tree of the first `size` entries, read from tiles."""

    folder: Path
    size: int

    def root(self) -> bytes:
        """Return the root over every entry."""
        return self.subtrees()(0, self.size)

    def subtrees(self) -> Subtree:
        """Return what gives the hash over the entries in [start, end), and remembers it for the next proof.

        What it gives raises `Corrupt`, `ledger.tile`, when a tile is missing or not as long as it must be.
        """
        return _subtrees(lru_cache(256)(self.hashes))

    def proved_subtrees(self, root: bytes) -> Subtree:
        """Return what `subtrees` does, where each tile that is read must lead to a root; else it raises `Corrupt` too.

        Raises:
            Corrupt: the tiles that are not full do not.
        """
        levels = range(-(-self.size.bit_length() // 8))
        counts = [self.size >> (8 * level) for level in levels]
        edge = [self.hashes(level, counts[level] // WIDTH) if counts[level] % WIDTH else [] for level in levels]
        if root_over(edge) != root:
            raise _broken("tile")

        @lru_cache(256)
        def tile(level: int, index: int) -> list[bytes]:
            if index == counts[level] // WIDTH:
                return edge[level]
            row = self.hashes(level, index)
            if root_of(row) != tile(level + 1, index // WIDTH)[index % WIDTH]:
                raise _broken(tile_path(str(level), index, WIDTH))
            return row

        return _subtrees(tile)

    def hashes(self, level: int, index: int) -> list[bytes]:
        """Return the hashes of one tile, as many as the size says it holds."""
        width = min(WIDTH, (self.size >> (8 * level)) - WIDTH * index)
        data, held = self._read(str(level), index, width)
        if len(data) != _HASH * held:
            raise _broken(tile_path(str(level), index, width))
        return [data[i : i + _HASH] for i in range(0, _HASH * width, _HASH)]

    def entries(self, index: int) -> list[bytes]:
        """Return the entries of one bundle: each is preceded by its length, two bytes, big endian."""
        width = min(WIDTH, self.size - WIDTH * index)
        path, found, position = tile_path("entries", index, width), list[bytes](), 0
        data, held = self._read("entries", index, width)
        while position < len(data):
            length = int.from_bytes(data[position : position + 2], "big")
            entry = data[position + 2 : position + 2 + length]
            if len(entry) != length:
                raise _broken(path)
            found.append(entry)
            position += 2 + length
        if len(found) != held:
            raise _broken(path)
        return found[:width]

    def _read(self, level: str, index: int, width: int) -> tuple[bytes, int]:
        """Return a file and the width that it has: the full one stands for a partial one that is gone."""
        for held in (width, WIDTH):
            try:
                return (self.folder / tile_path(level, index, held)).read_bytes(), held
            except FileNotFoundError:
                continue
            except OSError as error:
                raise _broken(tile_path(level, index, held)) from error
        raise _broken(tile_path(level, index, width))


def _subtrees(tile: Callable[[int, int], list[bytes]]) -> Subtree:
    @lru_cache(1 << 16)
    def subtree(start: int, end: int) -> bytes:
        size = end - start
        if size == 0:
            return EMPTY
        whole = size & (size - 1) == 0 and start % size == 0
        level, inside = divmod(size.bit_length() - 1, 8)
        if whole and not inside:
            index, offset = divmod(start >> (8 * level), WIDTH)
            return tile(level, index)[offset]
        middle = start + split(size)
        return node_hash(subtree(start, middle), subtree(middle, end))

    return subtree


def extend(tiles: Tiles, entries: Sequence[bytes], hashes: Sequence[bytes], write: Write) -> None:
    """Make durable every bundle and tile of `tiles` with entries added after its last one."""
    index, width = divmod(tiles.size, WIDTH)
    bundle = tiles.entries(index) if width else []
    for entry in entries:
        bundle.append(entry)
        if len(bundle) == WIDTH:
            write(tiles.folder / tile_path("entries", index, WIDTH), _bundle(bundle))
            bundle, index = [], index + 1
    if bundle:
        write(tiles.folder / tile_path("entries", index, len(bundle)), _bundle(bundle))
    _extend_level(tiles, 0, list(hashes), write)


def _extend_level(tiles: Tiles, level: int, added: list[bytes], write: Write) -> None:
    index, width = divmod(tiles.size >> (8 * level), WIDTH)
    tile = tiles.hashes(level, index) if width else []
    parents: list[bytes] = []
    for each in added:
        tile.append(each)
        if len(tile) == WIDTH:
            write(tiles.folder / tile_path(str(level), index, WIDTH), b"".join(tile))
            parents.append(root_of(tile))
            tile, index = [], index + 1
    if tile:
        write(tiles.folder / tile_path(str(level), index, len(tile)), b"".join(tile))
    if parents:
        _extend_level(tiles, level + 1, parents, write)


def _bundle(entries: Sequence[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def _broken(path: str) -> Corrupt:
    return Corrupt(
        "ledger.tile",
        "Le journal des sceaux est incomplet ou altéré sur le disque. Prévenez l'administrateur.",
        tile=path,
    )
