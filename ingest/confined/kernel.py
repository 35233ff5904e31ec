"""The kernel's own calls that Python has no name for: prctl, unshare, capset, Landlock. Linux alone.

Source: linux/prctl.h, linux/sched.h, linux/capability.h, linux/landlock.h; landlock(7).
"""

from __future__ import annotations

import ctypes
import os
import signal
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS = 1, 8, 38
_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWIPC = 0x10000000, 0x40000000, 0x08000000
_CAPABILITY_VERSION_3, _CAP_DAC_READ_SEARCH = 0x20080522, 2
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446

_READ_FILE, _READ_FOLDER, _EXECUTE = 1 << 2, 1 << 3, 1 << 0
_TO_READ = _READ_FILE | _READ_FOLDER | _EXECUTE
_FOR_SOCKETS = (1 << 5) | (1 << 9)
"""Making a socket, and removing what lies there."""
_ON_A_FILE = (1 << 0) | (1 << 1) | (1 << 2) | (1 << 14) | (1 << 15)
_RIGHTS_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_RIGHTS = (1 << 16) - 1
"""Every right on files that Landlock knows, from its version 5 on."""
_BOTH_TCP, _BOTH_SCOPES = 3, 3
"""Binding and connecting; abstract sockets and signals: all of it is refused."""


def _called(done: int) -> int:
    if done < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return done


def no_new_privileges() -> None:
    """See to it that no program started from here gains rights, by setuid or otherwise."""
    _called(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def die_with_parent() -> None:
    """Be killed when the thread that started this process ends."""
    _called(_LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def leave_network() -> None:
    """Move this process into a network of its own, that has no way out, by a user namespace where we are no root.

    Raises:
        OSError: this machine does not let us.
    """
    if os.geteuid() == 0:
        with suppress(OSError):
            _called(_LIBC.unshare(_CLONE_NEWNET | _CLONE_NEWIPC))
            return
    user, group = os.geteuid(), os.getegid()
    _called(_LIBC.unshare(_CLONE_NEWUSER | _CLONE_NEWNET | _CLONE_NEWIPC))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def carry_capabilities() -> None:
    """Keep capabilities through the next change of account."""
    _called(_LIBC.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))


def keep_capabilities(*, reading: bool) -> None:
    """Give up every capability, those over a namespace of our own included; with `reading`, all but reading any file.

    A program started from here has none in any case.
    """
    kept = 1 << _CAP_DAC_READ_SEARCH if reading else 0
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _called(_LIBC.capset(header, struct.pack("6I", kept, kept, 0, 0, 0, 0)))


def landlock_version() -> int:
    """Return the version of Landlock that the running kernel enforces, 0 where there is none."""
    return max(0, int(_LIBC.syscall(_LANDLOCK_CREATE, None, 0, 1)))


def keep_to(readable: Iterable[str], writable: Iterable[str], for_sockets: Iterable[str] = ()) -> None:
    """Take all files away from this process but these, folders whole; TCP and strangers' sockets and signals too.

    In a folder `for_sockets` it makes sockets and removes them, and reads nothing.

    Raises:
        OSError: Landlock is not there.
    """
    version = landlock_version()
    rights = _RIGHTS_BY_ABI.get(version, _ALL_RIGHTS)
    words = [rights, _BOTH_TCP if version >= 4 else 0, _BOTH_SCOPES if version >= 6 else 0]
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _called(_LIBC.syscall(_LANDLOCK_CREATE, struct.pack("3Q", *words), size, 0))
    try:
        for path in readable:
            _allow(rules, path, _TO_READ & rights)
        for path in writable:
            _allow(rules, path, rights)
        for path in for_sockets:
            _allow(rules, path, _FOR_SOCKETS & rights)
        _called(_LIBC.syscall(_LANDLOCK_RESTRICT, rules, 0))
    finally:
        os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine, or not ours to see
    try:
        on = rights if os.path.isdir(path) else rights & _ON_A_FILE  # noqa: PTH112 - called once a task and path
        _called(_LIBC.syscall(_LANDLOCK_ADD, rules, 1, struct.pack("=Qi", on, place), 0))
    finally:
        os.close(place)
