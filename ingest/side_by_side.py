"""Pages read side by side, each in a confined process of its own, so that one that kills it costs its letter alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

from ged.errors import GedError, Refused, Unavailable
from ingest.confined.bounds import Stopped, Why
from ingest.confined.confined import Confined
from ingest.stages.reading import engine_named

Given = TypeVar("Given")
SHARE_EACH = 4
"""Pages for each process between two commits of what was read."""


class Reading:
    """Reads pages behind walls, with an engine that is loaded once for all of them."""

    def __init__(self, engine: str, confined: Confined) -> None:
        self.engine = engine
        self._confined = confined
        self._hands = ThreadPoolExecutor(confined.at_once, thread_name_prefix="page")

    def __enter__(self) -> Self:
        self._confined.warm(engine_named, self.engine)
        return self

    def __exit__(self, *_: object) -> None:
        self._hands.shutdown(cancel_futures=True)

    def shares(self, calls: Sequence[Given]) -> Iterator[Sequence[Given]]:
        """Yield calls some at a time: enough to keep the processes busy, few enough to be lost with a killed worker."""
        size = SHARE_EACH * self._confined.at_once
        for start in range(0, len(calls), size):
            yield calls[start : start + size]

    def each(self, act: Callable[..., Given], calls: list[tuple[Any, ...]]) -> list[Given]:
        """Return `act(*call)` for each call, in order, computed side by side.

        Raises:
            GedError: what the act raises for one of them.
            Unavailable: `reading.process_lost`, a page of this letter brought its process down.
            Refused: `reading.too_slow`, `reading.too_heavy`: the same page will do so again.
        """
        waiting = [self._hands.submit(self._one, act, call) for call in calls]
        try:
            return [each.result() for each in waiting]
        finally:
            for each in waiting:
                each.cancel()

    def _one(self, act: Callable[..., Given], call: tuple[Any, ...]) -> Given:
        try:
            return self._confined.call(act, *call)
        except Stopped as error:
            raise _said(error) from error


def _said(error: Stopped) -> GedError:
    if error.why is Why.TIME:
        return Refused(
            "reading.too_slow",
            "Une page demande trop de temps : sa lecture a été arrêtée. L'original est intact ; qualifiez d'après lui.",
            ended=error.code,
        )
    if error.why is Why.MEMORY:
        return Refused(
            "reading.too_heavy",
            "Une page demande trop de mémoire : sa lecture a été arrêtée. L'original est intact ; qualifiez d'après "
            "lui.",
            ended=error.code,
        )
    return Unavailable(
        "reading.process_lost",
        "Une page a arrêté le programme de lecture. L'original est intact ; la lecture est reprise.",
        ended=error.code,
    )
