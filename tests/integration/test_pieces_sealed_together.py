"""Pieces that wait for their seal are sealed under one head, and one that cannot be keeps nobody waiting."""

from __future__ import annotations

from io import BytesIO

import pytest

from api.wiring import House
from ged.mail.access import Actor
from ged.mail.annex import Annex, AnnexKind
from ged.mail.journal import Act
from ged.mail.kept import KeptFile, KeptKind
from ged.seal.leaf import Leaf
from ged.services.attach import attach
from ged.services.seal_pieces import seal_piece
from ged.store.seals import SealRecord
from rooms.letters import letter_pdf, proving, send

PDF = "application/pdf"


@pytest.fixture
def waiting(house: House, kossi: Actor) -> tuple[str, list[Annex], KeptFile]:
    """A letter with two annexes and a file kept with it, none of them sealed."""
    letter_id = send(house, kossi, letter_pdf()).letter_id
    stored = [house.vault.put(BytesIO(b"%%PDF piece %d" % n), media_type=PDF) for n in range(3)]
    with house.store.unit() as unit:
        letter = unit.letters.get(letter_id, None)
        given = {"media_type": PDF, "actor": kossi, "now": house.clock()}
        annexes = [
            attach(unit, letter, AnnexKind.ENCLOSURE, each, label="Plan", **given)  # type: ignore[arg-type]
            for each in stored[:2]
        ]
        unit.arrivals.know(stored[2], PDF, house.clock())
        kept = KeptFile("k" * 22, letter_id, KeptKind.SLIP, stored[2].digest, stored[2].size, PDF, "fiche.pdf",
                        house.clock(), kossi.name, None)  # fmt: skip
        assert unit.kept_files.add(kept)
        unit.commit()
    return letter_id, annexes, kept


def put_seal(house: House, actor: Actor, piece_id: str) -> None:
    given = proving(house, actor)
    del given["actor"]
    seal_piece(piece_id, **given)


def test_pieces_that_wait_share_one_head_and_each_is_sealed_once(
    house: House, kossi: Actor, waiting: tuple[str, list[Annex], KeptFile]
) -> None:
    letter_id, annexes, kept = waiting
    before = house.ledger.head().size
    for each in (kept.id, *(one.id for one in annexes)):
        put_seal(house, kossi, each)
    assert house.ledger.head().size == before + 3
    with house.store.unit() as unit:
        of_annexes = [(one.leaf, one.digest) for one in unit.annexes.of(letter_id)]
        record = unit.kept_files.seal_of(kept.id)
        acts = [line.act for line in unit.journal.of(letter_id)]
    assert isinstance(record, SealRecord)
    leaves = [Leaf.decode(leaf or b"") for leaf, _ in of_annexes]
    assert [each.event for each in leaves] == ["annex", "annex"]
    assert [each.sha256 for each in leaves] == [digest for _, digest in of_annexes]
    assert Leaf.decode(record.leaf).event == "piece"
    assert (acts.count(Act.ANNEX_SEALED), acts.count(Act.KEPT_SEALED)) == (2, 1)


def test_one_that_cannot_be_sealed_keeps_nobody_waiting(
    house: House, kossi: Actor, waiting: tuple[str, list[Annex], KeptFile]
) -> None:
    letter_id, annexes, kept = waiting
    house.vault.attach(annexes[0].digest, "p7s", b"what somebody put there")
    put_seal(house, kossi, kept.id)
    with house.store.unit() as unit:
        assert unit.kept_files.seal_of(kept.id) is not None
        assert [one.leaf for one in unit.annexes.of(letter_id)] == [None, None]
    put_seal(house, kossi, annexes[1].id)
    with house.store.unit() as unit:
        sealed = {one.id: one.leaf_index is not None for one in unit.annexes.of(letter_id)}
    assert sealed == {annexes[0].id: False, annexes[1].id: True}
