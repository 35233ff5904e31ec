"""The log of seals: append only, one writer at a time over every process, nothing given out before it is durable.

A death between tiles and checkpoint leaves tiles beyond the signed size: they are not part of the
log, and the next append writes over them. Source: C2SP tlog-tiles; docs/decisions/0010.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ged.errors import Corrupt, NotFound, Unavailable
from ged.ports import LogEntry, LogHead
from ged.seal.keys import SealKeys
from ged.seal.note import Checkpoint, Proof, read_checkpoint, sign_checkpoint, verifier_key, write_proof
from ged.seal.tiles import WIDTH, Tiles, Write, durable_write, extend
from ged.seal.tree import EMPTY, inclusion, leaf_hash, root_of

MAX_ENTRY = 0xFFFF


class TileLedger:
    """A log in a local folder."""

    def __init__(self, folder: Path, keys: SealKeys, write: Write = durable_write) -> None:
        self._folder = folder
        self._keys = keys
        self._write = write
        self._stopped = False

    @property
    def verifier_key(self) -> str:
        """The log's public key, as a C2SP verifier key."""
        return verifier_key(self._keys.log_origin, self._keys.log_key.public_key())

    def append(self, entries: Sequence[bytes]) -> list[LogEntry]:
        """Make entries durable and return where they stand; an entry logged already keeps its place.

        Raises:
            Unavailable: `ledger.stopped`, the disk refused; this writer writes no more.
            Corrupt: `ledger.head` or `ledger.tile`.
        """
        if self._stopped:
            raise _stopped()
        hashes = [leaf_hash(entry) for entry in entries]
        if any(len(entry) > MAX_ENTRY for entry in entries):
            raise ValueError("an entry of the log is at most 65,535 bytes")
        try:
            with self._alone():
                return self._append(entries, hashes)
        except OSError as error:
            self._stopped = True  # after a failed fsync nobody knows what the disk holds: never retried here
            raise _stopped() from error

    def _append(self, entries: Sequence[bytes], hashes: Sequence[bytes]) -> list[LogEntry]:
        head = self._checkpoint()
        with self._places(Tiles(self._folder, head.size)) as places:
            known = {each: _place(places, each) for each in hashes}
            fresh = {each: entry for each, entry in zip(hashes, entries, strict=True) if known[each] is None}
            if fresh:
                extend(Tiles(self._folder, head.size), list(fresh.values()), list(fresh), self._write)
                size = head.size + len(fresh)
                head = Checkpoint(head.origin, size, Tiles(self._folder, size).root())
                self._write(self._folder / "checkpoint", sign_checkpoint(head, self._keys.log_key).encode())
                known |= {each: size - len(fresh) + i for i, each in enumerate(fresh)}
                places.executemany("INSERT INTO place VALUES (?, ?)", [(each, known[each]) for each in fresh])
        note = self._note()
        tiles = Tiles(self._folder, head.size)
        return [self._entry(tiles, index, note) for index in (known[each] for each in hashes) if index is not None]

    def head(self) -> LogHead:
        """Return the last signed head; an empty log has one of size 0.

        Raises:
            Corrupt: `ledger.head`, this log's key did not sign what is on disk.
        """
        checkpoint = self._checkpoint()
        note = self._note() or sign_checkpoint(checkpoint, self._keys.log_key)
        return LogHead(checkpoint.origin, checkpoint.size, checkpoint.root.hex(), note)

    def prove(self, index: int) -> LogEntry:
        """Return where an entry stands under today's head, with its proof.

        Raises:
            NotFound: `ledger.unknown`.
        """
        head = self._checkpoint()
        if not 0 <= index < head.size:
            raise _unknown(index)
        return self._entry(Tiles(self._folder, head.size), index, self._note())

    def entry(self, index: int) -> bytes:
        """Return the bytes logged at an index.

        Raises:
            NotFound: `ledger.unknown`, the log is shorter.
        """
        head = self._checkpoint()
        if not 0 <= index < head.size:
            raise _unknown(index)
        return Tiles(self._folder, head.size).entries(index // WIDTH)[index % WIDTH]

    def recheck(self) -> LogHead:
        """Compute the whole log anew from its entries and return the head that it matches.

        Raises:
            Corrupt: `ledger.altered`, an entry, a tile or the head is not what was signed.
        """
        head = self._checkpoint()
        tiles = Tiles(self._folder, head.size)
        hashes: list[bytes] = []
        for index in range((head.size + WIDTH - 1) // WIDTH):
            bundle = [leaf_hash(entry) for entry in tiles.entries(index)]
            if bundle != tiles.hashes(0, index):
                raise _altered(index * WIDTH)
            hashes += bundle
        if root_of(hashes) != head.root or tiles.root() != head.root:
            raise _altered(0)
        return self.head()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _note(self) -> str:
        try:
            return (self._folder / "checkpoint").read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    def _checkpoint(self) -> Checkpoint:
        note = self._note()
        if not note:
            return Checkpoint(self._keys.log_origin, 0, EMPTY)
        try:
            return read_checkpoint(note, self.verifier_key)
        except ValueError as error:
            raise Corrupt(
                "ledger.head",
                "La tête du journal des sceaux n'est pas signée par cette installation. Prévenez l'administrateur.",
                reason=str(error),
            ) from error

    def _entry(self, tiles: Tiles, index: int, note: str) -> LogEntry:
        path = tuple(inclusion(index, 0, tiles.size, tiles.subtree))
        return LogEntry(index, write_proof(Proof(index, path, note)))

    @contextmanager
    def _places(self, tiles: Tiles) -> Iterator[sqlite3.Connection]:
        """Open the table of places, brought up to the log: a cache, made anew from the tiles when it is lost."""
        file = self._folder / "places.sqlite"
        try:
            places = _open_places(file, tiles)
        except sqlite3.DatabaseError:
            file.unlink()
            places = _open_places(file, tiles)
        try:
            yield places
            places.commit()
        finally:
            places.close()


def _open_places(file: Path, tiles: Tiles) -> sqlite3.Connection:
    places = sqlite3.connect(file)
    places.execute("CREATE TABLE IF NOT EXISTS place (hash BLOB PRIMARY KEY, position INTEGER NOT NULL)")
    # Rows beyond the signed size come from a head that never became durable.
    places.execute("DELETE FROM place WHERE position >= ?", (tiles.size,))
    count = places.execute("SELECT count(*) FROM place").fetchone()[0]
    for index in range(count, tiles.size):
        entry = tiles.entries(index // WIDTH)[index % WIDTH]
        places.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (leaf_hash(entry), index))
    return places


def _place(places: sqlite3.Connection, hashed: bytes) -> int | None:
    row = places.execute("SELECT position FROM place WHERE hash = ?", (hashed,)).fetchone()
    return None if row is None else int(row[0])


def _stopped() -> Unavailable:
    return Unavailable(
        "ledger.stopped",
        "Le disque refuse d'écrire le journal des sceaux. Les courriers sont gardés ; leur sceau attend.",
    )


def _unknown(index: int) -> NotFound:
    return NotFound("ledger.unknown", f"Le journal des sceaux n'a pas d'entrée n° {index}.")


def _altered(index: int) -> Corrupt:
    return Corrupt(
        "ledger.altered",
        "Le journal des sceaux ne correspond plus à sa tête signée. Prévenez l'administrateur et l'auditeur.",
        near=index,
    )
