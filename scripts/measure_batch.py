"""A hundred scanned letters are read while people use the pages: how busy the cores are, how soon a page answers.

    python -m scripts.measure_batch [--letters N]

`ged serve` and `ged worker` as installed, on embedded engines; one person asks for a page every fifth of a second,
first while nothing is read, then while the batch is.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import httpx

from api.model_folder import read_folder
from api.wiring import House
from api.worker import TASKS
from ged.services.capture import Door
from ged.services.establish import establish
from ged.services.sign_in import actor_of, set_password, sign_in
from ingest.capture.receive import receive
from scripts.measured_house import measured_house, serving, working
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.generate import generate

_SEED = 7200
_PAUSE_S = 0.2
_ALONE_S = 15
_PAGES = ("/b/a-qualifier", "/recherche?q=transformateur", "/registres/arrivee")


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=100)
    count = parser.parse_args().letters
    with measured_house() as (house, environment), tempfile.TemporaryDirectory(prefix="ged-lot-") as folder:
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        set_password("kossi", "mesure-du-lot", store=house.store, clock=house.clock)
        session = sign_in("kossi", "mesure-du-lot", store=house.store, clock=house.clock)
        with serving(environment) as base:
            client = httpx.Client(base_url=base, headers={"Cookie": f"ged_session={session.secret}"}, timeout=60)
            began = time.monotonic()
            alone = _asked(client, lambda: time.monotonic() - began > _ALONE_S)
            pages = _registered(house, Path(folder), count)
            with working(environment):
                started, busy = time.monotonic(), _busy_s()
                during = _asked(client, lambda: _left(house) == 0)
                wall, busy = time.monotonic() - started, _busy_s() - busy
    cores = len(os.sched_getaffinity(0))
    text = (
        f"{count} letters, nearly all scanned, {pages} pages, sealed, read, proposed and drawn in {wall:.0f} s: "
        f"{60 * pages / wall:.0f} pages/min, {cores} cores busy {100 * busy / wall / cores:.0f} % of the time. "
        "The worker runs after the web (nice 5). One person asks for *À qualifier*, a search and the register in turn."
    )
    rows = [["nothing else goes on", *_figures(alone)], ["the batch is read", *_figures(during)]]
    head = ["meanwhile", "pages asked", "p50 ms", "p95 ms", "slowest ms"]
    write_section("batch", "A batch is read while people work", f"{text}\n\n{table(head, rows)}")


def _registered(house: House, folder: Path, count: int) -> int:
    """Register scans, and give how many pages they have."""
    clerk, pages = actor_of("kossi", store=house.store, clock=house.clock), 0
    for path in generate(count, _SEED, folder):
        with path.open("rb") as stream:
            receipt = receive(stream, path.name, door=Door.COMMAND, actor=clerk, entrance=house.entrance)
        pages += receipt.page_count
    return pages


def _asked(client: httpx.Client, over: Callable[[], bool]) -> list[float]:
    """Ask for pages in turn until it is over, and give the seconds that each took."""
    took = []
    for address in cycle(_PAGES):
        began = time.monotonic()
        client.get(address).raise_for_status()
        took.append(time.monotonic() - began)
        if over():
            return took
        time.sleep(_PAUSE_S)
    raise AssertionError


def _left(house: House) -> int:
    with house.store.unit() as unit:
        return unit.queue.left(TASKS)


def _busy_s() -> float:
    """Return the seconds that all cores have worked since the machine started. Source: proc(5), /proc/stat."""
    user, nice, system = (int(part) for part in Path("/proc/stat").read_text(encoding="ascii").split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _figures(took: list[float]) -> list[object]:
    ordered = sorted(took)
    at = [ordered[int(share * (len(ordered) - 1))] for share in (0.5, 0.95, 1.0)]
    return [len(took), *(f"{1000 * seconds:.0f}" for seconds in at)]


if __name__ == "__main__":
    main()
