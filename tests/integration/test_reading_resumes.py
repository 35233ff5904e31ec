"""A worker killed in the middle of a long letter: the pages that were read are not read again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from api.config import Settings
from api.wiring import House, open_house
from api.worker import run_worker
from ged.mail.access import Actor
from ged.mail.item import Reading
from ged.services import consult
from rooms.house import driver_url
from rooms.letters import letter_pdf, read_all, send

PAGES, MARK = 28, "Zébulon"


def _work(settings: Settings) -> None:
    with open_house(settings) as house:
        run_worker(house, until_idle=True)


def query(settings: Settings, text: str, *values: Any) -> list[Any]:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        answer = connection.execute(text.encode(), values)
        return answer.fetchall() if answer.description else []


def test_a_killed_worker_leaves_its_pages_to_the_next(house: House, settings: Settings, kossi: Actor) -> None:
    receipt = send(house, kossi, letter_pdf(pages=PAGES))
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(settings,))
    worker.start()
    while worker.is_alive() and not query(settings, "SELECT 1 FROM page_read"):
        time.sleep(0.02)
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()

    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert 0 < file.pages_read < PAGES, "killed in the middle"
    kept = query(settings, "SELECT number, page FROM page_read")
    for number, page in kept:  # a page read again would lose this word
        word = [MARK, *page["words"][0][1:]]
        marked = Jsonb(page | {"words": [word, *page["words"]]})
        query(settings, "UPDATE page_read SET page = %s WHERE number = %s", marked, number)

    read_all(house)
    done = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert (done.letter.reading, len(done.pages), done.pages_read) == (Reading.READY, PAGES, 0)
    assert [page.number for page in done.pages if MARK in page.text] == sorted(number for number, _ in kept)
    assert all(page.words for page in done.pages)
