"""The only reader of time: aware, UTC (loi n° 2017-007, art. 113-114: UTC timestamps)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""A source of now; services take one so that tests can move time."""


def system_clock() -> datetime:
    """Return now as an aware UTC instant, to the microsecond."""
    return datetime.now(UTC)
