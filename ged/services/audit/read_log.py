"""A log as anybody may read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ged.errors import Corrupt
from ged.seal.log_key import read_checkpoint, with_kept
from ged.seal.note import Checkpoint
from ged.seal.tiles import WIDTH, Tiles
from ged.seal.tree import EMPTY


@dataclass(frozen=True, slots=True)
class ReadLog:
    """A log as a stranger reads it: its folder and its public key, and nothing secret.

    Attributes:
        name: `documents` or `journal`.
        key: The text of the log's key, be it any one of those that it had (`ged.seal.log_key`).
    """

    name: str
    folder: Path
    key: str

    @property
    def origin(self) -> str:
        """The log's name, as its heads carry it."""
        return self.key.partition("+")[0]

    @property
    def key_text(self) -> str:
        """Every key of the log: those that were known, and those that its successions introduce.

        Raises:
            ValueError: they do not hold, or are not of the known key.
        """
        return with_kept(self.key, self.folder)

    def note(self) -> str:
        """Return the signed head as it is on disk; "" for a log that was never written.

        Raises:
            OSError: it cannot be read.
        """
        try:
            return (self.folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def head(self) -> Checkpoint:
        """Return the head, once its signature holds.

        Raises:
            ValueError: this log's key did not sign it.
        """
        note = self.note()
        return read_checkpoint(note, self.key_text) if note else Checkpoint(self.origin, 0, EMPTY)

    def tiles(self, size: int) -> Tiles:
        """Return the tree of the first `size` entries."""
        return Tiles(self.folder, size)

    def readable(self) -> Iterator[list[bytes]]:
        """Yield the entries under today's head that can be read, a bundle at a time; none where it is not signed."""
        try:
            size = self.head().size
        except (ValueError, OSError):
            return
        yield from (entries or [] for _, entries in self.bundles(size))

    def bundles(self, size: int, since: int = 0) -> Iterator[tuple[int, list[bytes] | None]]:
        """Yield (index of its first entry, entries) of each bundle from entry `since` on; None for one not readable."""
        tiles = self.tiles(size)
        for number in range(since // WIDTH, (size + WIDTH - 1) // WIDTH):
            try:
                yield number * WIDTH, tiles.entries(number)
            except (Corrupt, OSError):
                yield number * WIDTH, None
