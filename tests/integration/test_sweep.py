"""The nightly sweep: killed it goes on, and whatever comes into force meanwhile, one list stands, of one schedule."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.config import Settings
from api.wiring import House, open_house
from ged.mail.access import Actor
from ged.mail.filing import Span, Term
from ged.mail.item import State
from ged.mail.legal_hold import Scope
from ged.mail.schedule import Schedule, ScheduleVersion, VersionState
from ged.services import hold
from ged.services.hold import NewHold
from properties.test_register import register_one
from retention.nightly import sweep_letters
from rooms.house import driver_url
from rooms.processes import forking

NIGHT = datetime(2045, 6, 1, 2, 30, tzinfo=UTC)
COUNT, PART = 17, 4
PARTS = 5


class CrashError(Exception):
    """What stands for a process that dies: nothing of the house catches it."""


def clock() -> datetime:
    return NIGHT


@pytest.fixture
def letters(house: House, kossi: Actor) -> dict[str, date]:
    """Letters of thirty-four years, received the day after they were written, by their date."""
    found = {}
    for n in range(COUNT):
        letter_id = register_one(house.store, kossi, f"lettre {n}".encode()).letter_id
        written = date(1995 + 2 * n, 3, 3)
        with house.store.unit() as unit:
            unit.letters.change(
                unit.letters.get(letter_id, None, lock=True),
                kind="demande",
                letter_date=written,
                received_at=datetime(written.year, 3, 4, 9, tzinfo=UTC),
                state=State.DONE,
            )
            unit.commit()
        found[letter_id] = written
    return found


def listed(house: House) -> dict[str, date]:
    with psycopg.connect(driver_url(house.database_url)) as connection:
        return dict(connection.execute("SELECT letter_id, kept_until FROM due").fetchall())


def stamps(house: House, letters: dict[str, date]) -> set[int | None]:
    with house.store.unit() as unit:
        return {each.schedule_version for each in unit.letters.many(list(letters))}


def swept(house: House, *acts: Callable[[], object]) -> list[str]:
    """Sweep to the end, doing one thing after each part; give where the parts ended."""
    left, parts = list(acts), []

    def between(letter_id: str) -> None:
        parts.append(letter_id)
        if left:
            left.pop(0)()

    assert sweep_letters(house.store, clock, part=PART, fault=between) == len(listed(house))
    return parts


def swept_and_killed(config: Settings, parts: int) -> int | None:
    process = forking.Process(target=_sweep_and_die, args=(config, parts))
    process.start()
    process.join(120)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def _sweep_and_die(config: Settings, parts: int) -> None:
    left = iter(range(parts - 1))

    def fault(_letter_id: str) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_house(config) as house:
        sweep_letters(house.store, clock, part=PART, fault=fault)


def enforce(house: House, years: int, at: datetime = NIGHT) -> int:
    """Bring a version into force under which a request is kept for so many years; give its number."""
    with house.store.unit() as unit:
        number, schedule = unit.schedules.next_number("MME"), unit.schedules.applied("MME", at.date())[1]
        code = {each.code: each.rule for each in unit.organisation.kinds()}["demande"]
        rules = tuple(
            replace(each, term=Term(years, Span.YEARS)) if each.code == code else each for each in schedule.rules
        )
        version = ScheduleVersion(
            secrets.token_urlsafe(8), "MME", number, VersionState.APPROVED, "", "E. Tossou", "archives", at, at,
            "A. Mensah", at, at.date(), "", 1,
        )  # fmt: skip
        unit.schedules.add(version, Schedule(rules, schedule.plan))
        unit.commit()
    return number


def expected(letters: dict[str, date], years: int) -> dict[str, date]:
    """Say what falls due, by this test's own arithmetic."""
    found = {}
    for letter_id, written in letters.items():
        until = max(written.replace(year=written.year + years), date(written.year + 20, 3, 4))
        if until < NIGHT.date():
            found[letter_id] = until
    return found


def test_killed_after_every_part_it_goes_on_and_the_old_list_stands_until_the_new_one_is_whole(
    settings: Settings, house: House, letters: dict[str, date]
) -> None:
    assert swept_and_killed(settings, PARTS + 1) == -signal.SIGKILL
    old = listed(house)
    assert old == expected(letters, 20)
    number = enforce(house, 30)
    for part in range(1, PARTS + 1):
        assert swept_and_killed(settings, 1) == -signal.SIGKILL
        with house.store.unit() as unit:
            standing = unit.sweeps.standing()
        assert standing is not None
        assert (standing.looked, standing.after) == (min(part * PART, COUNT), list(letters)[standing.looked - 1])
        assert listed(house) == old
    assert swept(house) == [""]
    assert listed(house) == expected(letters, 30) != old
    assert stamps(house, letters) == {number}


def test_swept_again_it_says_the_same(house: House, letters: dict[str, date]) -> None:
    first = (swept(house), listed(house), stamps(house, letters))
    with house.store.unit() as unit:
        before = unit.letters.many(list(letters))
    assert (swept(house), listed(house), stamps(house, letters)) == first
    assert len(first[0]) == PARTS + 1
    with house.store.unit() as unit:
        assert unit.letters.many(list(letters)) == before


def test_a_hold_placed_behind_the_sweep_keeps_its_letter_off_the_list(
    house: House, letters: dict[str, date], who: Callable[[str], Actor]
) -> None:
    oldest = min(letters, key=lambda each: letters[each])
    held = NewHold(Scope.LETTER, oldest, "Contentieux")
    place = partial(hold.place, held, store=house.store, actor=who("archives"), clock=house.clock)
    swept(house, *[bool] * (PARTS - 1), place)
    assert set(listed(house)) == set(expected(letters, 20)) - {oldest}


def test_one_process_sweeps_at_a_time(house: House, letters: dict[str, date]) -> None:
    seen = []
    swept(house, lambda: seen.append(sweep_letters(house.store, clock)))
    assert seen == [None]
    assert listed(house) == expected(letters, 20)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(
        st.tuples(st.integers(0, PARTS + 2), st.sampled_from(("20", "25", "30", "35", "crash"))), max_size=5
    )
)
def test_whatever_comes_into_force_meanwhile_one_list_of_one_schedule_stands(
    changes: list[tuple[int, str]], house: House, letters: dict[str, date]
) -> None:
    number = enforce(house, 20)
    years, parts = 20, 0

    def between(letter_id: str) -> None:
        nonlocal number, years, parts
        parts += 1
        if not letter_id:  # it has ended: what comes now is the next night's
            return
        while todo and todo[0][0] < parts:
            _, what = todo.pop(0)
            if what == "crash":
                raise CrashError
            number, years = enforce(house, int(what)), int(what)

    todo, ended = sorted(changes), None
    while ended is None:
        with suppress(CrashError):
            ended = sweep_letters(house.store, clock, part=PART, fault=between)
    assert listed(house) == expected(letters, years)
    assert stamps(house, letters) == {number}
