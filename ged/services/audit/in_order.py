"""Things done many at once, their answers in order: OpenSSL lets go of the interpreter while it hashes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")


def in_order(act: Callable[[T], R], things: Iterable[tuple[K, T]], at_once: int) -> Iterator[tuple[K, R]]:
    """Yield (what came with a thing, what `act` gave for it) in the order of the things, drawn as they are needed."""
    with threads(at_once) as pool:
        for kept, begun in ahead(((kept, pool.submit(act, given)) for kept, given in things), at_once * 2):
            yield kept, begun.result()


def ahead(things: Iterable[T], most: int) -> Iterator[T]:
    """Give things, each drawn when there are `most` before it that were not done with."""
    todo = iter(things)
    drawn = deque(islice(todo, most))
    while drawn:
        yield drawn.popleft()
        drawn.extend(islice(todo, 1))


@contextmanager
def threads(at_once: int) -> Iterator[ThreadPoolExecutor]:
    """Lend threads; what they have not begun on leaving is not done."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="audit") as pool:
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)
