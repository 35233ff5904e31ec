"""The vault in a local folder: hashed while it is written, fsynced, linked under its digest, read-only."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from ged.errors import NotFound, Unavailable
from ged.ports import Found, Shredded, Stored, VaultReport
from ged.store.vault import mark
from ged.store.vault.copied import copied
from ged.store.vault.hashed import hash_file
from ged.store.vault.names import place_of, read_place

_STALE_S = 24 * 3600
_OURS = {".drafts/", mark.NAME}
_COMPANION_BYTES = 16 << 10
"""A companion is as long at most, but for a token with many certificates: it is read at once."""
_FULL = {errno.ENOSPC, errno.EDQUOT}


class LocalVault:
    """Objects at `ab/cd/<sha256>`, companions at `ab/cd/<sha256>.<suffix>`, drafts in `.drafts/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._drafts = folder / ".drafts"
        self._drafts.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def put(
        self,
        stream: BinaryIO,
        *,
        media_type: str,
        limit_bytes: int | None = None,
        tenant_id: str = "",  # noqa: ARG002 - one folder for all
    ) -> Stored:
        """Make the stream's bytes durable under their SHA-256; the same bytes again change nothing.

        Raises:
            Refused: `capture.too_large`; nothing is kept.
            Unavailable: `vault.full`, `vault.unavailable`.
        """
        with self.draft() as draft:
            digest = copied(stream, draft, limit_bytes)
            return draft.keep(digest, media_type=media_type)

    @contextmanager
    def draft(self) -> Iterator[LocalDraft]:
        """Begin to write a file that has no name yet.

        Raises:
            Unavailable: `vault.full`, `vault.unavailable`.
        """
        with _disk(), self._draft() as path, path.open("xb") as file:
            yield LocalDraft(self, path, file)

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """Open an object for reading, seekable.

        Raises:
            NotFound: `vault.unknown`.
        """
        try:
            file = self._path(digest).open("rb")
        except FileNotFoundError as error:
            raise self._absent(digest) from error
        with file:
            yield file

    def hashed(self, digest: str) -> tuple[str, int]:
        """Return (SHA-256 in hexadecimal, size in bytes) of what is stored under a digest, read to its end.

        Raises:
            NotFound: `vault.unknown`.
            OSError: the disk does not give its bytes.
        """
        try:
            return hash_file(self._name(digest))
        except FileNotFoundError as error:
            raise self._absent(digest) from error

    def plain_folder(self) -> Path:
        """Return the folder where each object is a file at `ged.store.vault.names.place_of`."""
        return self._folder

    def stat(self, digest: str) -> Stored | None:
        """Return what is stored under a digest, without reading it."""
        try:
            return Stored(digest, os.stat(self._name(digest)).st_size, "", existed=True)  # noqa: PTH116 - as `hashed`
        except FileNotFoundError:
            self._stands()
            return None

    def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
        """Keep a small companion beside an object; one that is there already wins and is returned."""
        target = self._path(digest, suffix)
        with _disk(), self._draft() as draft:
            draft.write_bytes(data)
            _sync(draft)
            self._link(draft, target)
        return target.read_bytes()

    def companion(self, digest: str, suffix: str) -> bytes | None:
        """Return the bytes of a companion, or None."""
        try:
            handle = os.open(self._name(digest, suffix), os.O_RDONLY)  # as `hashed`
        except FileNotFoundError:
            self._stands()
            return None
        try:
            parts = list[bytes]()
            while part := os.read(handle, _COMPANION_BYTES):
                parts.append(part)
            return b"".join(parts)
        finally:
            os.close(handle)

    def shred(self, digest: str) -> Shredded:
        """Remove an object and its companions, the object first."""
        with _disk():
            place = self._path(digest)
            for each in (place, *sorted(place.parent.glob(f"{digest}.*"))):
                each.unlink(missing_ok=True)
            if place.parent.exists():
                _sync(place.parent)
        return Shredded(unreadable=True, remains=False)

    def retain(self, digest: str, until: datetime) -> bool:  # noqa: ARG002 - a folder locks nothing
        """Do nothing: a folder has no lock."""
        return False

    def locked_until(self, digest: str) -> None:
        """Return None: a folder has no lock."""

    def objects(self, since: str = "") -> Iterator[Found]:
        """Give every file of the folder but the drafts and the mark, in the order of names, from `since` on."""
        try:
            yield from _walk(str(self._folder), since)
        except OSError as error:
            raise Unavailable(
                "vault.unavailable", "Le dossier du coffre ne se lit pas. Vérifiez le disque et les droits."
            ) from error

    def report(self) -> VaultReport:
        """Say where the vault is. A folder cannot lock objects against the machine's own administrator."""
        writable = os.access(self._folder, os.W_OK)
        remark = "Un dossier local ne protège pas d'un administrateur de la machine : le sceau seul le révèle."
        return VaultReport("dossier", str(self._folder), object_lock=False, reachable=writable, remark=remark)

    def _path(self, digest: str, suffix: str = "") -> Path:
        return self._folder / place_of(digest, suffix)

    def _absent(self, digest: str) -> NotFound:
        self._stands()
        return NotFound(
            "vault.unknown", "Ce fichier n'est plus dans le coffre. Prévenez l'administrateur.", digest=digest
        )

    def _stands(self) -> None:
        """Tell an object that is not there from a disk that is not.

        Raises:
            Unavailable: `vault.unavailable`, the folder itself is gone: nothing can be said of what it holds.
        """
        if not self._drafts.is_dir():
            raise Unavailable(
                "vault.unavailable", "Le dossier du coffre n'est plus là. Vérifiez que son disque est monté."
            )

    def _name(self, digest: str, suffix: str = "") -> str:
        return f"{self._folder}/{place_of(digest, suffix)}"

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        draft = self._drafts / secrets.token_hex(8)
        try:
            yield draft
        finally:
            draft.unlink(missing_ok=True)

    def link(self, draft: Path, digest: str) -> bool:
        """Give a durable draft the name of an object; return whether the name was taken."""
        return self._link(draft, self._path(digest))

    def _link(self, draft: Path, target: Path) -> bool:
        """Give a durable draft its name, atomically and durably; return whether the name was taken.

        A name that was taken is flushed too: whoever gave it may have died before it was on the disk.
        """
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.chmod(0o440)
        try:
            os.link(draft, target)
        except FileExistsError:
            taken = True
        else:
            taken = False
        try:
            for folder in (target.parent, target.parent.parent, self._folder):
                _sync(folder)
        except OSError:
            if not taken:  # a name that may not be on the disk must not pass for one that is
                target.unlink(missing_ok=True)
            raise
        return taken

    def _sweep(self) -> None:
        """Remove the drafts of processes that died long ago."""
        limit = time.time() - _STALE_S
        for draft in self._drafts.iterdir():
            if draft.stat().st_mtime < limit:
                draft.unlink(missing_ok=True)


class LocalDraft:
    """A file of `.drafts/`, linked under its name once it is on the disk."""

    def __init__(self, vault: LocalVault, path: Path, file: BinaryIO) -> None:
        self._vault, self._path, self._file = vault, path, file
        self._size = 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._file.write(data)
        self._size += len(data)

    def keep(self, name: str, *, media_type: str) -> Stored:  # noqa: ARG002 - a folder keeps no type
        """Make what was written durable under a name, unless the name is taken."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return Stored(name, self._size, "", self._vault.link(self._path, name))


def _walk(folder: str, since: str) -> Iterator[Found]:
    """Give the files below a folder in the order of their whole names, a folder of each depth in memory at a time.

    One generator, not one a folder: each name of millions would pass through all of them.
    """
    gone = ""  # an object that was shredded since it was listed: its companions go with it
    below = [iter([one for one in _listed(folder, "") if one[0] not in _OURS])]
    while below:
        for whole, entry in below[-1]:
            if whole[-1] == "/":
                if whole >= since[: len(whole)]:
                    below.append(_listed(entry.path, whole))
                    break
            elif whole >= since:
                digest, suffix = read_place(whole)
                size = 0
                if not suffix:
                    try:
                        size = entry.stat(follow_symlinks=False).st_size
                    except FileNotFoundError:
                        gone = digest
                        continue
                elif digest == gone:
                    continue
                yield Found(whole, digest, suffix, size, "")
        else:
            below.pop()


def _listed(folder: str, above: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give what a folder holds by its whole name, a folder's with a bar behind, in order."""
    with os.scandir(folder) as entries:
        held = [(f"{above}{one.name}{'/' if one.is_dir(follow_symlinks=False) else ''}", one) for one in entries]
    held.sort(key=itemgetter(0))
    return iter(held)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Unavailable(
                "vault.full",
                "Le disque du coffre est plein. Rien n'est perdu : gardez le fichier et prévenez l'administrateur.",
            ) from error
        raise Unavailable(
            "vault.unavailable", "Le coffre ne peut pas écrire. Rien n'est perdu : gardez le fichier et réessayez."
        ) from error
