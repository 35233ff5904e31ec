"""A zip that is written once, from its first byte to its last, every file hashed on the way and none compressed."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO, Self

_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of every entry: what a package says of time stands in its manifest."""
_CHUNK, HEAD_BYTES = 1 << 20, 1 << 12


@dataclass(frozen=True, slots=True)
class Added:
    """What a file was found to be while it was written: digests in hexadecimal, size in bytes, its first bytes."""

    sha256: str
    sha512: str
    size: int
    head: bytes


class ArchiveFile:
    """A package that grows: files go in under their names, each name once; memory stays flat whatever they weigh."""

    root = ""

    def __init__(self, target: BinaryIO) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True)
        self.added: dict[str, Added] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.finish()
        self._zip.close()

    def finish(self) -> None:
        """Write what comes after the last file: nothing, in a plain package."""

    def add(self, name: str, stream: BinaryIO) -> Added:
        """Write a file under a name that was not given yet, and return what it is."""
        self.added[name] = found = self._write(self.root + name, stream)
        return found

    def _write(self, name: str, stream: BinaryIO) -> Added:
        entry = zipfile.ZipInfo(name, _LONG_AGO)
        entry.external_attr, entry.create_system = 0o644 << 16, 3
        short, long, size, head = hashlib.sha256(), hashlib.sha512(), 0, b""
        with self._zip.open(entry, "w", force_zip64=True) as file:
            while chunk := stream.read(_CHUNK):
                head = head or chunk[:HEAD_BYTES]
                short.update(chunk)
                long.update(chunk)
                size += len(chunk)
                file.write(chunk)
        return Added(short.hexdigest(), long.hexdigest(), size, head)
