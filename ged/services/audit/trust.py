"""When a seal is proved to have been there: the time that counts for its certificate."""

from __future__ import annotations

from datetime import datetime

from ged.services.audit.ground import Ground


class ProvedTimes:
    """When a timestamp authority vouched for the head that first held an entry, asked in the order of the log."""

    def __init__(self, ground: Ground) -> None:
        self._store = ground.store
        self._covers = (0, -1)
        self._at: datetime | None = None

    def at(self, index: int) -> datetime | None:
        """Return the proved time of an entry; None where no token covers it, or no database says which does."""
        if self._store is not None and not self._covers[0] <= index < self._covers[1]:
            with self._store.unit() as unit:
                anchor = unit.anchors.covering("documents", index)
            self._at = anchor.stamp.at if anchor and anchor.stamp else None
            self._covers = (index, anchor.size if anchor else index + 1)
        return self._at
