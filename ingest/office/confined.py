"""A program run on what we did not write: its own folder, limits by the kernel, no network, killed with all it started.

It reads programs and fonts and what lies in its folder, writes there alone (Landlock) and reaches no other program
(`walled`, by a filter of system calls). The network is taken away by a namespace of its own too (`unshare`), where this
machine lets us. `walls` says which of them stand.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.confined.calls import filter_of_calls
from ingest.confined.kernel import landlock_version


@dataclass(frozen=True, slots=True)
class Limits:
    """What a program may use: seconds of wall clock and of processor, bytes of memory and of any file it writes."""

    timeout_s: float
    processor_s: int
    memory_bytes: int
    file_bytes: int = 300_000_000


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended: `code` as the shell says it; None when its time was over."""

    code: int | None
    said: str


@cache
def isolation() -> tuple[str, ...]:
    """Return the command that takes the network away; empty where this machine does not let us."""
    unshare = shutil.which("unshare")
    for options in (("--net",), ("--map-root-user", "--net")):
        command = (unshare or "", *options, "--")
        if unshare and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
            return command
    return ()


def walls() -> tuple[bool, bool, bool]:
    """Return what is taken away on this machine: network; files of others, removing them included; system calls."""
    calls = filter_of_calls(listens=True) is not None
    return calls or bool(isolation()), calls and landlock_version() > 0, calls


def run(command: Sequence[str], folder: Path, limits: Limits) -> Ended:
    """Run a program in a folder of its own until it ends or its time is over; nothing that it started goes on."""
    process = subprocess.Popen(
        [*_limited(limits), *isolation(), *_walled(folder), *command],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=limits.timeout_s)
    except subprocess.TimeoutExpired:
        said = b""
    finally:
        over = process.poll() is None
        _end(process)
    return Ended(None if over else process.returncode, said.decode(errors="replace")[-2000:])


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the whole group: what the program started in the background too."""
    with contextlib.suppress(ProcessLookupError):  # all of it has ended
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def _limited(limits: Limits) -> tuple[str, ...]:
    return (
        "prlimit",
        f"--cpu={limits.processor_s}",
        f"--as={limits.memory_bytes}",
        f"--fsize={limits.file_bytes}",
        "--core=0",
        "--nofile=256",
        "--",
    )


def _walled(folder: Path) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", "ingest.office.walled", str(folder.resolve()))


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no secret of the configuration reaches the program, and `walled` keeps what is Python's."""
    return {
        "PYTHONPATH": os.pathsep.join(str(Path(place).absolute()) for place in sys.path if place),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "SAL_USE_VCLPLUGIN": "svp",
    }
