"""Setting a letter aside: it leaves one's own lists, comes back by itself, and is never forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from api.wiring import House
from ged.errors import GedError
from ged.mail.access import Actor
from ged.mail.baskets import basket_of
from ged.mail.item import Letter
from ged.mail.moves import Move, Order
from ged.services import consult
from ged.services.route import move
from ged.services.set_aside import set_aside, take_back
from rooms.letters import decide, letter_pdf, send

Who = Callable[[str], Actor]


@pytest.fixture
def letter(house: House, kossi: Actor) -> Letter:
    """A letter qualified for the finance department, in its basket."""
    return decide(house, kossi, send(house, kossi, letter_pdf()).letter_id)


def counted(house: House, actor: Actor, day: date) -> tuple[int, ...]:
    """How many letters are to assign, and set aside, on a day."""
    lists = [basket_of(slug, actor).listing(actor, day) for slug in ("a-affecter", "mis-de-cote")]
    return consult.counts(lists, store=house.store, actor=actor)


def test_it_leaves_ones_lists_until_its_day_and_any_move_ends_it(house: House, letter: Letter, who: Who) -> None:
    daf, today = who("daf"), house.clock().date()
    day = today + timedelta(days=1)
    set_aside(letter.id, day, store=house.store, actor=daf, clock=house.clock)
    assert counted(house, daf, today) == (0, 1)
    assert counted(house, daf, day) == (1, 0)
    take_back(letter.id, store=house.store, actor=daf, clock=house.clock)
    assert counted(house, daf, today) == (1, 0)
    set_aside(letter.id, day, store=house.store, actor=daf, clock=house.clock)
    move(letter.id, Order(Move.TAKE, None), store=house.store, actor=daf, clock=house.clock)
    assert counted(house, daf, today) == (0, 0)


def test_it_is_not_put_past_its_deadline_nor_by_somebody_else(house: House, letter: Letter, who: Who) -> None:
    today = house.clock().date()
    assert letter.due_date is not None
    for login, day, code in (
        ("daf", letter.due_date + timedelta(days=1), "aside.day"),
        ("daf", today, "aside.day"),
        ("sg", today + timedelta(days=1), "aside.party"),
    ):
        with pytest.raises(GedError) as refused:
            set_aside(letter.id, day, store=house.store, actor=who(login), clock=house.clock)
        assert refused.value.code == code
