"""The server process of one cluster: whether it lives, on which port, starting it and stopping it.

Not safe by itself against two starters: postgres.py calls it under a lock.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from api.embedded.account import Account
from api.embedded.cluster import write_secret
from api.embedded.ports import LOOPBACK, free_port, is_free
from api.embedded.program import run_program
from ged.errors import Unavailable

_WAIT_S = 60
# Given at each start and not written into the cluster, so that a new release changes them everywhere.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # one way in, with a password; and no limit on the length of the folder's name
    "max_connections": 60,  # above the pools of the server, the worker and a few commands together
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",  # seven files, one a weekday, each overwritten a week later
    "log_filename": "server-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": 0,
    "log_truncate_on_rotation": "on",
}


@dataclass(frozen=True, slots=True)
class Server:
    """The server of the cluster in `folder`, run by `account` with `programs`."""

    folder: Path
    programs: Path
    account: Account | None

    @property
    def cluster(self) -> Path:
        """The PostgreSQL data directory."""
        return self.folder / "cluster"

    def start(self) -> int:
        """Start the server unless it lives; return its port.

        After a crash this waits for the children of the killed server, which see its death within a second
        or two, and for a server that somebody else, killed since, was starting or stopping.

        Raises:
            Unavailable: `embedded.not_started`.
        """
        deadline = time.monotonic() + _WAIT_S
        while left := self._processes():
            if (port := self.port()) is not None:
                return port
            if time.monotonic() > deadline:
                sentence = "Un ancien processus PostgreSQL n'a pas pris fin. Les données sont intactes ; réessayez."
                raise Unavailable("embedded.not_started", sentence, processes=sorted(left))
            time.sleep(0.05)
        # No process of this cluster lives, so the file is stale; its number may be another program's by now.
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        port = self._port_to_use()
        settings = " ".join(f"-c {name}='{value}'" for name, value in {**_SETTINGS, "port": port}.items())
        sentence = "PostgreSQL ne démarre pas. Les données enregistrées sont intactes ; voyez son journal."
        self._pg_ctl("start", "-l", self.cluster / "start.log", "-o", settings, code="not_started", sentence=sentence)
        return port

    def stop(self) -> None:
        """Stop the server if it lives; transactions under way are rolled back.

        Raises:
            Unavailable: `embedded.not_stopped`.
        """
        if self.port() is None:
            return
        try:
            sentence = "PostgreSQL ne s'arrête pas. Les données enregistrées sont intactes ; réessayez."
            self._pg_ctl("stop", "-m", "fast", code="not_stopped", sentence=sentence)
        except Unavailable:
            if self.port() is not None:  # else somebody killed it in between, and it is stopped all the same
                raise

    def port(self) -> int | None:
        """Return the port of the live server; None while there is none that takes connections.

        Lines 1, 4 and 8 of postmaster.pid are the process id, the port and the state.
        Source: PostgreSQL 18, src/include/utils/pidfile.h.
        """
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return None
        ready = len(lines) >= 8 and lines[7].strip() == "ready"
        return int(lines[3]) if ready and self._works_here(Path("/proc") / lines[0]) else None

    def _processes(self) -> set[int]:
        """Return the ids of the live processes of this cluster."""
        return {int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit() and self._works_here(one)}

    def _works_here(self, process: Path) -> bool:
        # Every PostgreSQL process has the data directory as its working directory; a shell may have it too.
        try:
            name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
            return name == "postgres" and (process / "cwd").readlink() == self.cluster.resolve()
        except OSError:  # it ended meanwhile, or is somebody else's
            return False

    def _port_to_use(self) -> int:
        """Return the port of last time while it is free, so that an address somebody noted stays good."""
        kept = self.folder / "port"
        if kept.exists() and is_free(port := int(kept.read_text(encoding="ascii"))):
            return port
        port = free_port()
        write_secret(kept, str(port))
        return port

    def _pg_ctl(self, verb: str, *options: str | Path, code: str, sentence: str) -> None:
        command = (self.programs / "pg_ctl", verb, "--silent", "-w", "-t", str(_WAIT_S), "-D", self.cluster, *options)
        log = {"log": str(self.cluster / "log"), "start_log": str(self.cluster / "start.log")}
        run_program(command, self.account, code=f"embedded.{code}", sentence=sentence, advice=log)
