"""The register under eight writers, rollbacks and kills: no hole, no duplicate, dates in order."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ged.clock import system_clock
from ged.errors import Conflict, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.ports import Stored
from ged.services.capture import Arrival, Door, PaperUse, Receipt, capture
from ged.services.check_register import check_registers
from ged.services.number_block import block_file, blocks, cancel_numbers, reserve
from ged.services.sign_in import actor_of
from ged.store.unit import Store
from rooms.house import driver_url
from rooms.processes import forking

WRITERS = 8
ACTS = ("new", "twice", "fails", "reserve", "enter", "cancel")


def register_one(
    store: Store, actor: Actor, content: bytes, *, name: str = "pli.pdf", direction: str = "arrivee"
) -> Receipt:
    """Register bytes that a vault would hold."""
    arrival = Arrival(Door.COMMAND, name, "application/pdf", 1, Direction(direction))
    stored = Stored(hashlib.sha256(content).hexdigest(), len(content), "", existed=False)
    return capture(arrival, stored, store=store, actor=actor, clock=system_clock)


def use_on_paper(store: Store, actor: Actor, content: bytes, *, cancel: bool = False) -> bool:
    """Enter or cancel the first number that waits, as used this minute; give whether one did."""
    waiting = [block for block, left in blocks(store=store, actor=actor)[0] if left]
    if not waiting:
        return False
    block = waiting[0]
    number = next((one for one in block_file(block.id, store=store, actor=actor).numbers if one.done_at is None), None)
    if number is None:
        return False
    try:
        if cancel:
            cancel_numbers(block.id, number.sequence, "Inutilisé", store=store, actor=actor, clock=system_clock)
        else:
            used = PaperUse(block.id, number.sequence, block.reserved_at)
            direction = block.series.direction
            arrival = Arrival(Door.COMMAND, "pli.pdf", "application/pdf", 1, direction, on_paper=used)
            stored = Stored(hashlib.sha256(content).hexdigest(), len(content), "", existed=False)
            capture(arrival, stored, store=store, actor=actor, clock=system_clock)
    except (Conflict, Refused):  # another writer took it first, or a later number of the block was cancelled meanwhile
        return False
    return True


def assert_whole(url: str) -> dict[str, int]:
    """Check every series number by number, and that no printed number is given twice; return how many each gave."""
    store = Store(url, pool_size=1)
    kossi = actor_of("kossi", store=store, clock=system_clock)
    lengths: dict[str, int] = {}
    for one in check_registers(store=store, actor=kossi):
        assert one.report.faults == ()
        lengths[one.report.year.series.direction] = one.report.year.count
    store.close()
    with psycopg.connect(driver_url(url)) as connection:
        taken = "SELECT number FROM letter UNION ALL SELECT number FROM block_number WHERE letter_id IS NULL"
        numbers = [row[0] for row in connection.execute(taken)]
    assert len(set(numbers)) == len(numbers) == sum(lengths.values())
    return lengths


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    opened = Store(database, pool_size=WRITERS)
    yield opened
    opened.close()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(["new", "twice", "fails", "reserve", "enter", "cancel"]),
            st.sampled_from(["arrivee", "depart"]),
        ),
        min_size=8,
        max_size=48,
    )
)
def test_whatever_eight_writers_do_at_once_the_register_stays_whole(
    store: Store, database: str, acts: list[tuple[str, str]]
) -> None:
    kossi = actor_of("kossi", store=store, clock=system_clock)
    before = sum(assert_whole(database).values())

    def act(given: tuple[str, str]) -> int:
        kind, direction = given
        content = os.urandom(16)
        if kind in {"enter", "cancel"}:
            use_on_paper(store, kossi, content, cancel=kind == "cancel")
            return 0
        if kind == "reserve":
            reserve(Direction(direction), 3, "Panne", store=store, actor=kossi, clock=system_clock)
            return 3
        if kind == "fails":  # PostgreSQL refuses the name, after the number was taken
            with pytest.raises(sa.exc.DBAPIError):
                register_one(store, kossi, content, name="pli\x00.pdf", direction=direction)
            return 0
        first = register_one(store, kossi, content, direction=direction)
        if kind == "twice":
            again = register_one(store, kossi, content, direction=direction)
            assert (again.number, again.again) == (first.number, True)
        return 1

    with ThreadPoolExecutor(WRITERS) as pool:
        added = sum(pool.map(act, acts))
    assert sum(assert_whole(database).values()) == before + added


def test_the_same_bytes_from_eight_doors_at_once_take_one_number(store: Store, database: str) -> None:
    kossi = actor_of("kossi", store=store, clock=system_clock)
    with ThreadPoolExecutor(WRITERS) as pool:
        receipts = list(pool.map(lambda _: register_one(store, kossi, b"one letter"), range(WRITERS)))
    assert len({receipt.letter_id for receipt in receipts}) == 1
    assert [receipt.again for receipt in receipts].count(False) == 1
    assert assert_whole(database) == {"arrivee": 1}


def _register_without_end(url: str, seed: int, acknowledged: Path) -> None:
    store = Store(url, pool_size=1)
    kossi = actor_of("kossi", store=store, clock=system_clock)
    with acknowledged.open("a", encoding="ascii", buffering=1) as said:
        for n in range(1_000_000):
            said.write(register_one(store, kossi, b"%d %d" % (seed, n)).number + "\n")
            if n % 3 == 0:
                reserve(Direction.OUTGOING, 2, "Panne", store=store, actor=kossi, clock=system_clock)
                use_on_paper(store, kossi, b"paper %d %d" % (seed, n))
                use_on_paper(store, kossi, b"", cancel=True)


def test_writers_killed_at_any_moment_leave_no_hole_and_lose_nothing_acknowledged(
    database: str, tmp_path: Path
) -> None:
    said = [tmp_path / f"said-{seed}" for seed in range(WRITERS)]
    writers = [
        forking.Process(target=_register_without_end, args=(database, seed, said[seed])) for seed in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    chance = Random(7)
    deadline = time.monotonic() + 60
    while not all(path.exists() and path.stat().st_size for path in said):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    for writer in writers:
        time.sleep(chance.random() * 0.3)
        writer.kill()
    for writer in writers:
        writer.join()
        assert writer.exitcode == -9
    registered = assert_whole(database)["arrivee"]
    with psycopg.connect(driver_url(database)) as connection:
        numbers = {row[0] for row in connection.execute("SELECT number FROM letter WHERE direction = 'arrivee'")}
    acknowledged = [line for path in said for line in path.read_text(encoding="ascii").split()]
    assert len(acknowledged) >= WRITERS
    assert set(acknowledged) <= numbers
    assert registered <= len(acknowledged) + WRITERS  # at most one each was committed and not yet said
    store = Store(database)
    kossi = actor_of("kossi", store=store, clock=system_clock)
    assert register_one(store, kossi, b"after").number.endswith(f"{registered + 1:06d}")
    store.close()


def test_a_change_made_on_an_older_reading_is_refused(store: Store) -> None:
    kossi = actor_of("kossi", store=store, clock=system_clock)
    receipt = register_one(store, kossi, b"letter")
    with store.unit() as unit:
        read = unit.letters.get(receipt.letter_id, None)
        unit.letters.change(read, page_count=2)
        unit.commit()
    with store.unit() as unit, pytest.raises(Conflict):
        unit.letters.change(read, page_count=3)
