"""Worker, engine and database killed at every step of drain and rebuild: the index equals the letters afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

import pytest

from api.config import Database, SearchSettings, Settings
from api.embedded.ports import free_port
from api.index_check import check_index
from api.wiring import House, open_house
from api.worker import drain_index
from engines.elasticsearch import node
from engines.reachable import reachable_folder
from ged.errors import Unavailable
from ged.mail.indexing import Drift
from ged.services.sign_in import actor_of
from ged.store.changes import Changes
from rooms.letters import letter_pdf, send
from search.elastic import Cluster, ElasticIndex
from search.embedded import EmbeddedIndex
from search.outbox import drain
from search.port import Renewal
from search.rebuild import rebuild

When = Literal["before", "after"]
DRAIN: list[tuple[str, When]] = [
    ("pending", "after"), ("analysed", "after"), ("put", "before"), ("put", "after"), ("done", "before"),
    ("done", "after"),
]  # fmt: skip
REBUILD: list[tuple[str, When]] = [
    ("count", "after"), ("renew", "after"), ("put", "before"), ("put", "after"), ("flush", "before"),
    ("flush", "after"), ("held", "after"), ("adopt", "before"), ("adopt", "after"),
]  # fmt: skip


class Dying:
    """Something real, whose process is killed before or after one of its calls."""

    def __init__(self, real: object, step: tuple[str, When]) -> None:
        self._real, self._step = real, step

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name == "renew":
            return lambda: self._renewed(found)
        return dying(found, name, self._step) if callable(found) else found

    @contextmanager
    def _renewed(self, renew: Callable[[], Any]) -> Iterator[Renewal]:
        with renew() as real:
            dying(lambda: None, "renew", self._step)()
            names = {"put": "put", "flush": "flush", "count": "held", "adopt": "adopt"}
            yield Renewal(**{name: dying(getattr(real, name), said, self._step) for name, said in names.items()})


def dying(act: Callable[..., Any], name: str, step: tuple[str, When]) -> Callable[..., Any]:
    def struck(*given: Any, **named: Any) -> Any:
        if step == (name, "before"):
            os.kill(os.getpid(), signal.SIGKILL)
        answer = act(*given, **named)
        if step == (name, "after"):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    return struck


def killed(act: Callable[[], None]) -> None:
    """Do something in a process of its own that is killed on the way."""
    process = multiprocessing.get_context("fork").Process(target=act)
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL


def registered(house: House, count: int) -> list[str]:
    kossi = actor_of("kossi", store=house.store, clock=house.clock)
    mark = uuid4().hex.encode()
    return [send(house, kossi, PDF + b"%%%s%d\n" % (mark, n), f"{n}.pdf").letter_id for n in range(count)]


def changed(house: House, letter_id: str, subject: str) -> None:
    with house.store.unit() as unit:
        unit.letters.change(unit.letters.get(letter_id, None, lock=True), subject=subject)
        unit.outbox.add(letter_id, house.clock())
        unit.commit()


def indexed(house: House) -> None:
    """Index what waits, trying again while an engine comes back."""
    deadline = time.monotonic() + 120
    while True:
        try:
            drain_index(house)
        except Unavailable:
            assert time.monotonic() < deadline
            time.sleep(0.5)
        else:
            return


def places(house: House) -> int:
    """Count the indices that the engine keeps for this house."""
    index = house.index
    if isinstance(index, EmbeddedIndex):
        return sum(each.is_dir() for each in (house.settings.data / "index").iterdir())
    assert isinstance(index, ElasticIndex)
    return len(Cluster(house.settings.search.urls).client().indices.get(index=f"{house.settings.search.prefix}*"))


PDF = letter_pdf()


def test_a_drain_killed_at_any_step_leaves_the_index_equal_to_the_letters(any_settings: Settings) -> None:
    with open_house(any_settings) as house:
        ids = registered(house, 3)
        drain_index(house)
    for step in DRAIN:
        with open_house(any_settings) as house:
            changed(house, ids[0], f"{step}")
            registered(house, 1)

        def act(step: tuple[str, When] = step) -> None:
            with open_house(any_settings) as house:
                changes: Any = Dying(Changes(house.store), step)
                index: Any = Dying(house.index, step)
                drain(changes, index, house.clock)

        killed(act)
        with open_house(any_settings) as house:
            assert check_index(house).drift.found == 0, step
            drain_index(house)
            assert check_index(house).drift.found == 0, step
    with open_house(any_settings) as house:
        assert check_index(house).drift == Drift(letters=3 + len(DRAIN))
        assert house.index.report().documents == 3 + len(DRAIN)


def test_a_rebuild_killed_at_any_step_leaves_the_index_equal_to_the_letters(any_settings: Settings) -> None:
    with open_house(any_settings) as house:
        ids = registered(house, 3)
        drain_index(house)
    for count, step in enumerate(REBUILD, 4):

        def act(step: tuple[str, When] = step) -> None:
            with open_house(any_settings) as house:
                changes: Any = Dying(Changes(house.store), step if step[0] == "count" else ("", "before"))
                index: Any = Dying(house.index, step)
                rebuild(changes, index, house.clock)

        killed(act)
        with open_house(any_settings) as house:
            changed(house, ids[0], f"{step}")
            registered(house, 1)
            drain_index(house)
            assert check_index(house).drift == Drift(letters=count), step
            assert rebuild(Changes(house.store), house.index, house.clock) == count
            assert check_index(house).drift == Drift(letters=count), step
            assert places(house) == 1, f"{step}: what was left of the killed one is removed"


def test_a_worker_killed_at_any_moment_leaves_the_index_equal_to_the_letters(any_settings: Settings) -> None:
    """The commits of an engine cannot be stepped through from outside: killed at random moments instead."""
    rng = random.Random(5)
    with open_house(any_settings) as house:
        ids = registered(house, 8)

    def act() -> None:
        delay = rng.uniform(0.1, 1.0)
        threading.Timer(delay, lambda: os.kill(os.getpid(), signal.SIGKILL)).start()
        with open_house(any_settings) as house:
            for turn in range(10_000):
                changed(house, ids[turn % 8], f"{turn}")
                drain_index(house)
                if turn % 7 == 3:
                    rebuild(Changes(house.store), house.index, house.clock)

    for _ in range(8):
        rng.random()  # a process forked now has its own moment
        killed(act)
        with open_house(any_settings) as house:
            drain_index(house)
            assert check_index(house).drift == Drift(letters=8)


def test_elasticsearch_killed_during_drain_and_rebuild_loses_nothing(settings: Settings) -> None:
    port, url = free_port(), ""
    with reachable_folder("es") as folder:
        search = SearchSettings(kind="elasticsearch", url=f"http://127.0.0.1:{port}", prefix="ged")
        with open_house(settings.model_copy(update={"search": search})) as house:
            with node(folder, port=port) as one:
                url = one.url
                registered(house, 4)
                indexed(house)
                stop = threading.Event()
                threads = [threading.Thread(target=_until, args=(stop, each)) for each in _work(house)]
                for each in threads:
                    each.start()
                time.sleep(3)
                os.killpg(one.pid, signal.SIGKILL)
                away = registered(house, 3)
                assert len(away) == 3, "capture goes on"
                stop.set()
                for each in threads:
                    each.join()
            assert not house.index.report().reachable
            with node(folder, port=port) as one:
                assert one.url == url
                indexed(house)
                checked = check_index(house).drift
                assert checked.found == 0
                assert rebuild(Changes(house.store), house.index, house.clock) == checked.letters
                assert check_index(house).drift == Drift(letters=checked.letters)
                assert places(house) == 1


def _work(house: House) -> list[Callable[[], object]]:
    """What goes on when something is killed: letters come in, changes go in, indices are made anew."""
    return [
        lambda: registered(house, 1),
        lambda: drain_index(house),
        lambda: rebuild(Changes(house.store), house.index, house.clock),
    ]


def _until(stop: threading.Event, act: Callable[[], object]) -> None:
    while not stop.is_set():
        try:
            act()
        except Unavailable:
            stop.wait(0.2)


@pytest.mark.parametrize("engine", ["embedded", "elasticsearch"])
def test_postgresql_killed_during_drain_and_rebuild_loses_nothing(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, engine: str
) -> None:
    from api.model_folder import read_folder  # noqa: PLC0415
    from ged.services.establish import establish  # noqa: PLC0415
    from rooms.house import PILOT  # noqa: PLC0415

    search = SearchSettings()
    if engine == "elasticsearch":
        url = request.getfixturevalue("elasticsearch_url")
        search = SearchSettings(kind="elasticsearch", url=url, prefix=f"ged{uuid4().hex[:10]}")
    with reachable_folder("data") as folder:
        own = settings.model_copy(update={"data": folder, "database": Database(), "search": search})
        with open_house(own) as house:
            establish(read_folder(PILOT), store=house.store, clock=house.clock)
            registered(house, 4)
            drain_index(house)
        for turn in range(3):
            with open_house(own) as house:
                stop = threading.Event()
                threads = [threading.Thread(target=_until, args=(stop, each)) for each in _work(house)]
                for each in threads:
                    each.start()
                time.sleep(0.5 + turn)
                server = int((folder / "postgres" / "cluster" / "postmaster.pid").read_text().splitlines()[0])
                os.kill(server, signal.SIGKILL)
                stop.set()
                for each in threads:
                    each.join()
            with open_house(own) as house:
                indexed(house)
                found = check_index(house).drift
                assert (found.found, found.letters >= 4) == (0, True)
