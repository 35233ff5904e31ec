"""Who could still act on a letter if its confidentiality rose."""

from __future__ import annotations

import pytest

from ged.mail.access import Role
from ged.mail.item import Confidentiality, State
from ged.mail.organisation import Entity, Position, Seat
from ged.mail.reach import somebody_can_act
from rooms.values import a_letter


def entity(code: str, parent: str | None) -> Entity:
    return Entity(code, "MME", parent, code, code, code, keeps_register=False, number_pattern="", words=())


def seat(code: str, unit: str, role: Role, clearance: str, *holders: str) -> Seat:
    return Seat(Position(code, unit, code, role, Confidentiality(clearance)), holders)


ENTITIES = [entity("MME", None), entity("DAF", "MME"), entity("COMPTA", "DAF"), entity("DRH", "MME")]
MINISTER = seat("MIN", "MME", Role.HEAD, "secret", "A")
HEAD = seat("DAF-1", "DAF", Role.HEAD, "confidentiel", "B")
OFFICER = seat("DAF-A1", "COMPTA", Role.OFFICER, "interne", "C")


@pytest.mark.parametrize(
    ("level", "seats", "expected"),
    [
        ("interne", [OFFICER], True),
        ("confidentiel", [OFFICER], False),
        ("confidentiel", [OFFICER, HEAD], True),
        ("secret", [OFFICER, HEAD], False),
        ("secret", [MINISTER], True),
        ("secret", [seat("MIN", "MME", Role.HEAD, "secret")], False),  # nobody sits there
        ("confidentiel", [seat("DRH-1", "DRH", Role.HEAD, "confidentiel", "D")], False),  # another branch
        ("confidentiel", [seat("SEC", "DAF", Role.SECRETARY, "confidentiel", "E")], False),  # leads, but not from above
        ("personnel", [seat("DAF-A1", "COMPTA", Role.OFFICER, "personnel", "C")], True),
    ],
)
def test_a_letter_may_rise_while_its_holder_or_a_head_above_is_cleared(
    level: str, seats: list[Seat], expected: bool
) -> None:
    letter = a_letter(state=State.IN_PROGRESS, service_id="COMPTA", position_id="DAF-A1")
    assert somebody_can_act(letter, Confidentiality(level), seats=seats, entities=ENTITIES) is expected


def test_what_lies_in_a_unit_waits_for_whoever_works_there() -> None:
    letter = a_letter(state=State.ASSIGNED, service_id="DAF")
    secretary = seat("SEC", "DAF", Role.SECRETARY, "confidentiel", "E")
    keeper = seat("ARCH", "DAF", Role.ARCHIVIST, "confidentiel", "F")
    level = Confidentiality.CONFIDENTIAL
    assert somebody_can_act(letter, level, seats=[secretary], entities=ENTITIES)
    assert not somebody_can_act(letter, level, seats=[keeper], entities=ENTITIES)
