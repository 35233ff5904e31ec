"""A worker killed at every point of a disposal: the next one goes on, and it ends as if nothing had happened."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from api.config import Settings
from api.disposals import hands_of
from api.wiring import House, open_house
from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.disposal import DisposalState, LineState
from ged.mail.item import State
from ged.mail.journal import Act
from ged.seal.leaf import DISPOSAL, Leaf
from ged.services import consult, dossier
from ged.services.sign_in import actor_of
from retention.disposal import lists
from retention.disposal.carry_out import carry_out
from rooms.disposals import approved, over, over_piece
from rooms.processes import forking

POINTS = (
    "before look", "before condemned", "condemned", "logged", "shredded one", "shredded", "before destroyed",
    "destroyed", "before certificate", "certificate named", "certificate made", "certificate sealed", "done",
)  # fmt: skip


def _carry_out_and_die(settings: Settings, disposal_id: str, point: str) -> None:
    def fault(_letter_id: str, here: str) -> None:
        if here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_house(settings) as house:
        carry_out(disposal_id, hands_of(house, fault))


def killed(settings: Settings, disposal_id: str, point: str) -> int | None:
    process = forking.Process(target=_carry_out_and_die, args=(settings, disposal_id, point))
    process.start()
    process.join(120)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def leaves(house: House, letter_id: str) -> int:
    """Count the entries of the log that tell of the disposal of a letter."""
    every = (Leaf.decode(house.ledger.entry(index)) for index in range(house.ledger.head().size))
    return sum(each.document == letter_id and each.event == DISPOSAL for each in every)


def test_killed_at_every_point_one_after_the_other_it_still_ends_once(settings: Settings) -> None:
    with open_house(settings) as house:
        who: Callable[[str], Actor] = lambda login: actor_of(login, store=house.store, clock=house.clock)  # noqa: E731
        ids = [over(house, who("kossi"), mark) for mark in "AB"]
        case, piece = over_piece(house, who, "C", b"%PDF-1.7 un", b"%PDF-1.7 deux")
        with house.store.unit() as unit:
            files = [digest for each in ids for digest in unit.belongings.objects(each)]
            files += unit.belongings.objects_of_piece(piece)
            versions = [each.id for each in unit.dossier_pieces.versions([piece])[piece]]
        one = approved(house, who)
        for point in POINTS:
            assert killed(settings, one.id, point) == -signal.SIGKILL, point
            with house.store.unit() as unit:
                found = unit.disposals.lines(one.id, None)
                letters = {each.id: each for each in unit.letters.many(ids)}
                (kept,) = unit.dossier_pieces.kept([piece])
            for line in found:  # the log is told before anything is destroyed, the state stands before the log
                gone = [each for each in files if house.vault.stat(each) is None]
                condemned = line.state in {LineState.CONDEMNED, LineState.DESTROYED}
                if line.dossier_id is not None:
                    assert (kept.piece.condemned_at is not None) is condemned, point
                    if kept.digest in gone:
                        assert [leaves(house, each) for each in versions] == [1, 1], point
                    continue
                assert (letters[line.subject_id].state is State.DESTROYED) is condemned, point
                if letters[line.subject_id].original in gone:
                    assert leaves(house, line.subject_id) == 1, point
        done = carry_out(one.id, hands_of(house))
        assert done is not None
        assert done.state is DisposalState.DONE
        every = (Leaf.decode(house.ledger.entry(index)) for index in range(house.ledger.head().size))
        (sealed,) = (each for each in every if each.document == one.id)
        assert sealed.sha256 == done.certificate, "one certificate was sealed, and it is the one that is known"
        file = lists.disposal_file(one.id, store=house.store, actor=who("archives"))
        assert file.counts == {LineState.DESTROYED: 3}
        assert file.left == ()
        for each in ids:
            assert leaves(house, each) == 1
            acts = [
                line.act
                for line in consult.letter_file(
                    each, store=house.store, actor=who("archives"), clock=house.clock
                ).journal
            ]
            assert (acts.count(Act.CONDEMNED), acts.count(Act.DESTROYED)) == (1, 1)
        assert [leaves(house, each) for each in versions] == [1, 1]
        told = [line.act for line in dossier.dossier_file(case, store=house.store, actor=who("daf")).journal]
        assert (told.count(Act.CONDEMNED), told.count(Act.DESTROYED)) == (1, 1)
        for digest in files:
            with pytest.raises(NotFound), house.vault.open(digest):
                pass
        house.ledger.recheck()
