"""What a night asked for while the machine was off is done at its next start, once, by the worker that stays."""

from __future__ import annotations

import signal
import subprocess
import time
from typing import Any

import psycopg

from api.wiring import House
from integration.test_vault_mark import GED, environment
from rooms.house import ROOT, driver_url
from rooms.letters import read_all

NIGHTLY = {"sweep", "review_holds", "tell_deadlines", "train", "check_index", "forget_jobs"}
_WITHIN_S = 120


def rows(house: House, query: str) -> list[Any]:
    with psycopg.connect(driver_url(house.database_url)) as connection:
        return connection.execute(query.encode()).fetchall()


def asked_for(house: House) -> dict[str, list[int]]:
    """The ticks that were given a job, by task."""
    said: dict[str, list[int]] = {}
    for task, tick in rows(house, "SELECT task_name, defer_timestamp FROM procrastinate_periodic_defers"):
        said.setdefault(task, []).append(tick)
    return said


def work_until_nightly_is_done(house: House) -> None:
    """Let a real worker start, do what the night asked for, and end as a machine that is shut down."""
    worker = subprocess.Popen([GED, "worker"], env=environment(house), cwd=ROOT, stderr=subprocess.DEVNULL)
    names = ", ".join(f"'{name}'" for name in sorted(NIGHTLY))
    try:
        until = time.monotonic() + _WITHIN_S
        while not asked_for(house).keys() >= NIGHTLY or rows(
            house, f"SELECT 1 FROM procrastinate_jobs WHERE task_name IN ({names}) AND status IN ('todo', 'doing')"
        ):
            assert worker.poll() is None
            assert time.monotonic() < until, asked_for(house)
            time.sleep(0.1)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)


def test_a_missed_night_is_made_up_once(house: House) -> None:
    work_until_nightly_is_done(house)
    first, stopped_at = asked_for(house), time.time()
    assert {name: len(first[name]) for name in NIGHTLY} == dict.fromkeys(NIGHTLY, 1)
    work_until_nightly_is_done(house)
    again = asked_for(house)
    since = [tick for name in NIGHTLY for tick in again[name] if tick not in first[name]]
    assert all(tick >= stopped_at for tick in since), "but for an hour that struck meanwhile, nothing is done again"
    assert rows(house, "SELECT 1 FROM procrastinate_jobs WHERE status = 'failed'") == []


def test_a_worker_that_ends_when_idle_leaves_the_hours_to_the_one_that_stays(house: House) -> None:
    read_all(house)
    assert asked_for(house) == {}
