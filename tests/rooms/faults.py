"""Faults at every call that reaches the disk: the process killed there, or the call failing.

A profiler is told of each call of a built-in function before it is made, and may end the process or raise in its
place; nothing of the product is replaced.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_REACH_THE_DISK = {"open", "write", "flush", "fsync", "link", "rename", "replace", "mkdir", "chmod", "unlink", "close"}
KILL = 0
"""Instead of an errno: end the process as `kill -9` does."""


@contextmanager
def fault(at: int, error: int) -> Iterator[list[str]]:
    """Make the call number `at` (from 0) fail with an errno, or kill; give the names of the calls so far."""
    calls: list[str] = []

    def told(_frame: FrameType, event: str, call: object) -> None:
        name = getattr(call, "__name__", "")
        if event != "c_call" or name not in _REACH_THE_DISK:
            return
        calls.append(name)
        if len(calls) == at + 1:
            if error == KILL:
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(error, os.strerror(error))

    sys.setprofile(told)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def calls_of(act: Callable[[], object]) -> list[str]:
    """Return the names of the calls of one act that reach the disk, in order."""
    with fault(-1, KILL) as calls:
        act()
    return list(calls)


def killed_at(at: int, act: Callable[[], object]) -> None:
    """Do something in a process of its own, killed before its call number `at`."""

    def struck() -> None:
        with fault(at, KILL):
            act()

    process = multiprocessing.get_context("fork").Process(target=struck)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
