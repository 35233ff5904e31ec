"""Who reads and judges what an audit looks at: threads at first, a process a core once an audit lasts.

Threads hash on every core, since OpenSSL lets go of the interpreter; what is left to one interpreter (reading, DER,
proofs) is what an audit of many small letters waits for. A process that is killed loses nothing: what it had in hand is
done again here, another takes its place, and the audit says so.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from queue import LifoQueue
from typing import IO, TypeVar

from ged.ports import Vault
from ged.services.audit.read_log import ReadLog

ALONE_S = 0.2
"""Seconds after which processes are worth their start: a seventh of a second of a core each. Threads that judge seals
wait for one interpreter, which takes them twice the processor that the same work takes alone."""
_MOST_LOST = 100
"""Processes that may be killed before no other is started."""

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What reading and judging stand on; a process gets a copy.

    Attributes:
        trust_pem: Whom to believe of seals.
        veiled: Whether the vault is ciphertext to this audit.
    """

    vault: Vault
    documents: ReadLog
    trust_pem: bytes
    veiled: bool = False


class Crew:
    """Does things in their order, many at once.

    Args:
        given: Handed to whoever does them; it must be picklable where there are processes.
        at_once: Threads.
        processes: How many at most; 0 for a vault that only this process can open.
        alone_s: Seconds that threads work by themselves before the processes start.
    """

    def __init__(self, given: Given, at_once: int, processes: int, alone_s: float = ALONE_S) -> None:
        self.given = given
        self._at_once, self._processes = max(at_once, processes), processes
        self._alone_s, self._since = alone_s, time.monotonic()
        self._places: LifoQueue[_Hand | None] | None = None
        self._lost, self._told, self._lock = 0, 0, threading.Lock()

    def each(
        self,
        act: Callable[[Given, T], R],
        things: Iterable[tuple[K, T]],
        apart: Callable[[T], bool] = lambda _: True,
    ) -> Iterator[tuple[K, R]]:
        """Yield (what came with a thing, what `act` gave for it) in the order of the things, drawn as they are needed.

        Args:
            act: A function of a module; asked in a thread or in a process.
            things: What is kept here, and what is sent.
            apart: Whether a thing is better done by a process: what waits for no interpreter is not.
        """
        with ThreadPoolExecutor(self._at_once, thread_name_prefix="audit") as pool:
            todo = ((kept, pool.submit(self._do, act, sent, apart(sent))) for kept, sent in things)
            ahead = deque(islice(todo, self._at_once * 2))
            try:
                while ahead:
                    kept, result = ahead.popleft()
                    yield kept, result.result()
                    ahead.extend(islice(todo, 1))
            finally:
                for _, left in ahead:
                    left.cancel()

    def newly_lost(self) -> int:
        """Return how many processes were killed since it was last asked."""
        with self._lock:
            found, self._told = self._lost - self._told, self._lost
        return found

    def close(self) -> None:
        """End the processes, once nothing is asked any more; others are started should more be."""
        with self._lock:
            places, self._places, self._since = self._places, None, time.monotonic()
        while places is not None and not places.empty():
            if (hand := places.get()) is not None:
                hand.end()

    def _do(self, act: Callable[[Given, T], R], sent: T, apart: bool) -> R:
        places = self._open() if apart else None
        if places is None:
            return act(self.given, sent)
        hand = places.get()
        try:
            if hand is None and self._lost <= _MOST_LOST:
                hand = _Hand(self.given)
            if hand is not None:
                return hand.ask(act, sent)
        except _Lost:
            hand = None
            with self._lock:
                self._lost += 1
        finally:
            places.put(hand)
        return act(self.given, sent)

    def _open(self) -> LifoQueue[_Hand | None] | None:
        """Return the places of the processes, each free one with its process or none yet; None: threads do it."""
        with self._lock:
            if self._places is None and self._processes and time.monotonic() - self._since >= self._alone_s:
                self._places = LifoQueue()
                for _ in range(self._processes):
                    self._places.put(None)
            return self._places


class _Lost(Exception):  # noqa: N818 - never leaves this file
    """A process ended with work in hand, or could not be started."""


class _Hand:
    """A process, asked by one thread at a time."""

    def __init__(self, given: Given) -> None:
        command = [sys.executable, "-m", "ged.services.audit.hand"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise _Lost from error
        self._send(given)

    def ask(self, act: Callable[[Given, T], R], sent: T) -> R:
        self._send((act, sent))
        try:
            done, result = pickle.load(_stream(self._process.stdout))  # noqa: S301 - written by our own process
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            raise self._ended() from error
        if not done:
            raise result
        return result  # type: ignore[no-any-return]

    def end(self) -> None:
        """Have it end by itself: it reads the end of what it is asked."""
        _stream(self._process.stdin).close()
        self._process.wait()
        _stream(self._process.stdout).close()

    def _send(self, thing: object) -> None:
        stream = _stream(self._process.stdin)
        try:
            pickle.dump(thing, stream, pickle.HIGHEST_PROTOCOL)
            stream.flush()
        except OSError as error:
            raise self._ended() from error

    def _ended(self) -> _Lost:
        self._process.kill()
        with suppress(OSError):  # what was not sent has nobody to read it
            self.end()
        return _Lost()


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None  # noqa: S101 - both were asked for
    return stream
