"""Measure what encryption at rest costs: MB/s in and out, a page out of a large file, keys renewed, memory.

    python -m scripts.measure_vault [--megabytes 512]

The database is the embedded one, in a folder of its own; everything is on one disk. Each row says plain and encrypted
in the same run; SHA-256 alone is beside them, since every deposit is digested.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from api.config import Settings
from api.open_vault import open_keks, open_vault
from api.wiring import open_house
from ged.mail.access import SYSTEM
from ged.ports import Vault
from ged.services.vault_keys import rotate
from ged.store.vault.local import LocalVault
from scripts.measures import table, write_section

_BLOCK = 1 << 20
_PAGES, _KEYS = 200, 2_000
_ROWS: list[tuple[str, str]] = []


class _Endless:
    """Bytes that differ from one file to the next, made as they are read."""

    def __init__(self, size: int, block: bytes) -> None:
        self._left, self._block = size, block

    def read(self, size: int = -1) -> bytes:
        piece = self._block[: min(self._left, size if size >= 0 else self._left, len(self._block))]
        self._left -= len(piece)
        return piece


def main() -> None:
    """Measure, and write the section."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--megabytes", type=int, default=512)
    size = asked.parse_args().megabytes * 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs under an account of its own when this is root
        measure(Path(folder), size)
    row("memory at most, MB", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)
    write_section("vault", "The vault, in plain and encrypted", table(("what", "measured"), _ROWS))


def measure(folder: Path, size: int) -> None:
    """Measure what each act costs in an installation made for it."""
    with open_house(Settings(data=folder / "data")) as house:
        block = os.urandom(_BLOCK)
        row("SHA-256 alone, MB/s", size / 1e6 / seconds(lambda: digested(_Endless(size, block))))
        with open_vault(house.settings, house.database_url) as encrypted:
            vaults: dict[str, Vault] = {"plain": LocalVault(folder / "plain"), "encrypted": encrypted}
            for name, vault in vaults.items():
                whole(name, vault, size)
            for name, vault in vaults.items():
                pages(name, vault)
            for each in range(_KEYS):
                encrypted.put(BytesIO(b"%d" % each), media_type="text/plain")
        ports: dict[str, Any] = {"store": house.store, "actor": SYSTEM, "clock": house.clock}
        taken = seconds(lambda: rotate("", keks=open_keks(house.settings), **ports))
        row("keys wrapped anew, each second", _KEYS / taken)


def whole(name: str, vault: Vault, size: int) -> None:
    """Put a large file, read it back, and read 100 KB in its middle."""
    block = os.urandom(_BLOCK)
    stored: list[str] = []
    taken = seconds(
        lambda: stored.append(vault.put(_Endless(size, block), media_type="x").digest)  # type: ignore[arg-type]
    )
    row(f"put, {name}, MB/s", size / 1e6 / taken)
    row(f"open and read, {name}, MB/s", size / 1e6 / seconds(lambda: read(vault, stored[0])))
    row(f"100 KB in the middle, {name}, ms", 1000 * seconds(lambda: middle(vault, stored[0], size // 2)))


def pages(name: str, vault: Vault) -> None:
    """Put and read images of the size of a page, one by one, as the reading worker and the viewer do."""
    images = [os.urandom(120_000) for _ in range(_PAGES)]
    digests: list[str] = []
    taken = seconds(lambda: digests.extend(vault.put(BytesIO(each), media_type="image/webp").digest for each in images))
    row(f"page image put, {name}, ms", 1000 * taken / _PAGES)
    row(f"page image read, {name}, ms", 1000 * seconds(lambda: [read(vault, each) for each in digests]) / _PAGES)


def read(vault: Vault, digest: str) -> int:
    """Read an object to its end and return its size in bytes."""
    size = 0
    with vault.open(digest) as stream:
        while piece := stream.read(_BLOCK):
            size += len(piece)
    return size


def middle(vault: Vault, digest: str, place: int) -> None:
    """Read a piece of an object."""
    with vault.open(digest) as stream:
        stream.seek(place)
        stream.read(100_000)


def digested(stream: _Endless) -> str:
    """Digest a stream."""
    hasher = hashlib.sha256()
    while piece := stream.read(_BLOCK):
        hasher.update(piece)
    return hasher.hexdigest()


def seconds(act: Callable[[], object]) -> float:
    """Return how long an act takes, by the clock on the wall."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def row(name: str, value: float) -> None:
    """Keep one line of the table."""
    _ROWS.append((name, f"{value:,.1f}"))


if __name__ == "__main__":
    main()
