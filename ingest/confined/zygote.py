"""The first confined process: it loads code, never bytes from outside, and forks itself for each task.

A fork costs some milliseconds where a new Python costs a second, and each task dies with what it was given: nothing
of one letter is left in the process that reads the next one. It ends when the house's process ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pickle
import selectors
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from ingest.confined import kernel
from ingest.confined.answers import answer_of
from ingest.confined.bounds import Bounds, Walls
from ingest.confined.loads import load_for
from ingest.confined.walls import close_in, raise_walls

_REQUEST_LENGTH, _MOST_OPEN = 65_536, 1 << 20


@dataclass(slots=True)
class _Task:
    pid: int
    status: int
    ends_at: float
    late: bool = False


class _Zygote:
    def __init__(self, control: socket.socket, walls: Walls) -> None:
        self._control = control
        self._walls = walls
        self._selector = selectors.DefaultSelector()
        self._tasks: dict[int, _Task] = {}

    def serve(self) -> None:
        """Fork for each request until the house is gone; then end every task."""
        self._selector.register(self._control, selectors.EVENT_READ)
        while True:
            for key, _ in self._selector.select(self._patience()):
                if key.fileobj is not self._control:
                    self._ended(key.fd)
                elif not self._asked():
                    return
            self._end_the_late()

    def _patience(self) -> float | None:
        ends = [task.ends_at for task in self._tasks.values() if not task.late]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def _asked(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, _REQUEST_LENGTH, 2)
        if not data:
            for task in self._tasks.values():
                _kill(task.pid)
            return False
        request = json.loads(data)
        with suppress(Exception):  # the task meets it again, and says so
            found = _found(request["act"])
            load_for(found)
            if "warm" in request:
                found(*request["warm"])
        if "warm" not in request:
            self._begin(request, *descriptors)
        return True

    def _begin(self, request: dict[str, Any], call: int, status: int) -> None:
        bounds = Bounds(**request["bounds"])
        gc.freeze()
        pid = os.fork()
        if pid == 0:
            _work(call, request, bounds, self._walls)
        os.close(call)
        watch = os.pidfd_open(pid)
        self._tasks[watch] = _Task(pid, status, time.monotonic() + bounds.timeout_s)
        self._selector.register(watch, selectors.EVENT_READ)

    def _ended(self, watch: int) -> None:
        task = self._tasks.pop(watch)
        _kill(task.pid)  # what it started in the background too
        _, status, used = os.wait4(task.pid, 0)
        self._selector.unregister(watch)
        os.close(watch)
        said = {
            "code": os.waitstatus_to_exitcode(status),
            "late": task.late,
            "peak_bytes": used.ru_maxrss * 1024,
            "processor_s": used.ru_utime + used.ru_stime,
        }
        with suppress(OSError):
            os.write(task.status, json.dumps(said).encode())
        os.close(task.status)

    def _end_the_late(self) -> None:
        now = time.monotonic()
        for task in self._tasks.values():
            if now >= task.ends_at and not task.late:
                task.late = True
                _kill(task.pid)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # its group is made by itself, an instant after the fork
        with suppress(OSError):
            kill(pid, signal.SIGKILL)


def _found(name: str) -> Any:
    module, _, act = name.partition(":")
    return getattr(importlib.import_module(module), act)


def _work(call: int, request: dict[str, Any], bounds: Bounds, walls: Walls) -> None:
    """Do a task in this process, the fork, and end it."""
    try:
        os.closerange(3, call)
        os.closerange(call + 1, _MOST_OPEN)
        os.setsid()
        kernel.die_with_parent()
        close_in(request["folder"], bounds, walls)
        with socket.socket(fileno=call) as line:
            arguments = pickle.loads(_all_of(line))  # noqa: S301 - written by the house
            for piece in answer_of(_found(request["act"]), arguments):
                line.sendall(piece)
    finally:
        os._exit(0)


def _all_of(line: socket.socket) -> bytes:
    pieces = []
    while piece := line.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def main() -> None:
    """Raise the walls, say how high they are, and serve."""
    with socket.socket(fileno=int(sys.argv[1])) as control:
        walls = raise_walls()
        control.sendall(json.dumps(asdict(walls)).encode())
        _Zygote(control, walls).serve()


if __name__ == "__main__":
    main()
