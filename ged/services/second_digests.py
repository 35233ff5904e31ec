"""SHA-512 of every sealed original, held by the log of documents before SHA-256 grows weak.

Each original is read once, its SHA-256 verified in the same pass. What the log holds stays: killed anywhere, the next
run goes on with what has none. Source: RFC 4998, 5.2 (hash-tree renewal: the data is hashed anew).
"""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ged.clock import Clock
from ged.errors import Conflict, Corrupt, NotFound
from ged.mail.access import SYSTEM
from ged.mail.journal import Act
from ged.ports import Vault
from ged.seal.leaf import DISPOSAL, Leaf, blind
from ged.seal.ledger import TileLedger
from ged.seal.second_digest import MOST, SecondDigests, blind_second
from ged.services.audit.in_order import in_order
from ged.services.audit.scratch import Scratch
from ged.services.beside import SALT, salt_of
from ged.store.unit import Store

_CHUNK, _DIGEST = 1 << 20, 32
_TAKE = "INSERT INTO original VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO UPDATE SET there = there + excluded.there"
_ENTRY_BYTES = 1 << 30
"""Originals read between two entries, at most about: what is read again after a death."""


class Originals(Scratch):
    """Every sealed original as the log of documents names it, and its second digest; on disk, not in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "sha512.sqlite")
        self._rows.execute(
            "CREATE TABLE IF NOT EXISTS original (digest BLOB, blinded INTEGER, size INTEGER, there INTEGER, "
            "second BLOB, PRIMARY KEY (digest, blinded)) WITHOUT ROWID"
        )
        self._held: frozenset[int] | None = None

    def read(self, bundles: Iterable[Iterable[bytes]]) -> None:
        """Take what the entries of a log say, from its first, in the place of what was there."""
        self._held = None
        with self._rows:
            self._rows.execute("DELETE FROM original")
            for bundle in bundles:
                self._rows.executemany(_TAKE, self._read(bundle))

    def _read(self, entries: Iterable[bytes]) -> Iterator[tuple[bytes, bool, int, int]]:
        """Give the row of each leaf; what tells of second digests finds the rows of those before it."""
        for data in entries:
            try:
                leaf = Leaf.decode(data)
                digest = bytes.fromhex(leaf.sha256)
            except ValueError:
                self._take_second(data)
                continue
            if digest.hex() == leaf.sha256 and len(digest) == _DIGEST:  # of any other an audit says what is wrong
                yield digest, leaf.blinded, leaf.size, -1 if leaf.event == DISPOSAL else 1

    def _take_second(self, data: bytes) -> None:
        try:
            told = SecondDigests.decode(data)
        except ValueError:
            return
        self._rows.executemany(  # the first that was logged stands: a later one could only be false
            "UPDATE original SET second = ? WHERE digest = ? AND blinded = ? AND second IS NULL",
            (
                (bytes.fromhex(second), bytes.fromhex(digest), blinded)
                for blinded, each in ((0, told.plain), (1, told.blinded))
                for digest, second in each.items()
            ),
        )

    def unnamed(self, digests: Sequence[str]) -> list[str]:
        """Return those that no leaf names, not even one of a disposal."""
        named = self.among("SELECT digest FROM original WHERE digest IN", digests)
        return [each for each in digests if each not in named]

    def totals(self) -> tuple[int, int, int]:
        """Return how many originals are sealed and not destroyed, how many lack a second digest, the bytes of those."""
        query = (
            "SELECT count(*), coalesce(sum(second IS NULL), 0), coalesce(sum(size) FILTER (WHERE second IS NULL), 0) "
            "FROM original WHERE there > 0"
        )
        count, lacking, size = self._rows.execute(query).fetchone()
        return count, lacking, size

    def lacks(self, digest: str, *, blinded: bool) -> bool:
        """Whether the log names an original so, not destroyed, and holds no second digest of it."""
        query = "SELECT 1 FROM original WHERE digest = ? AND blinded = ? AND there > 0 AND second IS NULL"
        return self._rows.execute(query, (bytes.fromhex(digest), blinded)).fetchone() is not None

    def expected(self, digest: str, vault: Vault) -> Expected | None:
        """Return the second digest that the log holds of the object of that SHA-256; None where it holds none."""
        if self._held is None:
            query = "SELECT DISTINCT blinded FROM original WHERE second IS NOT NULL"
            self._held = frozenset(row[0] for row in self._rows.execute(query))
        if False in self._held and (second := self._second(digest, blinded=False)):
            return Expected(second)
        if True not in self._held:
            return None  # a salt is asked for where one may matter: most objects of a vault have none
        salt = salt_of(digest, vault)
        second = self._second(blind(digest, salt), blinded=True) if salt else ""
        return Expected(second, salt) if second else None

    def _second(self, digest: str, *, blinded: bool) -> str:
        query = "SELECT second FROM original WHERE digest = ? AND blinded = ? AND second IS NOT NULL"
        row = self._rows.execute(query, (bytes.fromhex(digest), blinded)).fetchone()
        return row[0].hex() if row else ""


class Expected(NamedTuple):
    """The SHA-512 that the log holds of an original; blinded where there is a salt."""

    second: str
    salt: bytes = b""

    def is_of(self, digest: str) -> bool:
        """Whether it is that of the bytes of this SHA-512."""
        return self.second == (blind_second(digest, self.salt) if self.salt else digest)


def both_digests(name: str, vault: Vault) -> tuple[str, str, int]:
    """Return (SHA-256, SHA-512, size in bytes) of a stored object, read once to its end.

    Raises:
        NotFound: `vault.unknown`.
        Corrupt: `vault.ciphertext`, `vault.key`.
        OSError: the disk does not give its bytes.
    """
    first, second, size = hashlib.sha256(), hashlib.sha512(), 0
    with vault.open(name) as stream:
        while data := stream.read(_CHUNK):
            first.update(data)
            second.update(data)
            size += len(data)
    return first.hexdigest(), second.hexdigest(), size


@dataclass(frozen=True, slots=True)
class Lacking:
    """What hashing originals anew costs: how many of all sealed ones have no SHA-512, and how many bytes to read."""

    due: int
    sealed: int
    bytes_due: int


@dataclass(frozen=True, slots=True)
class Hashed:
    """How far a run is: originals whose SHA-512 the log holds since it began.

    Attributes:
        altered: SHA-256 of those whose bytes are not, or no longer, what was sealed: nothing is held of them.
    """

    done: int
    altered: tuple[str, ...]


def plan_originals(*, ledger: TileLedger, folder: Path) -> Lacking:
    """Return what hashing originals anew would read now; what the log says of each lies in `folder` meanwhile."""
    with Originals(folder) as originals:
        originals.read(ledger.bundles())
        sealed, due, size = originals.totals()
    return Lacking(due, sealed, size)


def hash_originals(
    *, store: Store, vault: Vault, ledger: TileLedger, clock: Clock, folder: Path, readers: int, batch: int = MOST
) -> Iterator[Hashed]:
    """Have the log hold the SHA-512 of every sealed original that has none; tell how far it is after each entry.

    What the log says of each lies in `folder` meanwhile.

    Raises:
        Conflict: `renew.under_way`, another process is at it.
        Unavailable: vault or log do not answer; what is held stays.
    """
    done, altered = 0, list[str]()
    with store.exclusive("renew") as alone, Originals(folder) as originals:
        if not alone:
            raise Conflict("renew.under_way", "Un autre renouvellement est en cours. Attendez sa fin.")
        originals.read(ledger.bundles())
        waiting = _Waiting()
        for one, second in in_order(partial(_read, vault), _to_read(originals, vault), readers):
            if second is None:
                altered.append(one.object)
                continue
            waiting.add(one, second)
            if waiting.count >= batch or waiting.bytes_read >= _ENTRY_BYTES:
                done += waiting.place(store, ledger, clock)
                yield Hashed(done, tuple(altered))
        done += waiting.place(store, ledger, clock)
        yield Hashed(done, tuple(altered))


class _Due(NamedTuple):
    """An object to be hashed anew, and how its leaf names it."""

    object: str
    size: int
    salt: bytes


class _Waiting:
    """Second digests that are not in the log yet."""

    def __init__(self) -> None:
        self._plain, self._blinded = dict[str, str](), dict[str, str]()
        self.bytes_read = 0

    @property
    def count(self) -> int:
        return len(self._plain) + len(self._blinded)

    def add(self, one: _Due, second: str) -> None:
        self.bytes_read += one.size
        if one.salt:
            self._blinded[blind(one.object, one.salt)] = blind_second(second, one.salt)
        else:
            self._plain[one.object] = second

    def place(self, store: Store, ledger: TileLedger, clock: Clock) -> int:
        """Make them durable, with a line in the journal, return how many they were, and begin anew."""
        count, now = self.count, clock()
        if count:
            (index,) = ledger.place([SecondDigests(now.isoformat(), self._plain, self._blinded).encode()])
            with store.unit() as unit:
                unit.journal.write(now, Act.ORIGINALS_HASHED, SYSTEM, count=count, leaf_index=index)
                unit.commit()
        self._plain, self._blinded, self.bytes_read = {}, {}, 0
        return count


def _to_read(originals: Originals, vault: Vault) -> Iterator[tuple[_Due, str]]:
    """Give each object of the vault that the log names and holds no second digest of, in the order of the vault."""
    size = 0
    for one in vault.objects():
        if not one.digest or not one.latest or one.delete_marker:
            continue
        if not one.suffix:
            size = one.size
            if originals.lacks(one.digest, blinded=False):
                yield _Due(one.digest, size, b""), one.digest
        elif one.suffix == SALT:
            salt = salt_of(one.digest, vault)
            if salt and originals.lacks(blind(one.digest, salt), blinded=True):
                yield _Due(one.digest, size, salt), one.digest


def _read(vault: Vault, name: str) -> str | None:
    """Return the SHA-512 of an object; None where its bytes are not those of its name."""
    try:
        first, second, _ = both_digests(name, vault)
    except (NotFound, Corrupt):
        return None
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return None
    return second if first == name else None
