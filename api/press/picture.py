"""Pictures of drafts whose body is a file: laid out, drawn in a cage, kept a while in this process."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from ged.errors import Refused
from ingest.office.confined import Limits, run
from ingest.own_folder import own_folder

_LIMITS = Limits(timeout_s=30, processor_s=30, memory_bytes=2_000_000_000)
_KEPT = 24


class Pictures:
    """The last pictures drawn, by what they show."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    def of(self, key: str, laid_out: Callable[[], bytes]) -> bytes:
        """Return the picture (WebP) of the PDF that `laid_out` gives.

        Raises:
            Refused: `draft.picture`, the pages cannot be drawn; and what `laid_out` raises.
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        picture = drawn(laid_out())  # outside the lock: one that is slow to draw hinders nobody
        with self._lock:
            self._kept[key] = picture
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return picture


def drawn(pdf: bytes) -> bytes:
    """Return the first pages of a PDF as one picture.

    Raises:
        Refused: `draft.picture`.
    """
    with own_folder("apercu") as folder:
        source, picture = folder / "page.pdf", folder / "page.webp"
        source.write_bytes(pdf)
        ended = run([sys.executable, "-m", "api.press.drawing", str(source), str(picture)], folder, _LIMITS)
        if ended.code != 0 or not picture.exists():
            raise Refused(
                "draft.picture",
                "Ces pages ne peuvent pas être dessinées. Ouvrez le fichier lui-même.",
                said=ended.said[-300:],
            )
        return picture.read_bytes()
