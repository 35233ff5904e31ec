"""The filter of system calls: what a program that opens files of strangers never needs of the kernel (seccomp)."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

_FOR_DEBUGGERS = ("ptrace", "process_vm_readv", "process_vm_writev", "perf_event_open", "bpf", "userfaultfd")
_FOR_OPERATORS = (
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "reboot", "swapon", "swapoff"),
    *("kexec_load", "init_module", "finit_module", "delete_module", "open_by_handle_at"),
)
_FOR_NOBODY_HERE = ("add_key", "request_key", "keyctl", "io_uring_setup", "io_uring_enter", "io_uring_register")
_TYPE = 0xF
"""The bits of a socket's type that are no flags. Source: linux/net.h, SOCK_TYPE_MASK."""


def filter_of_calls(*, listens: bool = False) -> Callable[[], None] | None:
    """Return what loads the filter for good; None where libseccomp is not installed.

    No program of this machine is reached by a socket, those that lie among files included (a database's, a printer's):
    Landlock does not see them. Pairs of sockets inside a task stay. A program that `listens` makes a socket of its own
    to hear from itself: it is told that it may write in no folder that it asks about (`access`), as LibreOffice asks
    about /tmp before it believes OSL_SOCKET_PATH; what it may write is Landlock's to say.
    """
    try:
        import pyseccomp  # noqa: PLC0415 - it looks for the library when it is imported
    except (ImportError, OSError, RuntimeError):
        return None
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refused = pyseccomp.ERRNO(errno.EPERM)
    for name in (*_FOR_DEBUGGERS, *_FOR_OPERATORS, *_FOR_NOBODY_HERE):
        rules.add_rule(refused, name)
    letters = pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _TYPE, socket.SOCK_DGRAM)  # they name whom they go to
    rules.add_rule(refused, "socketpair", letters)
    rules.add_rule(pyseccomp.ERRNO(errno.ECONNREFUSED), "connect")
    if listens:
        rules.add_rule(refused, "socket", pyseccomp.Arg(0, pyseccomp.NE, socket.AF_UNIX))
        rules.add_rule(refused, "socket", letters)
        _say_closed(rules, pyseccomp)
    else:
        rules.add_rule(refused, "socket")
    load: Callable[[], None] = rules.load
    return load


def _say_closed(rules: Any, library: Any) -> None:
    closed = library.ERRNO(errno.EACCES)
    for name, mode in (("access", 1), ("faccessat", 2)):
        rules.add_rule(closed, name, library.Arg(mode, library.EQ, os.W_OK))
