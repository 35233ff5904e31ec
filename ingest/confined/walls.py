"""What a confined process gives up, once for all when it starts, and again for each task; the order matters."""

from __future__ import annotations

import os
import pwd
import resource
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from ingest.confined import kernel
from ingest.confined.bounds import Bounds, Walls
from ingest.confined.calls import filter_of_calls

ACCOUNT = "nobody"
"""Whom a task runs as where the product runs as root."""
_OPEN_FILES, _PROCESSES = 256, 1000
_MAPPED_BYTES = 4_000_000_000
"""Addresses that libraries and files mapped take beside a task's own memory; most of them are never filled."""
_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin"),
    *("/etc/fonts", "/etc/ld.so.cache", "/etc/magic", "/etc/mime.types", "/etc/localtime", "/etc/libreoffice"),
    *("/etc/passwd", "/etc/nsswitch.conf", "/etc/alternatives", "/etc/papersize", "/var/cache/fontconfig"),
    *("/var/lib/libreoffice", "/var/spool/libreoffice"),
    *("/proc", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random", "/dev/zero"),
)
"""Programs, libraries, fonts: what readers need, and nothing that is anybody's. /proc shows a task itself alone:
Landlock keeps it from looking into processes outside its walls."""


def raise_walls() -> Walls:
    """Give up network, account, capabilities and system calls, as far as this machine lets us; say what was given up.

    Files are given up for each task, which has a folder of its own.
    """
    root = os.geteuid() == 0
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")  # before the database, if memory runs out
    network = _done(kernel.leave_network)
    load_filter, landlock = filter_of_calls(), kernel.landlock_version() > 0
    closed = root and _exists(ACCOUNT) and not _reads(ACCOUNT, [sys.prefix, sys.base_prefix, *sys.path])
    # Where Python lies in root's home, the account is let read past owners: Landlock then says what.
    account = root and _exists(ACCOUNT) and (not closed or (landlock and load_filter is not None))
    if account:
        _become(ACCOUNT)
    _done(partial(kernel.keep_capabilities, reading=account and closed))
    kernel.no_new_privileges()
    calls = load_filter is not None and _done(load_filter)
    return Walls(network or calls, landlock, account, calls, root)


def close_in(folder: str, bounds: Bounds, walls: Walls) -> None:
    """Keep this process, before its task, to the bounds, and to the folder: it reads `in` and writes in `work`."""
    bound = {
        resource.RLIMIT_DATA: bounds.memory_bytes,
        resource.RLIMIT_AS: bounds.memory_bytes + _MAPPED_BYTES,
        resource.RLIMIT_FSIZE: bounds.file_bytes,
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_NPROC: _PROCESSES,
        resource.RLIMIT_CORE: 0,
    }
    resource.setrlimit(resource.RLIMIT_CPU, (bounds.processor_s, bounds.processor_s + 5))  # a signal that says so first
    for what, most in bound.items():
        _, hard = resource.getrlimit(what)
        lowered = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (lowered, lowered))
    work = f"{folder}/work"
    os.chdir(work)
    os.environ.update(HOME=work, TMPDIR=work)
    tempfile.tempdir = work
    if walls.files:
        data = os.environ.get("TESSDATA_PREFIX", "")
        kernel.keep_to([*programs(), *([data] if data else []), f"{folder}/in"], [work, "/dev/null"])


def programs() -> list[str]:
    """Return what a task may read beside what it was given: programs, libraries and fonts, the system's and ours."""
    return [*_SYSTEM, sys.prefix, sys.base_prefix, *_packages()]


def _packages() -> list[str]:
    """Return the folders of code on Python's path: never a whole clone, which may hold the data beside the code."""
    return [
        entry.path
        for place in sys.path
        if not place.startswith((sys.prefix, sys.base_prefix))
        if os.path.isdir(place) and os.access(place, os.R_OK)  # noqa: PTH112
        for entry in os.scandir(place)
        if os.path.isfile(f"{entry.path}/__init__.py")  # noqa: PTH113 - False of what is closed to us
    ]


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True


def _reads(account: str, paths: Iterable[str]) -> bool:
    """Whether an account can enter these folders: a clone in root's home is closed to it."""
    there = [path for path in paths if os.path.isdir(path)]  # noqa: PTH112 - a zip that is not there is on the path too
    found = pwd.getpwnam(account)
    os.setegid(found.pw_gid)
    os.seteuid(found.pw_uid)
    try:
        return all(os.access(path, os.R_OK | os.X_OK, effective_ids=True) for path in there)
    finally:
        os.seteuid(0)
        os.setegid(0)


def _become(account: str) -> None:
    """Become an account for good; capabilities are kept until `keep_capabilities` says which."""
    found = pwd.getpwnam(account)
    kernel.carry_capabilities()
    os.setgroups([])
    os.setresgid(found.pw_gid, found.pw_gid, found.pw_gid)
    os.setresuid(found.pw_uid, found.pw_uid, found.pw_uid)


def _done(act: Callable[[], None]) -> bool:
    try:
        act()
    except (OSError, RuntimeError):
        return False
    return True
