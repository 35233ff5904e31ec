"""Letters that wait for their seal are sealed under one head, and one that cannot be sealed keeps nobody waiting."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from api.config import Settings
from api.wiring import House, open_house
from ged.mail.access import Actor
from ged.mail.item import Sealing
from ged.seal.ledger import TileLedger
from ged.seal.note import open_note, read_proof
from ged.seal.tiles import durable_write
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.beside import proof_suffix
from ged.services.seal import TOGETHER, seal
from ged.services.verify import verify_letter
from rooms.letters import letter_pdf, proving, send, verifying
from rooms.processes import forking


def registered(house: House, actor: Actor, count: int) -> list[str]:
    return [send(house, actor, letter_pdf() + b"%d\n" % n, f"lettre-{n}.pdf").letter_id for n in range(count)]


def put_seal(house: House, actor: Actor, letter_id: str) -> None:
    given = proving(house, actor)
    del given["actor"]
    seal(letter_id, **given)


def state(house: House, actor: Actor, letter_id: str) -> Sealing:
    return consult.letter(letter_id, store=house.store, actor=actor).sealing


def test_letters_that_wait_share_one_head(house: House, kossi: Actor) -> None:
    letters = registered(house, kossi, 5)
    put_seal(house, kossi, letters[3])
    sizes = set()
    for letter_id in letters:
        assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
        file = consult.letter_file(letter_id, store=house.store, actor=kossi, clock=house.clock)
        assert file.seal is not None
        proof = house.vault.companion(file.letter.original, proof_suffix(file.seal.leaf_index))
        assert proof is not None
        sizes.add(open_note(read_proof(proof.decode()).checkpoint)[0].size)
    assert sizes == {len(letters)} == {house.ledger.head().size}
    for letter_id in letters:
        put_seal(house, kossi, letter_id)
    assert house.ledger.head().size == len(letters)
    assert len(letters) < TOGETHER


def test_one_that_cannot_be_sealed_keeps_nobody_waiting(house: House, kossi: Actor) -> None:
    bad, good = registered(house, kossi, 2)
    original = consult.letter(bad, store=house.store, actor=kossi).original
    house.vault.attach(original, "p7s", b"what somebody put there")
    put_seal(house, kossi, good)
    assert (state(house, kossi, good), state(house, kossi, bad)) == (Sealing.SEALED, Sealing.PENDING)
    assert verify_letter(good, **verifying(house, kossi)).outcome is Outcome.INTACT


def _seal_and_die(settings: Settings, letter_id: str, fatal: int) -> None:
    """Seal with a log that is killed just before its n-th write."""
    writes = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        durable_write(path, data)

    with open_house(settings) as house:
        log = TileLedger(settings.data / "ledger", house.keys.log, write)
        seal(letter_id, store=house.store, vault=house.vault, signer=house.signer, ledger=log, clock=house.clock)


@pytest.mark.parametrize("fatal", [1, 2, 3])
def test_a_kill_between_two_writes_of_the_log_leaves_each_letter_with_one_entry(
    house: House, kossi: Actor, settings: Settings, fatal: int
) -> None:
    letters = registered(house, kossi, 3)
    process = forking.Process(target=_seal_and_die, args=(settings, letters[0], fatal))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert [state(house, kossi, each) for each in letters] == [Sealing.PENDING] * 3
    for letter_id in letters:
        put_seal(house, kossi, letter_id)
        assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
    assert house.ledger.recheck().size == len(letters)
