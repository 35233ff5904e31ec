"""What is known for a while, on disk rather than in memory: lost, it is made again, and it is no evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_ASKED = 500
"""Digests in one question: SQLite takes 999 values at least."""


class Scratch:
    """Tables in a file of a folder that is lent, closed on leaving."""

    def __init__(self, path: Path) -> None:
        self._rows = sqlite3.connect(path)
        self._rows.execute("PRAGMA synchronous = OFF")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._rows.close()

    def among(self, query: str, digests: Sequence[str]) -> set[str]:
        """Return those digests, hexadecimal, that a query gives which ends before the values of its `IN`."""
        found = set[str]()
        for at in range(0, len(digests), _ASKED):
            some = [bytes.fromhex(each) for each in digests[at : at + _ASKED]]
            rows = self._rows.execute(f"{query} ({','.join('?' * len(some))})", some)
            found.update(row[0].hex() for row in rows)
        return found
