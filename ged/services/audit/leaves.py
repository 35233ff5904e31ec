"""The digests that rows refer to, and what blinded ones are of, on disk while an audit lasts: memory does not grow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from ged.services.audit.scratch import Scratch


class Leaves(Scratch):
    """Digests; kept twice, one is there once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "empreintes.sqlite")
        self._rows.execute("CREATE TABLE IF NOT EXISTS known (sha256 BLOB PRIMARY KEY) WITHOUT ROWID")
        self._rows.execute("CREATE TABLE IF NOT EXISTS counted (sha256 TEXT PRIMARY KEY) WITHOUT ROWID")
        self._rows.execute("CREATE TABLE IF NOT EXISTS masked (blinded TEXT PRIMARY KEY, sha256 TEXT)")

    def keep(self, digests: Iterable[str]) -> None:
        """Keep digests, hexadecimal."""
        with self._rows:
            rows = ((bytes.fromhex(each),) for each in digests)
            self._rows.executemany("INSERT OR IGNORE INTO known VALUES (?)", rows)

    def mask_anew(self) -> None:
        """Forget which objects blinded digests are of."""
        with self._rows:
            self._rows.execute("DELETE FROM masked")

    def mask(self, blinded: str, digest: str) -> None:
        """Keep which object a blinded digest is of."""
        with self._rows:
            self._rows.execute("INSERT OR REPLACE INTO masked VALUES (?, ?)", (blinded, digest))

    def masked(self, blinded: str) -> str:
        """Return the object that a blinded digest is of; "" when none was kept."""
        row = self._rows.execute("SELECT sha256 FROM masked WHERE blinded = ?", (blinded,)).fetchone()
        return str(row[0]) if row else ""

    def count_anew(self) -> None:
        """Forget what was counted."""
        with self._rows:
            self._rows.execute("DELETE FROM counted")

    def first_time(self, digest: str) -> bool:
        """Count a digest and return whether it had not been counted before."""
        with self._rows:
            return self._rows.execute("INSERT OR IGNORE INTO counted VALUES (?)", (digest,)).rowcount == 1

    def unknown(self, digests: Sequence[str]) -> list[str]:
        """Return those that were not kept."""
        known = self.among("SELECT sha256 FROM known WHERE sha256 IN", digests)
        return [each for each in digests if each not in known]
