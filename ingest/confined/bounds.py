"""How much one confined task may use, what the kernel lets us take away from it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one task may use: the kernel refuses or ends what goes beyond.

    Attributes:
        processor_s: Seconds of processor.
        timeout_s: Seconds of wall clock, after which it is killed with all that it started.
        memory_bytes: Memory that it may hold of its own (RLIMIT_DATA); files mapped read-only do not count.
        file_bytes: The longest file that it may write.
        answer_bytes: The longest answer that is listened to.
    """

    processor_s: int = 60
    timeout_s: float = 120
    memory_bytes: int = 2_000_000_000
    file_bytes: int = 300_000_000
    answer_bytes: int = 300_000_000


@dataclass(frozen=True, slots=True)
class Walls:
    """What this machine lets us take away from a task, as measured when its first process started.

    Attributes:
        network: No network but what is inside the task (a namespace of its own, or the filter of system calls).
        files: It reads programs and what it was given, and writes in its own folder alone (Landlock).
        account: It runs as an account that owns nothing; False also where we are no root and need none.
        calls: System calls that no reader needs are refused (seccomp).
        root: Whether the product itself runs as root, so that `account` matters.
    """

    network: bool
    files: bool
    account: bool
    calls: bool
    root: bool


@dataclass(frozen=True, slots=True)
class ConfinedReport:
    """What the status page says of the processes that open files: `walls` is None where they do not start."""

    reachable: bool
    remark: str
    bounds: Bounds
    walls: Walls | None


class Why(StrEnum):
    """Why a task gave no answer."""

    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class Stopped(Exception):  # noqa: N818 - it says what happened to the task, not to us
    """The task ended without an answer; nobody else's task suffered. Callers turn it into words for their user."""

    def __init__(self, why: Why, code: int = 0, peak_bytes: int = 0) -> None:
        super().__init__(f"{why} ({code}, {peak_bytes} bytes at most)")
        self.why = why
        self.code = code
        self.peak_bytes = peak_bytes


class Unforeseen(Exception):  # noqa: N818
    """The task raised something that is no error of the house."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[Given]):
    """What a task gave, and what it cost: `peak_bytes` of resident memory, what it shares with others included."""

    value: Given
    peak_bytes: int
    processor_s: float
