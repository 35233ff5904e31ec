"""A batch of five hundred pages is read by two workers that are killed again and again: what is lost, what done twice.

    python -m scripts.measure_kills [--pages N] [--seed S]

The batch is one lot of light pages, a few of them letters of one page, the others of 25: its files are looked at, its
letters entered and read by `ged worker` as installed, twice at once, on embedded engines. Each worker gets SIGKILL at a
moment of chance, and another is started in its place. What was worked on is counted from what the workers say as they
begin, what was done from the rows that the database took; a page begun after it was kept is one that was done twice.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw, ImageFont

from api.embedded.postgres import EmbeddedPostgres
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
from scripts.demo_lot import scanned
from scripts.measured_house import ged, measured_house
from scripts.measures import ROOT, table, write_section

_COUNTING = """
CREATE TABLE kept_page (what text, id text, number int, kept_at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_page() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO kept_page
    VALUES (CASE WHEN starts_with(NEW.key, 'image ') THEN 'drawn' ELSE 'read' END, NEW.letter_id, NEW.number);
  RETURN NEW; END $$;
CREATE FUNCTION note_look() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
  INSERT INTO kept_page VALUES ('looked at', NEW.batch_id || ' ' || NEW.rank, NEW.number); RETURN NEW; END $$;
CREATE TRIGGER note_page BEFORE INSERT ON page_read FOR EACH ROW EXECUTE FUNCTION note_page();
CREATE TRIGGER note_look BEFORE INSERT ON batch_page FOR EACH ROW EXECUTE FUNCTION note_look();
"""
_BEGAN = re.compile(
    r"(?P<at>[-0-9T:.]+) INFO +pages \[(?P<numbers>[\d, ]+)\] of "
    r"(?:letter (?P<letter>\S+)|file (?P<rank>\d+) of lot (?P<lot>\S+)) are (?P<what>read|drawn|looked at)"
)
_PILE, _DPI = 25, 120
_FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
_WORDS = ("demande", "permis", "carrière", "gravier", "commune", "ministère", "réunion", "poste", "forage", "dossier")
WAYS = ("read", "drawn", "looked at")

Page = tuple[str, str, int]
"""What is done of a page, of which letter or file, its number."""


@dataclass(slots=True)
class Killed:
    """A lot that went through to its end although workers were killed."""

    files: int = 0
    pages: int = 0
    kills: dict[str, int] = field(default_factory=dict)
    wall_s: float = 0.0
    rows: list[list[Any]] = field(default_factory=list)
    begun: list[tuple[Page, float]] = field(default_factory=list)
    kept: list[tuple[Page, float]] = field(default_factory=list)

    def again(self) -> list[Page]:
        """Return the pages that were begun after they were kept, or kept twice."""
        first = dict(reversed(self.kept))
        twice = [page for page, times in Counter(page for page, _ in self.kept).items() if times > 1]
        return twice + [page for page, at in self.begun if at > first.get(page, at)]


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--seed", type=int, default=8100)
    given = parser.parse_args()
    with measured_house() as (house, environment):
        establish(read_folder(ROOT / "deploy" / "pilote"), store=house.store, clock=house.clock)
        found = read_while_killed(house, environment, given.pages, given.seed, (12, 40))
    said = ", ".join(f"{count} times {when}" for when, count in found.kills.items())
    text = (
        f"One lot of {found.files} files, {found.pages} pages, two workers at once, while others worked on the same "
        f"machine. A worker was killed (SIGKILL) {said}: the first two at their first pages, the others at moments of "
        f"chance of their work on pages. All done "
        f"after {found.wall_s:.0f} s. Begun: what the workers themselves said before each page."
    )
    head = ["pages", "kept", "begun", "begun and lost with a worker", "begun again after they were kept"]
    again = Counter(what for what, _, _ in found.again())
    kept, begun = (Counter(page[0] for page, _ in each) for each in (found.kept, found.begun))
    rows = [[what, kept[what], begun[what], begun[what] - kept[what], again[what]] for what in WAYS]
    text += f"\n\n{table(['what', 'expected', 'found'], found.rows)}\n\n{table(head, rows)}"
    write_section("kills", "A batch whose workers are killed", text)


def read_while_killed(
    house: House, environment: dict[str, str], pages: int, seed: int, shares: tuple[int, int]
) -> Killed:
    """Have a lot of so many pages read by two workers, each killed in one of its `shares` of pages, and count."""
    chance, found = random.Random(seed), Killed()
    clerk = actor_of("kossi", store=house.store, clock=house.clock)
    with tempfile.TemporaryDirectory(prefix="ged-lot-") as name:
        folder = Path(name)
        with _database(house) as connection:
            connection.execute(sa.text(_COUNTING))
            connection.commit()
        lot, found.files, found.pages = _deposited(house, clerk, chance, pages)
        started, crew = time.monotonic(), _Crew(environment, folder, chance, shares)
        found.kills["while pages come on the board"] = crew.work(house)
        view = batch_view(lot, store=house.store, actor=clerk)
        confirm_batch(lot, view.batch.revision, despite_doubts=True, store=house.store, actor=clerk, clock=house.clock)
        found.kills["while its letters are entered and read"] = crew.work(house)
        found.wall_s = time.monotonic() - started
        found.begun = [each for path in sorted(folder.glob("*.log")) for each in _begun(path)]
    found.kept, found.rows = _kept(house), _found(house, clerk, lot, found.files, found.pages)
    return found


def _deposited(house: House, clerk: Actor, chance: random.Random, wanted: int) -> tuple[str, int, int]:
    """Deposit a lot of so many pages, some of them alone; give it, how many files it has, and how many pages."""
    lot = open_batch(NewBatch(Door.COMMAND, "Cinq cents pages"), store=house.store, actor=clerk, clock=house.clock)
    alone = max(4, wanted // 25)
    sizes = [1] * alone + [min(_PILE, wanted - done) for done in range(alone, wanted, _PILE)]
    pages = 0
    for rank, size in enumerate(sizes, 1):
        data = scanned([_page(chance) for _ in range(size)], _DPI)
        name = f"pile-{rank}.pdf"
        file = deposit(BytesIO(data), name, lot.id, door=Door.COMMAND, actor=clerk, entrance=house.entrance)
        pages += file.page_count
    return lot.id, len(sizes), pages


def _page(chance: random.Random) -> Image.Image:
    """Return a scanned page of a few lines, like no other."""
    page = Image.new("L", (992, 1403), 250)
    pen, font = ImageDraw.Draw(page), ImageFont.truetype(_FONT, 22)
    for line in range(6):
        pen.text((90, 120 + 60 * line), " ".join(chance.choices(_WORDS, k=6)), 20, font=font)
    return page


@dataclass(slots=True)
class _Worker:
    """A worker, where it says what it begins, and after how many shares of pages it dies, and how long after."""

    process: subprocess.Popen[bytes]
    log: Path
    shares: int
    later_s: float
    ends_at: float = math.inf

    def is_due(self) -> bool:
        """Whether it dies now: so the moments are those of its work, however busy the machine is."""
        if self.ends_at == math.inf and len(_BEGAN.findall(self.log.read_text("utf-8", "replace"))) >= self.shares:
            self.ends_at = time.monotonic() + self.later_s
        return time.monotonic() > self.ends_at

    def die(self) -> None:
        self.process.kill()
        self.process.wait()


@dataclass(slots=True)
class _Crew:
    """Two workers, and whoever kills them."""

    environment: dict[str, str]
    folder: Path
    chance: random.Random
    shares: tuple[int, int]
    started: int = 0

    def work(self, house: House) -> int:
        """Let workers work and die until nothing is left to do, the first two at once; return how many were killed."""
        killed, living = 0, [self._start(at_once=True) for _ in range(2)]
        try:
            while _left(house):
                time.sleep(0.05)
                for at, worker in enumerate(living):
                    if worker.is_due():
                        worker.die()
                        killed += 1
                        living[at] = self._start()
        finally:
            for worker in living:
                worker.die()
        return killed

    def _start(self, *, at_once: bool = False) -> _Worker:
        self.started += 1
        path, wide = self.folder / f"worker-{self.started}.log", {**self.environment, "COLUMNS": "2000"}
        with path.open("wb") as log:
            process = subprocess.Popen([ged(), "worker", "--verbose"], env=wide, stderr=log)
        shares, later_s = self.chance.randint(*self.shares), self.chance.uniform(0, 1.5)
        return _Worker(process, path, 1, 0.0) if at_once else _Worker(process, path, shares, later_s)


def _begun(log: Path) -> Iterator[tuple[Page, float]]:
    """Yield the pages that a worker says it begins, and when."""
    for line in _BEGAN.finditer(log.read_text(encoding="utf-8", errors="replace")):
        whose = line["letter"] or f"{line['lot']} {line['rank']}"
        at = datetime.fromisoformat(line["at"]).astimezone().timestamp()
        for number in line["numbers"].split(","):
            yield (line["what"], whose, int(number)), at


def _kept(house: House) -> list[tuple[Page, float]]:
    with _database(house) as connection:
        rows = connection.execute(sa.text("SELECT what, id, number, kept_at FROM kept_page ORDER BY kept_at"))
        return [((what, whose, number), at.timestamp()) for what, whose, number, at in rows]


def _found(house: House, clerk: Actor, lot: str, files: int, pages: int) -> list[list[Any]]:
    view = batch_view(lot, store=house.store, actor=clerk)
    letters = [one.letter_id for one in view.outcomes if one.letter_id]
    numbers = sorted(int((one.number or "0").rsplit("-", 1)[1]) for one in view.outcomes if one.number)
    with _database(house) as connection:

        def count(query: str) -> int:
            return int(connection.scalar(sa.text(query)) or 0)

        return [
            ["state of the lot", BatchState.DONE, view.batch.state],
            ["letters entered, each once", files, len(set(letters))],
            [
                "numbers without a hole",
                files,
                len(numbers) if numbers == list(range(1, len(numbers) + 1)) else "a hole",
            ],
            ["letters read", files, count("SELECT count(*) FROM letter WHERE reading = 'lu'")],
            ["letters sealed", files, count("SELECT count(*) FROM seal")],
            ["pages read, each once", pages, count("SELECT count(DISTINCT (letter_id, number)) FROM page")],
            ["images of pages", 2 * pages, count("SELECT count(*) FROM page_image")],
        ]


@contextmanager
def _database(house: House) -> Iterator[sa.Connection]:
    """Give a connection of the owner of the tables: what a measure counts, the product has no right to."""
    with EmbeddedPostgres(house.settings.data / "postgres") as owner:
        engine = sa.create_engine(owner)
        with engine.connect() as connection:
            yield connection
        engine.dispose()


def _left(house: House) -> int:
    with house.store.unit() as unit:
        return unit.queue.left(TASKS)


if __name__ == "__main__":
    main()
