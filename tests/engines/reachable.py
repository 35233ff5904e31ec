"""A temporary folder that the engines' system user can enter; pytest's own are closed to it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made there has a name that nobody knows
"""To copy the pilot's database takes 85 ms there and 970 on an ext4 disk: a thousand files are made (2026-11)."""
_ENOUGH_BYTES = 4 << 30
"""Two processes of tests keep less than half of it there; a container is often given 64 MB."""


@contextmanager
def reachable_folder(name: str) -> Iterator[Path]:
    """Yield a folder that lasts as long as its processes may be killed: no test takes the power away."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    folder = Path(tempfile.mkdtemp(prefix=f"ged-{name}-", dir=_MEMORY if roomy else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
