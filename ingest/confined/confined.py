"""Calling a function on bytes from outside: in a process of its own, behind walls, its answer taken as data."""

from __future__ import annotations

import json
import os
import pickle
import pwd
import select
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TypeVar

from ged.errors import Unavailable
from ingest.confined.answers import value_of
from ingest.confined.bounds import Bounds, ConfinedReport, Ended, Stopped, Walls, Why
from ingest.confined.walls import ACCOUNT
from ingest.own_folder import forget_the_dead, own_folder

Given = TypeVar("Given")
_START_S, _MARGIN_S = 60, 10
"""How long a first process may take to start; how much longer than a task the house waits for its end to be told."""
_KEPT = ("PATH", "TESSDATA_PREFIX", "TZ")
"""The only variables that reach a task: no address of a database, no key."""
_NEAR = 0.75


class Confined:
    """Runs functions in confined processes, so many at once; one that is killed or hangs costs its own caller alone.

    Functions are known by module and name, take values and paths, and promise in their annotation what they return.
    The files that the paths name must be copies of the caller's own: they are made readable for the task.
    """

    def __init__(self, bounds: Bounds | None = None, at_once: int = 0) -> None:
        self.bounds = bounds or Bounds()
        self.at_once = at_once or len(os.sched_getaffinity(0))
        self._places = threading.BoundedSemaphore(self.at_once)
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every process; the next call begins anew."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.end()
            self._zygote = None

    def walls(self) -> Walls:
        """Return what this machine lets us take away from a task, as measured."""
        return self._living().walls

    def report(self) -> ConfinedReport:
        """Say whether files can be opened, behind which walls and within which bounds. Never raises."""
        try:
            walls = self.walls()
        except Unavailable as error:
            return ConfinedReport(reachable=False, remark=error.sentence, bounds=self.bounds, walls=None)
        return ConfinedReport(reachable=True, remark="", bounds=self.bounds, walls=walls)

    def warm(self, act: Callable[..., object], *arguments: str) -> None:
        """Have what an act loads loaded before each task; it is called there once, with nothing from outside."""
        with suppress(_Gone):  # the next call starts another
            self._living().ask({"act": _name(act), "warm": arguments})

    def call(self, act: Callable[..., Given], *arguments: Any, bounds: Bounds | None = None) -> Given:
        """Return what `act(*arguments)` gives. Raises as `run` does."""
        return self.run(act, *arguments, bounds=bounds).value

    def run(self, act: Callable[..., Given], *arguments: Any, bounds: Bounds | None = None) -> Ended[Given]:
        """Return what `act(*arguments)` gives, and what it cost.

        Raises:
            GedError: what the act raises.
            Stopped: it went beyond its bounds, or its process died.
            Unforeseen: it raised anything else.
            Unavailable: `confined.not_started`.
        """
        bounds = bounds or self.bounds
        with self._places:
            for _ in range(2):  # again, if the first process died meanwhile
                zygote = self._living()
                with _folder(zygote.walls) as folder, suppress(_Gone):
                    return zygote.run(act, _placed(arguments, folder, zygote.walls), folder, bounds)
                self._bury(zygote)
        raise Stopped(Why.CRASH)

    def _living(self) -> _Zygote:
        with self._lock:
            if self._zygote is None or self._zygote.owner != os.getpid():
                self._zygote = _Zygote()
            return self._zygote

    def _bury(self, zygote: _Zygote) -> None:
        with self._lock:
            zygote.end()
            if self._zygote is zygote:
                self._zygote = None


class _Gone(Exception):  # noqa: N818
    """The process that tasks are forked from is no more."""


class _Zygote:
    """The first confined process, as the house sees it."""

    def __init__(self) -> None:
        forget_the_dead()
        self.owner = os.getpid()
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ingest.confined.zygote", str(theirs.fileno())],
                cwd="/",
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.walls = self._measured()

    def _measured(self) -> Walls:
        """Return what the process says of its walls, once it has them."""
        self._control.settimeout(_START_S)
        try:
            said = self._control.recv(4096)
        except OSError:
            said = b""
        if not said:
            self.end()
            raise Unavailable(
                "confined.not_started",
                "Le programme qui ouvre les fichiers ne démarre pas. Vos fichiers restent où ils sont ; réessayez, "
                "et prévenez l'exploitant si cela dure.",
            )
        return Walls(**json.loads(said))

    def ask(self, request: dict[str, Any], *descriptors: int) -> None:
        with self._lock:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], list(descriptors))
            except OSError as error:
                raise _Gone from error

    def run(self, act: Callable[..., Given], arguments: tuple[Any, ...], folder: Path, bounds: Bounds) -> Ended[Given]:
        ours, theirs = socket.socketpair()
        status, to_say = os.pipe()
        with ours, os.fdopen(status, "rb", buffering=0) as told:
            try:
                self.ask({"act": _name(act), "folder": str(folder), "bounds": asdict(bounds)}, theirs.fileno(), to_say)
            finally:
                theirs.close()
                os.close(to_say)
            answer = _answer(ours, pickle.dumps(arguments), bounds)
            ended = _told(told, bounds)
        if answer and ended["code"] == 0 and not ended["late"]:
            try:
                return Ended(value_of(answer, act), int(ended["peak_bytes"]), float(ended["processor_s"]))
            except Stopped as error:
                raise Stopped(error.why, error.code, int(ended["peak_bytes"])) from error
        raise _stopped(ended, bounds)

    def end(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()


def _name(act: Callable[..., object]) -> str:
    return f"{act.__module__}:{act.__qualname__}"


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    one_thread = dict.fromkeys(("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = os.pathsep.join(str(Path(place).absolute()) for place in sys.path if place)
    return {**kept, **one_thread, "LANG": "C.UTF-8", "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}


@contextmanager
def _folder(walls: Walls) -> Iterator[Path]:
    """Give a task's own folder: what it was given in `in`, `work` to write in."""
    with own_folder("confine") as folder:
        for name in ("in", "work"):
            (folder / name).mkdir(mode=0o700)
        if walls.account:
            _open_to_account(folder, 0o710)
            _open_to_account(folder / "in", 0o750)
            _open_to_account(folder / "work", 0o770)
        yield folder


def _open_to_account(path: Path, mode: int) -> None:
    os.chown(path, -1, pwd.getpwnam(ACCOUNT).pw_gid)
    path.chmod(mode)


def _placed(given: Any, folder: Path, walls: Walls) -> Any:
    """Return arguments with each path standing for the same file in the task's own folder."""
    if isinstance(given, Path):
        target = folder / "in" / str(len(list((folder / "in").iterdir())))
        try:
            os.link(given, target)
        except FileNotFoundError:
            return target
        except OSError:  # another disk
            shutil.copyfile(given, target)
        if walls.account:
            _open_to_account(target, 0o640)
        return target
    if isinstance(given, (tuple, list)) and type(given) in {tuple, list}:
        return type(given)(_placed(each, folder, walls) for each in given)
    return given


def _answer(line: socket.socket, call: bytes, bounds: Bounds) -> bytes:
    """Return what a task answered; what there is of it, when it was ended."""
    until, pieces, size = time.monotonic() + bounds.timeout_s + _MARGIN_S, [], 0
    with suppress(OSError):  # it died; the other line says how
        line.settimeout(bounds.timeout_s + _MARGIN_S)
        line.sendall(call)
        line.shutdown(socket.SHUT_WR)
        while piece := line.recv(1 << 20):
            pieces.append(piece)
            size += len(piece)
            if size > bounds.answer_bytes:
                line.shutdown(socket.SHUT_RDWR)  # it has nobody to talk to, and ends
                return b""
            line.settimeout(max(0.1, until - time.monotonic()))
    return b"".join(pieces)


def _told(line: Any, bounds: Bounds) -> dict[str, Any]:
    """Return what the zygote says of how a task ended."""
    ready, _, _ = select.select([line], [], [], bounds.timeout_s + _MARGIN_S)
    said = line.read() if ready else b""
    if not said:
        raise _Gone
    found: dict[str, Any] = json.loads(said)
    return found


def _stopped(ended: dict[str, Any], bounds: Bounds) -> Stopped:
    code, peak = int(ended["code"]), int(ended["peak_bytes"])
    if ended["late"] or code == -signal.SIGXCPU or ended["processor_s"] >= bounds.processor_s:
        return Stopped(Why.TIME, code, peak)
    # Native code that is refused memory ends itself in many ways; what it held tells.
    if peak > _NEAR * bounds.memory_bytes or code == -signal.SIGKILL:
        return Stopped(Why.MEMORY, code, peak)
    return Stopped(Why.CRASH, code, peak)
