"""A worker killed at every point of every stage: the next one goes on, and the letter comes out as if nothing was."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.config import Settings
from api.wiring import House, open_house
from api.worker import run_worker
from ged.mail.access import Actor
from ged.mail.item import Reading, Sealing
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.sign_in import actor_of
from ged.services.verify import verify_letter
from ingest.pipeline import TABLE
from rooms.house import driver_url
from rooms.letters import letter_pdf, read_all, send, verifying
from rooms.processes import forking

POINTS = ("before run", "after run", "after commit")


def _work_and_die(settings: Settings, letter_id: str, stage: str, point: str) -> None:
    def fault(*here: str) -> None:
        if here == (letter_id, stage, point):
            os.kill(os.getpid(), signal.SIGKILL)

    with open_house(settings) as house:
        run_worker(house, until_idle=True, fault=fault)


def killed_worker(settings: Settings, letter_id: str, stage: str, point: str) -> int | None:
    """Run a worker that is killed when a letter comes to a point of a stage; return its exit code."""
    arguments = (settings, letter_id, stage, point)
    process = forking.Process(target=_work_and_die, args=arguments)
    process.start()
    process.join(120)
    code = process.exitcode
    process.kill()
    process.join()
    return code


def outcome(house: House, actor: Actor, letter_id: str) -> dict[str, Any]:
    """What a letter is worth, without what differs from one run to another."""
    file = consult.letter_file(letter_id, store=house.store, actor=actor, clock=house.clock)
    return {
        "reading": file.letter.reading,
        "sealing": file.letter.sealing,
        "pages": [(page.number, page.source, page.text) for page in file.pages],
        "proposals": {name: (one.value, one.confidence) for name, one in file.proposals.items()},
        "images": sorted((image.number, image.width_px, image.digest) for image in file.images),
        "copied": file.rendition is not None,
        "arrivals": len(file.arrivals),
    }


def count(settings: Settings, query: str) -> int:
    assert settings.database.url is not None
    with psycopg.connect(driver_url(settings.database.url.get_secret_value())) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])


def test_a_worker_killed_anywhere_loses_and_doubles_nothing(settings: Settings) -> None:
    """24 letters, the same but for one byte, each on its way when a worker is killed; and one that is spared."""
    scan = letter_pdf()
    with open_house(settings) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        spared = send(house, kossi, scan, "spared.pdf")
        read_all(house)
        expected = outcome(house, kossi, spared.letter_id)
        assert expected["reading"] is Reading.READY

        killed: list[str] = []
        for stage in TABLE:
            for point in POINTS:
                receipt = send(house, kossi, scan + b"%d\n" % len(killed), f"killed-{len(killed)}.pdf")
                killed.append(receipt.letter_id)
                code = killed_worker(settings, receipt.letter_id, stage.name, point)
                assert code == -signal.SIGKILL, (stage.name, point)

        read_all(house)
        for letter_id in killed:
            assert outcome(house, kossi, letter_id) == expected
            assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
        assert house.ledger.head().size == len(killed) + 1
        assert house.index.report().documents == len(killed) + 1
        with house.store.unit() as unit:
            assert unit.queue.left(("seal", "advance")) == 0
            assert unit.outbox.lag()[0] == 0
    assert count(settings, "SELECT count(*) FROM letter") == len(killed) + 1
    kept = sum(stage.kept for stage in TABLE)
    assert count(settings, "SELECT count(*) FROM run WHERE state = 'fait'") == kept * (len(killed) + 1)


def _seal_and_die(settings: Settings, letter_id: str, point: str) -> None:
    """Seal with a vault that is killed just before or just after it keeps a companion."""
    from ged.services.seal import seal  # noqa: PLC0415 - in the process that dies

    with open_house(settings) as house:

        class Killed:
            def companion(self, digest: str, suffix: str) -> bytes | None:
                return house.vault.companion(digest, suffix)

            def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
                name = "p7s" if suffix == "p7s" else "tlog"
                if point == f"before {name}":
                    os.kill(os.getpid(), signal.SIGKILL)
                kept = house.vault.attach(digest, suffix, data)
                if point == f"after {name}":
                    os.kill(os.getpid(), signal.SIGKILL)
                return kept

        killed: Any = Killed()
        seal(letter_id, store=house.store, vault=killed, signer=house.signer, ledger=house.ledger, clock=house.clock)


@pytest.mark.parametrize("point", ["before p7s", "after p7s", "before tlog", "after tlog"])
def test_a_seal_cut_short_is_finished_with_one_signature_and_one_leaf(settings: Settings, point: str) -> None:
    with open_house(settings) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        receipt = send(house, kossi, letter_pdf())
        process = forking.Process(target=_seal_and_die, args=(settings, receipt.letter_id, point))
        process.start()
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        letter = consult.letter(receipt.letter_id, store=house.store, actor=kossi)
        assert letter.sealing is Sealing.PENDING
        kept = house.vault.companion(letter.original, "p7s")
        assert (kept is not None) == (point != "before p7s")
        read_all(house)
        file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
        assert file.letter.sealing is Sealing.SEALED
        assert house.ledger.head().size == 1
        standing = house.vault.companion(letter.original, "p7s")
        assert standing is not None
        assert kept in {None, standing}
        assert file.seal is not None
        assert file.seal.p7s_sha256 == hashlib.sha256(standing).hexdigest()


def _capture_and_die(settings: Settings, path: Path) -> None:
    """Register a file through a vault that is killed once the original is durable, before it is numbered."""
    with open_house(settings) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        send(house, kossi, path.read_bytes(), "avant.pdf")
        stored = house.vault.put(path.with_name("second.pdf").open("rb"), media_type="application/pdf")
        assert stored.size
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_file_whose_capture_was_killed_is_taken_when_it_comes_again(settings: Settings, tmp_path: Path) -> None:
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    first.write_bytes(letter_pdf())
    second.write_bytes(letter_pdf(reference="0456/2026/X"))
    process = forking.Process(target=_capture_and_die, args=(settings, first))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    with open_house(settings) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        assert house.store is not None
        again = send(house, kossi, first.read_bytes())
        fresh = send(house, kossi, second.read_bytes())
        assert (again.again, again.number[-1]) == (True, "1")
        assert (fresh.again, fresh.number[-1]) == (False, "2")
