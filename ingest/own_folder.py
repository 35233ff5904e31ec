"""Folders of a process's own, where letters lie in the clear while they are worked on, and not a moment longer.

A process that is killed leaves its folders; the next one of the same account that starts removes them.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_OWNED = re.compile(r"ged-[a-z]+-(\d+)-.*")


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """Lend a new folder that says what it is for and whose it is; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"ged-{purpose}-{os.getpid()}-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def forget_the_dead() -> None:
    """Remove the folders of processes of this account that are no more."""
    for folder in Path(tempfile.gettempdir()).glob("ged-*"):
        owner = _OWNED.fullmatch(folder.name)
        with suppress(OSError):
            if owner and folder.stat().st_uid == os.geteuid() and not Path("/proc", owner[1]).exists():
                shutil.rmtree(folder, ignore_errors=True)
