"""Two archivists at once, over the same letters: nobody waits in a ring, and what stands at the end is true."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from api.disposals import hands_of
from api.wiring import House
from ged.errors import Conflict, Refused
from ged.mail.access import Actor
from ged.mail.disposal import Disposal, DisposalState, LineState
from ged.mail.item import State
from ged.mail.legal_hold import Scope
from ged.services import consult, dossier, hold
from ged.services.hold import NewHold
from properties.test_register import register_one
from retention.disposal import lists
from retention.disposal.carry_out import carry_out
from retention.nightly import sweep_letters
from rooms.disposals import over, own

Who = Callable[[str], Actor]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things in threads that begin together; give what each returned or refused."""
    ready = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except (Conflict, Refused) as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))


@pytest.fixture
def cases(house: House, kossi: Actor, who: Who) -> tuple[list[str], list[str]]:
    """Letters that are all in each of two dossiers, in one order and in the other."""
    letters = [register_one(house.store, kossi, f"lettre {n}".encode()).letter_id for n in range(24)]
    found = []
    for order in (letters, letters[::-1]):
        case = dossier.begin("", "Affaire", "DAF", (), **own(house, who("daf")))
        for each in order:
            dossier.put_in(case.id, each, **own(house, kossi))
        found.append(case.id)
    return letters, found


def test_holds_placed_and_lifted_at_once_leave_every_letter_as_it_is(
    house: House, who: Who, cases: tuple[list[str], list[str]]
) -> None:
    letters, (one, other) = cases
    archives = own(house, who("archives"))

    def place(case: str) -> Callable[[], str]:
        return lambda: hold.place(NewHold(Scope.DOSSIER, case, "Contentieux"), **archives).id

    def lift(hold_id: str) -> Callable[[], object]:
        return lambda: hold.lift(hold_id, "Clos", **archives)

    def held() -> set[bool]:
        with house.store.unit() as unit:
            return {each.held for each in unit.letters.many(letters)}

    standing = place(one)()
    for _ in range(6):
        _, placed = at_once(lift(standing), place(other))
        assert held() == {True}, "one was lifted while the other was placed: that one holds"
        standing, last = at_once(place(one), lift(placed))
        assert last.lifted_by
        assert held() == {True}
    first, second = at_once(lift(standing), place(other))
    assert held() == {True}
    third = place(one)()
    at_once(lift(second), lift(third))
    assert first.lifted_by
    assert held() == {False}, "both were lifted at once: nothing holds"


def test_two_lists_prepared_at_once_share_no_letter_and_are_carried_out_at_once(
    house: House, kossi: Actor, who: Who
) -> None:
    letters = [over(house, kossi, f"M{n}") for n in range(6)]
    sweep_letters(house.store, house.clock)
    archives = own(house, who("archives"))
    made = [one for one in at_once(*[lambda: lists.prepare(**archives)] * 2) if isinstance(one, Disposal)]
    assert len(made) == 1, "the second finds every letter taken"
    for each in letters[::2]:
        lists.remove(made[0].id, each, "Pour un autre bordereau", **archives)
    made.append(lists.prepare(**archives))
    for one in made:
        lists.visa(one.id, "SG-1", **archives)
        lists.approve(one.id, **own(house, who("sg")))
    done = at_once(*(partial(carry_out, one.id, hands_of(house)) for one in made))
    assert [one.state for one in done] == [DisposalState.DONE] * 2
    destroyed = [
        line.subject_id
        for one in made
        for line, _ in lists.disposal_file(one.id, store=house.store, actor=who("archives")).lines
        if line.state is LineState.DESTROYED
    ]
    assert sorted(destroyed) == sorted(letters), "each letter once"
    assert {consult.letter(each, store=house.store, actor=kossi).state for each in letters} == {State.DESTROYED}
    house.ledger.recheck()
