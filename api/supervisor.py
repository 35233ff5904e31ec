"""One machine, one command: the web server, the worker and the shipper of the journal, kept running until told to stop.

It only starts, watches and stops processes; what they do is theirs. Where systemd or another
supervisor runs the processes, this file is not used.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from api.config import Settings
from api.embedded import EmbeddedPostgres
from ged.errors import Unavailable
from ged.mail.said import Said

_POLL_S = 0.2
_QUICK_DEATH_S = 5.0  # a process that ends sooner than this never got to work
_QUICK_DEATHS_ALLOWED = 4
_LONGEST_PAUSE_S = 30.0
_STOP_S = 30.0  # then it is killed: whatever it was doing is resumed at the next start


def supervise(settings: Settings, *, ready: Callable[[], None] | None = None) -> None:
    """Run `ged serve`, `ged worker` and `ged ship` until Ctrl-C or SIGTERM; return when all have ended.

    A process that dies is started again, the embedded database too. If this process is killed, the kernel sends
    SIGTERM to all.

    Args:
        settings: The children read the same ones: same environment, same data folder.
        ready: Called once, when the web server accepts connections.

    Raises:
        Unavailable: `supervisor.keeps_dying`: a process died at once, again and again; all are stopped.
    """
    environment = {**os.environ, "GED_DATA": str(settings.data)}
    ged = str(Path(sys.executable).with_name("ged"))
    children = [Child(verb, [ged, verb], environment) for verb in ("serve", "worker", "ship")]
    postgres = EmbeddedPostgres(settings.data / "postgres") if settings.database.kind == "embedded" else None

    def mend() -> None:
        if postgres is not None and not postgres.is_up:
            postgres.start()

    # Held here too, so that the database does not go down and up when the children restart at once.
    with postgres or nullcontext():
        is_ready = partial(_listens, settings.web.host, settings.web.port)
        keep_running(children, ready=ready, is_ready=is_ready, mend=mend)


@dataclass(slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    quick_deaths: int = field(default=0)

    def start(self, now: float) -> None:
        """Start it, in a process group of its own: Ctrl-C reaches us alone, and we say stop once."""
        # setpriv asks the kernel to send SIGTERM when we die, however that happens.
        command = ["setpriv", "--pdeathsig", "TERM", *self.command]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=self.environment, process_group=0)
        self.started_at = now

    def look(self, now: float) -> None:
        """Start it when its time has come; note its death.

        Raises:
            Unavailable: `supervisor.keeps_dying`.
        """
        if self.process is None:
            if now >= self.start_again_at:
                self.start(now)
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        self.quick_deaths = self.quick_deaths + 1 if now - self.started_at < _QUICK_DEATH_S else 0
        if self.quick_deaths >= _QUICK_DEATHS_ALLOWED:
            raise Unavailable(
                "supervisor.keeps_dying",
                Said(
                    "Le processus « ged %(process)s » s'arrête dès son lancement. Aucune donnée n'est perdue ; lisez "
                    "le message au-dessus, corrigez, puis recommencez.",
                    process=self.name,
                ),
                exit_code=code,
            )
        self.start_again_at = now + min(0.25 * 2**self.quick_deaths, _LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask it to end."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, and force it when the time is over."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def keep_running(
    children: Sequence[Child],
    *,
    ready: Callable[[], None] | None = None,
    is_ready: Callable[[], bool] = lambda: True,
    mend: Callable[[], None] = lambda: None,
) -> None:
    """Keep the children running until SIGINT, SIGTERM or SIGHUP; then stop them all, and wait.

    Args:
        children: In the order in which they start.
        ready: Called once, after `is_ready` has said yes for the first time.
        is_ready: Asked a few times a second.
        mend: Called as often: puts right what the children rest on.

    Raises:
        Unavailable: `supervisor.keeps_dying`.
    """
    with told_to_stop() as stop:
        try:
            while not stop.wait(_POLL_S):
                mend()
                for child in children:
                    child.look(time.monotonic())
                if ready is not None and is_ready():
                    ready()
                    ready = None
        finally:
            for child in children:
                child.stop()
            until = time.monotonic() + _STOP_S
            for child in children:
                child.wait(until)


@contextmanager
def told_to_stop() -> Iterator[threading.Event]:
    """Turn the signals that mean "stop" into an event, for as long as the block lasts."""
    stop = threading.Event()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in signals}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _listens(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
