"""Partial tiles whose full tile is signed: nobody needs them any more, and each append would leave one for ever.

Source: C2SP tlog-tiles: partial tiles and bundles may be deleted once the full one exists; whoever holds an older
head reads the full one, and cuts it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from ged.seal.tiles import WIDTH, tile_path


def remove_spent(folder: Path, older: int, size: int) -> None:
    """Remove the partial tiles and bundles of those that were filled between two signed heads, the second durable.

    What cannot be removed, or was not before a death, stays and harms nobody; called with `older` 0 it goes too.
    """
    for path in _filled(older, size):
        partial = folder / f"{path}.p"
        if partial.is_dir():
            shutil.rmtree(partial, ignore_errors=True)


def _filled(older: int, size: int) -> Iterator[str]:
    level = 0
    while full := size >> (8 * (level + 1)):
        for index in range(older >> (8 * (level + 1)), full):
            yield tile_path(str(level), index, WIDTH)
            if level == 0:
                yield tile_path("entries", index, WIDTH)
        level += 1
