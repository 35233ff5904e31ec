"""Where an installation keeps its data when nobody said: decided here and nowhere else."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path


def default_data_folder(clone: Path | None = None) -> Path:
    """Return the data folder of this clone; nothing is created.

    `var` in the clone; but when root runs a clone that other users cannot reach (under `/root`, say),
    a folder of its own under `/var/lib`, because the engines then run as a system user. The answer
    depends on permission bits alone, so it stays the same before and after that user exists.

    Args:
        clone: The folder that holds pyproject.toml; by default the one this file lies in.
    """
    clone = Path(__file__).resolve().parents[2] if clone is None else clone.resolve()
    if os.geteuid() == 0 and not _open_to_all(clone):
        digest = hashlib.sha256(os.fsencode(clone)).hexdigest()[:8]
        return Path("/var/lib") / f"ged-{digest}"
    return clone / "var"


def _open_to_all(folder: Path) -> bool:
    return all(one.stat().st_mode & stat.S_IXOTH for one in (folder, *folder.parents))
