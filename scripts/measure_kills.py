"""A batch of five hundred pages is read by workers that are killed again and again: what is lost, what is done twice.

    python -m scripts.measure_kills [--pages N] [--seed S]

The batch is one lot: its files are looked at, its letters entered and read by `ged worker` as installed, on embedded
engines. Every few seconds the worker gets SIGKILL and another is started. A trigger counts each page that was kept,
so that a page read again after it was kept shows.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.model_folder import read_folder
from api.wiring import House
from api.worker import TASKS
from ged.mail.access import Actor
from ged.mail.batch import BatchState
from ged.services.capture import Door
from ged.services.close_batch import confirm_batch
from ged.services.establish import establish
from ged.services.open_batch import NewBatch, open_batch
from ged.services.read_batch import batch_view
from ged.services.sign_in import actor_of
from ingest.capture.deposit import deposit
from scripts.measured_house import measured_house, working
from scripts.measures import ROOT, table, write_section
from scripts.sample_letters.generate import generate

_COUNTING = """
CREATE TABLE kept_page (letter_id text, key text, number int, kept_at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_page() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO kept_page VALUES (NEW.letter_id, NEW.key, NEW.number); RETURN NEW; END $$;
CREATE TRIGGER note_page BEFORE INSERT ON page_read FOR EACH ROW EXECUTE FUNCTION note_page();
"""


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=8100)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with measured_house() as (house, environment), tempfile.TemporaryDirectory(prefix="ged-lot-") as folder:
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        clerk = actor_of("kossi", store=house.store, clock=house.clock)
        with _database(house) as connection:
            connection.execute(sa.text(_COUNTING))
            connection.commit()
        lot, files, pages = _deposited(house, clerk, Path(folder), given.pages, given.seed)
        started = time.monotonic()
        kills = {"while pages come on the board": _killed_until_done(house, environment, chance)}
        view = batch_view(lot, store=house.store, actor=clerk)
        confirm_batch(lot, view.batch.revision, despite_doubts=True, store=house.store, actor=clerk, clock=house.clock)
        kills["while its letters are entered and read"] = _killed_until_done(house, environment, chance)
        wall = time.monotonic() - started
        rows = _found(house, clerk, lot, files, pages)
    said = ", ".join(f"{count} times {when}" for when, count in kills.items())
    text = (
        f"One lot of {files} files, {pages} pages. The worker was killed (SIGKILL) {said}. All done after {wall:.0f} s."
    )
    write_section(
        "kills", "A batch whose workers are killed", f"{text}\n\n{table(['what', 'expected', 'found'], rows)}"
    )


def _deposited(house: House, clerk: Actor, folder: Path, wanted: int, seed: int) -> tuple[str, int, int]:
    """Deposit letters in a lot until it has so many pages; give the lot, the files and the pages."""
    new = NewBatch(Door.COMMAND, "Cinq cents pages")
    lot = open_batch(new, store=house.store, actor=clerk, clock=house.clock)
    files = pages = 0
    for path in generate(wanted, seed, folder):
        with path.open("rb") as stream:
            file = deposit(stream, path.name, lot.id, door=Door.COMMAND, actor=clerk, entrance=house.entrance)
        files, pages = files + 1, pages + file.page_count
        if pages >= wanted:
            break
    return lot.id, files, pages


def _killed_until_done(house: House, environment: dict[str, str], chance: random.Random) -> int:
    """Run workers that live fifteen to 45 seconds each until nothing is left to do; return how many were killed."""
    killed = 0
    while True:
        with working(environment) as worker:
            ends = time.monotonic() + chance.uniform(15, 45)
            while time.monotonic() < ends:
                if _left(house) == 0:
                    return killed
                time.sleep(0.2)
            os.kill(worker, signal.SIGKILL)
            killed += 1


def _found(house: House, clerk: Actor, lot: str, files: int, pages: int) -> list[list[Any]]:
    view = batch_view(lot, store=house.store, actor=clerk)
    letters = [one.letter_id for one in view.outcomes if one.letter_id]
    numbers = sorted(int((one.number or "0").rsplit("-", 1)[1]) for one in view.outcomes if one.number)
    with _database(house) as connection:

        def count(query: str) -> int:
            return int(connection.scalar(sa.text(query)) or 0)

        ready = count("SELECT count(*) FROM letter WHERE reading = 'lu'")
        read = count("SELECT count(*) FROM page")
        again = count(
            "SELECT count(*) FROM (SELECT 1 FROM kept_page GROUP BY letter_id, key, number HAVING count(*) > 1) t"
        )
        kept = count("SELECT count(*) FROM kept_page")
        sealed = count("SELECT count(*) FROM seal")
    return [
        ["state of the lot", BatchState.DONE, view.batch.state],
        ["letters entered, each once", files, len(set(letters))],
        ["numbers without a hole", files, len(numbers) if numbers == list(range(1, len(numbers) + 1)) else "a hole"],
        ["letters read", files, ready],
        ["letters sealed", files, sealed],
        ["pages read", pages, read],
        ["pages read or drawn again after they were kept", 0, f"{again} of {kept} kept"],
    ]


@contextmanager
def _database(house: House) -> Iterator[sa.Connection]:
    """Give a connection beside the store: what a measure counts, the product has no need to."""
    engine = sa.create_engine(house.database_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _left(house: House) -> int:
    with house.store.unit() as unit:
        return unit.queue.left(TASKS)


if __name__ == "__main__":
    main()
