"""A service's own numbers: gapless, one a letter, given by who has it, found again."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.wiring import House
from ged.errors import Conflict, Forbidden, NotFound, Refused
from ged.mail.access import Actor
from ged.mail.item import Direction
from ged.mail.register_book import RegisterQuery
from ged.mail.second_number import check_second_pattern, format_second
from ged.services import consult
from ged.services.register_book import read_register
from ged.services.second_number import may_number, number_again
from rooms.letters import decide, letter_pdf, send


def assigned(house: House, kossi: Actor, n: int, service: str = "DAF") -> str:
    receipt = send(house, kossi, letter_pdf(reference=f"{n}/2026/S"))
    decide(house, kossi, receipt.letter_id, service_id=service)
    return receipt.letter_id


def test_a_service_numbers_what_it_has_once_and_without_a_hole(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    daf, year = who("daf"), house.clock().year
    letters = [assigned(house, kossi, n) for n in range(6)]
    assert may_number(letters[0], store=house.store, actor=daf)
    with ThreadPoolExecutor(6) as pool:
        given = pool.map(lambda one: number_again(one, store=house.store, actor=daf, clock=house.clock), letters)
    assert sorted(one.number for one in given) == [f"DAF/{year}/{n:04d}" for n in range(1, 7)]
    with pytest.raises(Conflict):
        number_again(letters[0], store=house.store, actor=daf, clock=house.clock)
    assert not may_number(letters[0], store=house.store, actor=daf)
    number = f"DAF/{year}/0003"
    found = consult.by_number(number.lower(), store=house.store, actor=kossi)
    assert found.id in letters
    (line,) = read_register(RegisterQuery("", Direction.INCOMING, number=number), store=house.store, actor=kossi).lines
    assert [one.number for one in line.second] == [number]
    assert line.entry.letter_id == found.id
    with pytest.raises(NotFound):
        consult.by_number(number, store=house.store, actor=who("drh"))


def test_only_the_service_that_has_the_letter_numbers_it(
    house: House, kossi: Actor, who: Callable[[str], Actor]
) -> None:
    letter_id = assigned(house, kossi, 1)
    for login in ("kossi", "sg"):
        with pytest.raises(Forbidden):
            number_again(letter_id, store=house.store, actor=who(login), clock=house.clock)
    without = assigned(house, kossi, 2, service="DRH")
    with pytest.raises(Refused) as none:
        number_again(without, store=house.store, actor=who("drh"), clock=house.clock)
    assert none.value.code == "second.none"


def test_a_pattern_says_year_and_sequence() -> None:
    assert format_second("{entity}/{year}/{sequence:04d}", 2026, 42, acronym="DAF") == "DAF/2026/0042"
    for pattern in ("{sequence}", "{entity}-{year}", "{direction}-{year}-{sequence}", "{year", "{year!x}{sequence}"):
        with pytest.raises(Refused):
            check_second_pattern(pattern)
