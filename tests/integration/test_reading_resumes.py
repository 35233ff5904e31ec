"""A worker killed in the middle of a long letter: the pages that were read are not read again."""

from __future__ import annotations

import signal
import time
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from api.config import Settings
from api.wiring import House, open_house
from api.worker import run_worker
from ged.mail.access import Actor
from ged.mail.baskets import TO_QUALIFY
from ged.mail.batch import BatchState
from ged.mail.item import Letter, Reading, State
from ged.services import consult
from ged.services.close_batch import confirm_batch
from ged.services.read_batch import batch_view
from ged.store.unit import Unit
from ingest.pipeline import TABLE
from ingest.runner import Result, Runner
from rooms.house import driver_url
from rooms.letters import letter_pdf, read_all, send
from rooms.lots import a_letter, a_lot, scan, separator
from rooms.processes import forking

PAGES, MARK = 20, "Zébulon"


def _work(settings: Settings) -> None:
    with open_house(settings) as house:
        run_worker(house, until_idle=True)


def query(settings: Settings, text: str, *values: Any) -> list[Any]:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        answer = connection.execute(text.encode(), values)
        return answer.fetchall() if answer.description else []


def killed(settings: Settings, wait_for: str) -> None:
    """Run a worker, and kill it as soon as a query gives something."""
    worker = forking.Process(target=_work, args=(settings,))
    worker.start()
    try:
        while worker.is_alive() and not query(settings, wait_for):
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.join()
    assert worker.exitcode == -signal.SIGKILL


def test_a_killed_worker_leaves_its_pages_to_the_next(house: House, settings: Settings, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf(pages=PAGES))
    killed(settings, "SELECT 1 FROM page_read")
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert 0 < file.progress[0] < PAGES, "killed in the middle"
    assert consult.reading_progress([file.letter], store=house.store) == {receipt.letter_id: file.progress}
    kept = query(settings, "SELECT number, page FROM page_read")
    for number, page in kept:  # a page read again would lose this word
        word = [MARK, *page["words"][0][1:]]
        marked = Jsonb(page | {"words": [word, *page["words"]]})
        query(settings, "UPDATE page_read SET page = %s WHERE number = %s", marked, number)

    killed(settings, "SELECT 1 FROM page_read WHERE starts_with(key, 'image ')")
    drawn = [number for (number,) in query(settings, "SELECT number FROM page_read")]
    assert 0 < len(drawn) < PAGES, "killed in the middle of the images"
    query(settings, "UPDATE page_read SET page = %s", Jsonb([[909, 1, "0" * 64], [1800, 1, "0" * 64]]))

    read_all(house)
    done = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert (done.letter.reading, len(done.pages), done.progress) == (Reading.READY, PAGES, (0, 0))
    assert [page.number for page in done.pages if MARK in page.text] == sorted(number for number, _ in kept)
    assert all(page.words for page in done.pages)
    assert sorted({image.number for image in done.images if image.digest == "0" * 64}) == sorted(drawn)
    assert len(done.images) == 2 * PAGES


def test_a_reading_that_cannot_be_written_ends_with_a_person(house: House, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf())

    def refused(_unit: Unit, _letter: Letter, _run: int) -> None:
        raise ValueError("a row that the database refuses")

    runner = Runner(house.store, {TABLE[0].name: lambda _letter, _outputs: Result({}, refused)}, house.clock)
    for _ in range(TABLE[0].attempts):
        runner.advance(receipt.letter_id)
    letter = consult.letter(receipt.letter_id, store=house.store, actor=kossi)
    assert (letter.reading, letter.state) == (Reading.FAILED, State.TO_QUALIFY)
    assert letter.reading_error
    assert [row.letter.id for row in consult.letters(TO_QUALIFY, store=house.store, actor=kossi).rows] == [letter.id]


def test_a_worker_killed_while_it_enters_a_lot_neither_loses_nor_doubles_a_letter(
    house: House, settings: Settings, kossi: Actor
) -> None:
    between = separator(house, kossi)
    pages = [page for number in range(5) for page in (between, *a_letter(f"Demande {number}"))]
    lot = a_lot(house, kossi, scan(pages))
    view = batch_view(lot.id, store=house.store, actor=kossi)
    by: dict[str, Any] = {"store": house.store, "actor": kossi, "clock": house.clock}
    confirm_batch(lot.id, view.batch.revision, despite_doubts=True, **by)
    killed(settings, "SELECT 1 FROM batch_letter")
    between_two = batch_view(lot.id, store=house.store, actor=kossi)
    assert 0 < len(between_two.outcomes) < 5, "killed in the middle"
    assert len(between_two.outcomes) + len(between_two.board.piles) == 5

    read_all(house)
    done = batch_view(lot.id, store=house.store, actor=kossi)
    assert done.batch.state is BatchState.DONE
    numbers = [one.number or "" for one in done.outcomes]
    assert [int(number.rsplit("-", 1)[1]) for number in numbers] == list(range(1, 6)), "no hole, none twice"
    used = [key for (rows,) in query(settings, "SELECT pages FROM batch_letter ORDER BY rank") for key, _ in rows]
    assert used == [f"1-{number}" for number in range(2, 11, 2)]
