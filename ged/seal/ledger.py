"""A log as its keeper writes it: append only, one writer over every process, nothing given out before it is durable.

A death between tiles and checkpoint leaves tiles beyond the signed size: they are not part of the
log, and the next append writes over them. A head that was signed and did not get its name is
taken up by the next append: the log never signs two heads of one size. Source: C2SP tlog-tiles; docs/decisions/0010.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ged.errors import Unavailable
from ged.ports import LogEntry, LogHead
from ged.seal.keys import LogKey
from ged.seal.log import TileLog, proved
from ged.seal.log_key import SUCCESSIONS, in_force, read_checkpoint, successions, write_succession
from ged.seal.note import Checkpoint, sign_checkpoint
from ged.seal.spent_tiles import remove_spent
from ged.seal.tiles import WIDTH, Tiles, Write, durable_write, extend
from ged.seal.tree import EMPTY, leaf_hash

MAX_ENTRY = 0xFFFF


class TileLedger(TileLog):
    """A log in a local folder, and the key that signs its heads."""

    def __init__(self, folder: Path, key: LogKey, write: Write = durable_write) -> None:
        super().__init__(folder, key.verifier)
        self._key = key
        self._write = write
        self._stopped = False
        self._cleared = 0  # partial tiles are looked for from the beginning once: a writer before may have died

    def append(self, entries: Sequence[bytes]) -> list[LogEntry]:
        """Make entries durable and return where they stand; an entry logged already keeps its place.

        Raises:
            Unavailable: `ledger.stopped`, the disk refused; this writer writes no more.
            Corrupt: `ledger.head` or `ledger.tile`.
        """
        places = self.place(entries)
        head, note = self._signed()
        subtree = Tiles(self._folder, head.size).subtrees()
        return [proved(index, head.size, subtree, note) for index in places]

    def place(self, entries: Sequence[bytes]) -> list[int]:
        """Make entries durable and return their indexes, without proofs, which cost more than the rest.

        Raises:
            Unavailable: `ledger.stopped`.
            Corrupt: `ledger.head` or `ledger.tile`.
        """
        if self._stopped:
            raise _stopped()
        hashes = [leaf_hash(entry) for entry in entries]
        if any(len(entry) > MAX_ENTRY for entry in entries):
            raise ValueError("an entry of the log is at most 65,535 bytes")
        try:
            with self._alone():
                return self._place_all(entries, hashes)
        except OSError as error:
            self._stopped = True  # after a failed fsync nobody knows what the disk holds: never retried here
            raise _stopped() from error

    def _place_all(self, entries: Sequence[bytes], hashes: Sequence[bytes]) -> list[int]:
        self._take_up()
        head, _ = self._signed()
        private = self._key.private_of(self.verifier_key)
        with self._places(Tiles(self._folder, head.size)) as places:
            known = {each: _place(places, each) for each in hashes}
            fresh = {each: entry for each, entry in zip(hashes, entries, strict=True) if known[each] is None}
            if fresh:
                extend(Tiles(self._folder, head.size), list(fresh.values()), list(fresh), self._write)
                size = head.size + len(fresh)
                head = Checkpoint(head.origin, size, Tiles(self._folder, size).root())
                self._write(self._folder / "checkpoint", sign_checkpoint(head, private).encode())
                known |= {each: size - len(fresh) + i for i, each in enumerate(fresh)}
                places.executemany("INSERT INTO place VALUES (?, ?)", [(each, known[each]) for each in fresh])
                remove_spent(self._folder, self._cleared, size)
                self._cleared = size
        return [index for index in (known[each] for each in hashes) if index is not None]

    def head(self) -> LogHead:
        """Return the last signed head; an empty log has one of size 0.

        Raises:
            Corrupt: `ledger.head`, this log's key did not sign what is on disk.
        """
        head = super().head()
        if head.note:
            return head
        private = self._key.private_of(self.verifier_key)
        return replace(head, note=sign_checkpoint(Checkpoint(self.origin, 0, EMPTY), private))

    def succeed(self, new: Ed25519PrivateKey, at: datetime) -> None:
        """Have another key sign from the next entry on, introduced by the one in force at today's head.

        Every process that writes here looks at the keys under the lock, before it signs.

        Raises:
            Unavailable: `ledger.stopped`; `seal.no_log_key`.
            Corrupt: `ledger.head`.
        """
        if self._stopped:
            raise _stopped()
        try:
            with self._alone():
                self._take_up()
                head, _ = self._signed()
                text = self.key_text
                note = write_succession(head, at, self._key.private_of(in_force(text)), new)
                notes = "\n".join((*successions(text), note))
                self._write(self._folder / SUCCESSIONS, notes.encode())
        except OSError as error:
            self._stopped = True
            raise _stopped() from error

    def _take_up(self) -> None:
        """Finish a head whose writer died between signing and naming it; its tiles were durable before that."""
        for draft in self._folder.glob(".checkpoint.*.tmp"):
            try:
                head = read_checkpoint(draft.read_text(encoding="utf-8"), self.key_text)
            except ValueError:
                head = None  # cut short: nobody signed this
            if head is not None and head.size > self._signed()[0].size:
                self._write(self._folder / "checkpoint", draft.read_bytes())
            draft.unlink()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

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
