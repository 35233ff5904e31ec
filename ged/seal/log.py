"""A log as whoever holds its public key reads it: heads, entries, proofs, and the whole computed anew.

Nothing here writes. Source: C2SP tlog-tiles; docs/decisions/0010.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ged.errors import Corrupt, NotFound
from ged.mail.said import Said
from ged.ports import LogEntry, LogHead
from ged.seal.log_key import in_force, read_checkpoint, with_kept
from ged.seal.note import Checkpoint, Proof, write_proof
from ged.seal.recheck import altered, recomputed_root
from ged.seal.tiles import WIDTH, Tiles
from ged.seal.tree import EMPTY, Subtree, consistency, inclusion


class TileLog:
    """A log in a local folder, read with its verifier key alone."""

    def __init__(self, folder: Path, verifier: str) -> None:
        self._folder = folder
        self._verifier = verifier

    @property
    def verifier_key(self) -> str:
        """The log's public key in force, as a C2SP verifier key.

        Raises:
            Corrupt: `ledger.head`, as `key_text`.
        """
        return in_force(self.key_text)

    @property
    def key_text(self) -> str:
        """Every key that the log ever had, as `ged.seal.log_key` reads them, looked at anew.

        Raises:
            Corrupt: `ledger.head`, the successions beside the log do not hold.
        """
        try:
            return with_kept(self._verifier, self._folder)
        except (ValueError, OSError) as error:
            raise _unsigned(error) from error

    @property
    def origin(self) -> str:
        """The log's name, as its signed heads carry it."""
        return self._verifier.partition("+")[0]

    def head(self) -> LogHead:
        """Return the last signed head; an empty log has one of size 0, with an empty note.

        Raises:
            Corrupt: `ledger.head`, this log's key did not sign what is on disk.
        """
        head, note = self._signed()
        return LogHead(head.origin, head.size, head.root.hex(), note)

    def prove(self, index: int) -> LogEntry:
        """Return where an entry stands under today's head, with its proof.

        Raises:
            NotFound: `ledger.unknown`.
        """
        head, note = self._signed()
        if not 0 <= index < head.size:
            raise _unknown(index)
        return proved(index, head.size, Tiles(self._folder, head.size).subtrees(), note)

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the path from an entry to the root of the first `size` entries.

        Raises:
            NotFound: `ledger.unknown`.
        """
        head, _ = self._signed()
        if not 0 <= index < size <= head.size:
            raise _unknown(index)
        return inclusion(index, 0, size, Tiles(self._folder, head.size).subtrees())

    def consistency(self, older: int, size: int) -> list[bytes]:
        """Return the proof that the tree of the first `older` entries is a prefix of that of the first `size`.

        Raises:
            NotFound: `ledger.unknown`.
        """
        head, _ = self._signed()
        if not 0 <= older <= size <= head.size:
            raise _unknown(size)
        return consistency(older, size, Tiles(self._folder, head.size).subtrees())

    def entry(self, index: int) -> bytes:
        """Return the bytes logged at an index.

        Raises:
            NotFound: `ledger.unknown`, the log is shorter.
        """
        head, _ = self._signed()
        if not 0 <= index < head.size:
            raise _unknown(index)
        return Tiles(self._folder, head.size).entries(index // WIDTH)[index % WIDTH]

    def bundles(self) -> Iterator[list[bytes]]:
        """Give every entry that the head covers, in order, a bundle at a time.

        Raises:
            Corrupt: `ledger.tile`.
        """
        tiles = Tiles(self._folder, self._signed()[0].size)
        for index in range((tiles.size + WIDTH - 1) // WIDTH):
            yield tiles.entries(index)

    def recheck(self) -> LogHead:
        """Compute the whole log anew from its entries and return the head that it matches.

        Raises:
            Corrupt: `ledger.altered`, an entry, a tile or the head is not what was signed.
        """
        head, note = self._signed()
        if recomputed_root(Tiles(self._folder, head.size)) != head.root:
            raise altered(0)
        return LogHead(head.origin, head.size, head.root.hex(), note)

    def _signed(self) -> tuple[Checkpoint, str]:
        """Return the last head and its note, read at once: another process may sign the next one meanwhile."""
        try:
            note = (self._folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return Checkpoint(self.origin, 0, EMPTY), ""
        try:
            return read_checkpoint(note, self.key_text), note  # after the note: a key is introduced before it signs
        except ValueError as error:
            raise _unsigned(error) from error


def proved(index: int, size: int, subtree: Subtree, note: str) -> LogEntry:
    """Return where an entry stands under a signed head of that size, with its proof."""
    return LogEntry(index, write_proof(Proof(index, tuple(inclusion(index, 0, size, subtree)), note)))


def _unsigned(error: Exception) -> Corrupt:
    return Corrupt(
        "ledger.head",
        "La tête du journal des sceaux n'est pas signée par cette installation. Prévenez l'administrateur.",
        reason=str(error),
    )


def _unknown(index: int) -> NotFound:
    return NotFound("ledger.unknown", Said("Le journal des sceaux n'a pas d'entrée n° %(index)s.", index=index))
