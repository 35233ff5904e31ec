"""Things done many at once, their answers in order: OpenSSL lets go of the interpreter while it hashes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

K = TypeVar("K")
T = TypeVar("T")
R = TypeVar("R")


def in_order(act: Callable[[T], R], things: Iterable[tuple[K, T]], at_once: int) -> Iterator[tuple[K, R]]:
    """Yield (what came with a thing, what `act` gave for it) in the order of the things, drawn as they are needed."""
    with ThreadPoolExecutor(at_once, thread_name_prefix="audit") as pool:
        todo = ((kept, pool.submit(act, given)) for kept, given in things)
        ahead = deque(islice(todo, at_once * 2))
        try:
            while ahead:
                kept, result = ahead.popleft()
                yield kept, result.result()
                ahead.extend(islice(todo, 1))
        finally:
            for _, left in ahead:
                left.cancel()
