"""How often one address may ask a page that is open to anybody: so many times a minute, counted in this process."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from ged.errors import Unavailable

MAX_ADDRESSES = 10_000
"""Addresses remembered at once: a flood from everywhere costs memory no further than this."""


class Throttle:
    """Counts requests by address over a sliding window."""

    def __init__(self, times: int, window: timedelta) -> None:
        self._times, self._window = times, window
        self._seen: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def let_pass(self, address: str, now: datetime) -> None:
        """Let pass an address that does not ask too often.

        Raises:
            Unavailable: `request.too_often`.
        """
        with self._lock:
            if len(self._seen) >= MAX_ADDRESSES:
                self._seen.clear()
            asked = self._seen.setdefault(address, deque())
            while asked and asked[0] <= now - self._window:
                asked.popleft()
            if len(asked) >= self._times:
                raise Unavailable(
                    "request.too_often", "Trop de demandes depuis cette adresse. Attendez une minute, puis réessayez."
                )
            asked.append(now)
