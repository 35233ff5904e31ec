"""A watched folder: a scanner drops files, and each leaves only after its letter is registered.

A file is taken once its size and time have stood still between two looks, by an atomic rename
into `.en-cours/`. One that is refused goes to `rejets/` with the reason beside it; one that
meets an engine that is down goes back where it was. A claim left by a process that died is
found by its lock, which fell with the process.

Whoever can write into the folder chooses names and kinds of files: a name is bytes and is only shown cleaned, a link
is never followed, and what is no file goes to `rejets/` unopened.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ged.errors import GedError, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.quarantine import Infected
from ged.services.capture import Door, Habit, Receipt
from ingest.capture.names import shown_name
from ingest.capture.receive import Entrance, SheetsBack, move_aside, receive_scan, remove_claimed

_log = logging.getLogger(__name__)

CLAIMED, REJECTED, REASON = ".en-cours", "rejets", ".motif.txt"
_MARK = "--"
_NOBODYS = frozenset({"desktop.ini", "thumbs.db"})
"""What Windows writes in a folder for itself."""
_NAME_BYTES = 200
"""Of a name that is kept: what is put before and behind it must fit into 255."""


@dataclass(slots=True)
class Station:
    """One watched folder and the person who keeps it; `who` is asked at each file, so that rights are today's."""

    folder: Path
    who: Callable[[], Actor]
    entrance: Entrance
    direction: Direction = Direction.INCOMING
    habit: Habit | None = None
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self) -> list[Receipt]:
        """Take in every file that has stood still since the last look, and return their receipts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / CLAIMED).mkdir(exist_ok=True)
        taken = [self._take(path) for path in self._left_over()]
        for path in self._still():
            claimed = self._claim(path)
            if claimed is not None:
                taken.append(self._take(claimed))
        return [receipt for receipt in taken if receipt is not None]

    def counted(self) -> tuple[int, int]:
        """Return how many files wait, and how many were set aside."""
        folders = (self.folder, self.folder / CLAIMED, self.folder / REJECTED)
        here, claimed, rejected = ([n for n in names if not n.startswith(".")] for names in map(_names, folders))
        return len(here) + len(claimed), len([name for name in rejected if not name.endswith(REASON)])

    def _still(self) -> list[Path]:
        now: dict[str, tuple[int, int]] = {}
        still: list[Path] = []
        for entry in os.scandir(self.folder):
            if entry.name.startswith(".") or entry.name.lower() in _NOBODYS or entry.is_dir(follow_symlinks=False):
                continue
            facts = entry.stat(follow_symlinks=False)
            now[entry.name] = (facts.st_size, facts.st_mtime_ns)
            if self._seen.get(entry.name) == now[entry.name]:
                still.append(Path(entry.path))
        self._seen = now
        return sorted(still)

    def _claim(self, path: Path) -> Path | None:
        target = self.folder / CLAIMED / f"{secrets.token_hex(4)}{_MARK}{_short(path.name)}"
        try:
            path.rename(target)
        except FileNotFoundError:
            return None  # another process was faster
        return target

    def _left_over(self) -> list[Path]:
        return sorted(path for path in (self.folder / CLAIMED).iterdir() if not path.is_dir())

    def _take(self, claimed: Path) -> Receipt | None:
        name = claimed.name.split(_MARK, 1)[-1]
        try:
            with _opened(claimed) as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return None  # another process is at it
                return self._enter(stream, claimed, name)
        except FileNotFoundError:
            return None
        except _NoFile:
            no_file = "Ce n'est pas un fichier, mais un lien ou un objet du système : il n'a pas été ouvert."
            self._reject(claimed, name, Refused("folder.no_file", no_file))
            return None

    def _enter(self, stream: BinaryIO, claimed: Path, name: str) -> Receipt | None:
        try:
            receipt = receive_scan(
                stream,
                name,
                door=Door.FOLDER,
                actor=self.who(),
                entrance=self.entrance,
                direction=self.direction,
                habit=self.habit,
            )
        except Unavailable as error:
            _log.warning("watched folder %s: %s", self.folder, error.diagnostics())
            move_aside(claimed, self.folder, name)
            return None
        except GedError as error:
            self._reject(claimed, name, error)
            return None
        remove_claimed(claimed)
        if isinstance(receipt, SheetsBack):
            _log.info("watched folder %s: %s", self.folder, " ".join(each.sentence for each in receipt.sheets))
            return None
        return receipt

    def _reject(self, claimed: Path, name: str, error: GedError) -> None:
        if isinstance(error, Infected):  # its bytes are in quarantine: nobody is to meet them in a folder
            (self.folder / REJECTED).mkdir(exist_ok=True)
            _explain(self.folder / REJECTED / name, name, error)
            remove_claimed(claimed)
            return
        try:
            target = move_aside(claimed, self.folder / REJECTED, name)
        except Refused:
            _log.exception("watched folder %s: a rejected file stays in %s", self.folder, CLAIMED)
            return
        _explain(target, name, error)


def _explain(target: Path, name: str, error: GedError) -> None:
    """Write beside a file why it was not taken."""
    reason = target.with_name(target.name + REASON)
    reason.write_text(f"{shown_name(name)}\n{error.sentence}\n({error.code})\n", encoding="utf-8")


class _NoFile(Exception):  # noqa: N818 - never leaves this file
    """What was claimed is a link, a pipe, a socket or a device."""


def _opened(path: Path) -> BinaryIO:
    """Open a file that somebody else put there: never through a link, never one that would make us wait."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENXIO}:
            raise _NoFile from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise _NoFile
    return os.fdopen(handle, "rb")


def _short(name: str) -> str:
    """Return a name, its end kept, that leaves room for what is put around it."""
    raw = os.fsencode(name)
    if len(raw) <= _NAME_BYTES:
        return name
    suffix = os.fsencode(Path(name).suffix)[:20]
    return os.fsdecode(raw[: _NAME_BYTES - len(suffix)] + suffix)


def _names(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.is_symlink() or not path.is_dir()]
    except FileNotFoundError:
        return []
