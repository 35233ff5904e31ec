"""The collector of objects that refer to one another, set for a process that works for long."""

from __future__ import annotations

import gc

_MADE = 20_000
"""Objects made and not dropped before it looks among them; Python's 700 are reached several times in one search.

Source: 200 searches of `scripts/measure_search_speed.py`, 2026-11-30: a twentieth of their processor.
"""


def settle() -> None:
    """Leave alone what is loaded by now: from here on the collector looks only at what work makes, and more rarely."""
    gc.freeze()
    gc.set_threshold(_MADE)
