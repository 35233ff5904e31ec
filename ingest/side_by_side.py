"""Pages read side by side, each in a confined process of its own, so that one that kills it costs its letter alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

from ged.errors import GedError, Refused, Unavailable
from ged.mail.page import Page
from ingest.confined.bounds import Stopped, Unforeseen, Why
from ingest.confined.confined import Confined
from ingest.engines import by_onnx
from ingest.second_reading import doubtful, read_again, surer
from ingest.stages.reading import engine_named

Given = TypeVar("Given")
_log = logging.getLogger(__name__)
SHARE_EACH = 4
"""Pages for each process between two commits of what was read."""


class Reading:
    """Reads pages behind walls, with an engine that is loaded once for all of them."""

    def __init__(self, engine: str, confined: Confined) -> None:
        self.engine = engine
        self.engines = f"{engine} rapidocr" if by_onnx.installed() else engine
        self._confined = confined
        self._second = threading.Lock()
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

    def again(self, path: Path, pages: Sequence[Page]) -> list[Page]:
        """Return pages, the doubtful ones as the surer of two engines read them, where there is a second.

        One at a time: the engine holds a gigabyte. A page that the second cannot read stays as the first read it.
        """
        return [self._surer(path, page) if by_onnx.installed() and doubtful(page) else page for page in pages]

    def _surer(self, path: Path, page: Page) -> Page:
        try:
            with self._second:
                return surer(page, self._confined.call(read_again, path, page))
        except (GedError, Stopped, Unforeseen) as error:
            _log.warning("page %s is left as the first engine read it: %s", page.number, error)
            return page

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
