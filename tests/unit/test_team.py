"""The team of a head: who takes letters, what lies under each, who has much."""

from __future__ import annotations

from ged.mail.access import Post, Role
from ged.mail.item import Confidentiality
from ged.mail.moves import Destination
from ged.mail.organisation import Entity, Position, Seat
from ged.mail.team import Load, team_of


def unit(code: str, parent: str | None) -> Entity:
    return Entity(code, "MME", parent, code, code, code, parent is None, "", ())


def seat(code: str, entity: str, role: Role, *holders: str) -> Seat:
    return Seat(Position(code, entity, code, role, Confidentiality.INTERNAL), holders)


ENTITIES = (unit("MME", None), unit("DAF", "MME"), unit("COMPTA", "DAF"), unit("CAISSE", "COMPTA"), unit("MAT", "DAF"))
SEATS = (
    seat("DAF-1", "DAF", Role.HEAD, "Le directeur"),
    seat("DAF-2", "DAF", Role.OFFICER, "Une chargée"),
    seat("DAF-3", "DAF", Role.OFFICER),
    seat("DAF-4", "DAF", Role.ARCHIVIST, "Une archiviste"),
    seat("COMPTA-1", "COMPTA", Role.HEAD, "Le chef comptable"),
)
HEAD = Post(
    "DAF-1", "Directeur", Role.HEAD, Confidentiality.SECRET, "MME", "DAF", "MME", ("CAISSE", "COMPTA", "DAF", "MAT")
)


def test_the_team_is_the_working_seats_of_the_unit_then_the_units_directly_below() -> None:
    team = team_of(HEAD, ENTITIES, SEATS, ())
    assert [one.to for one in team] == [
        Destination("DAF", "DAF-2"),
        Destination("COMPTA", "COMPTA-1"),
        Destination("MAT", None),
    ]


def test_a_unit_below_counts_everything_under_it_and_its_own_basket() -> None:
    loads = (Load("COMPTA", "COMPTA-1", 2, 1), Load("CAISSE", None, 5, 2), Load("DAF", "DAF-1", 9, 9))
    team = {one.to.entity_id: one for one in team_of(HEAD, ENTITIES, SEATS, loads)}
    assert (team["COMPTA"].open, team["COMPTA"].late) == (7, 3)
    assert (team["DAF"].open, team["DAF"].late) == (0, 0)


def test_much_is_said_of_whoever_is_far_above_the_mean() -> None:
    loads = (Load("DAF", "DAF-2", 10, 0), Load("COMPTA", "COMPTA-1", 2, 0), Load("MAT", None, 3, 0))
    assert [one.much for one in team_of(HEAD, ENTITIES, SEATS, loads)] == [True, False, False]
    assert not any(one.much for one in team_of(HEAD, ENTITIES, SEATS, (Load("DAF", "DAF-2", 4, 0),)))
