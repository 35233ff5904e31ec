"""The keys of both logs changed in a living house, by the commands, while its shipper and its witness run."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest

from api.audits import ground_of, logs_of
from api.wiring import House
from ged.clock import system_clock
from ged.errors import Corrupt
from ged.mail.access import Actor
from ged.mail.audit import Audit, Depth
from ged.mail.journal import Act
from ged.seal.keys import ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log_key import in_force, periods, successions
from ged.seal.verify import Outcome
from ged.seal.witness import HttpWitness
from ged.services.audit.heads import compare_heads
from ged.services.bundle import make_bundle
from ged.services.verify import verify_letter
from ged.services.verify_bundle import verify_bundle
from integration.test_audit_command import GED, PLAIN, audit, codes, environment, report, stranger
from integration.test_witness import ged, grow, key_of, running, shown
from rooms.bundles import entries
from rooms.house import ROOT
from rooms.letters import letter_pdf, proving, read_all, send, verifying

Who = Callable[[str], Actor]


def command(house: House, *arguments: str) -> list[dict[str, str]]:
    given = environment(house.settings.data, house.database_url)
    made = subprocess.run(
        [GED, *arguments], capture_output=True, text=True, env=given, cwd=ROOT, check=True, timeout=90
    )
    return [json.loads(line) for line in made.stdout.splitlines()]


@contextmanager
def shipping(house: House) -> Iterator[None]:
    """Ship the journal as a site does, and stop the process by its id."""
    given = environment(house.settings.data, house.database_url) | {"GED_SHIP_EVERY_S": "1"}
    with subprocess.Popen([GED, "ship"], env=given, cwd=ROOT) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


def inscribed(house: House, more_than: int) -> int:
    """Wait until the log of acts is longer, and return its length."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        log = house.journal_log
        if log is not None and log.head().size > more_than:
            return log.head().size
        time.sleep(0.1)
    pytest.fail("the journal is not shipped")


def bundle_of(house: House, actor: Actor, letter_id: str) -> bytes:
    target = BytesIO()
    make_bundle(letter_id, target, published=house.published, journal_log=house.journal_log, **proving(house, actor))
    return target.getvalue()


def judged(house: House, actor: Actor, bundle: bytes) -> Outcome:
    made = proving(house, actor)
    del made["vault"]
    return verify_bundle(BytesIO(bundle), published=house.published, journal_log=house.journal_log, **made).outcome


def test_both_keys_change_while_everything_runs_and_what_was_proved_before_is_proved_still(
    house: House, kossi: Actor, tmp_path: Path
) -> None:
    before = send(house, kossi, letter_pdf(subject="Avant")).letter_id
    read_all(house)
    old_bundle, first = bundle_of(house, kossi, before), house.ledger.verifier_key
    with shipping(house):
        size = inscribed(house, 0)
        documents, journal = command(house, "keys", "rotate", "--log", "--journal", "--json")
        assert (documents["log"], journal["log"]) == ("documents", "journal")
        after = send(house, kossi, letter_pdf(subject="Après")).letter_id
        read_all(house)
        inscribed(house, size)
    log = house.journal_log
    assert log is not None
    assert (house.ledger.verifier_key, log.verifier_key) == (documents["key"], journal["key"])
    assert log.recheck().note.split("\n")[0] == log.origin
    assert len(list((house.settings.data / "journal-keys").glob("*.key"))) == 1
    with house.store.unit() as unit:
        assert [line.details["log"] for line in unit.journal.recent(Act.LOG_KEY_ROTATED, "admin")] == [
            "journal",
            "documents",
        ]
    told = [line for line in command(house, "keys", "list", "--json") if "log" in line or "ended" in line]
    assert [line.get("ended", line.get("log")) for line in told][:2] == [first, documents["key"]]

    new_bundle = bundle_of(house, kossi, after)
    assert entries(new_bundle)["confiance/journaux.vkey"].decode().split()[:2] == [first, documents["key"]]
    for bundle in (old_bundle, new_bundle, bundle_of(house, kossi, before)):
        assert judged(house, kossi, bundle) is Outcome.INTACT
        by_itself(bundle, tmp_path, first, journal["key"])
    by_itself(new_bundle, tmp_path, documents["key"], journal["key"])
    for letter_id in (before, after):
        assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
    for pinned in (first, documents["key"]):
        given = stranger(tmp_path, house.settings.data, pinned, house.signer.trust_pem)
        said = audit(PLAIN, *given, "--encrypted", "--json", "--full")
        assert (said.returncode, codes(report(said)) & {"head.unsigned", "proof.invalid", "log.altered"}) == (0, set())


def by_itself(bundle: bytes, folder: Path, *keys: str) -> None:
    """Have a bundle's own script say that it holds, under one key of each log."""
    (folder / "liasse.zip").write_bytes(bundle)
    (folder / "verifier.py").write_bytes(entries(bundle)["verifier.py"])
    (folder / "autorite.pem").write_bytes(entries(bundle)["confiance/autorite.pem"])
    trusted = [part for key in keys for part in ("--journal", key)]
    given = ["verifier.py", "liasse.zip", "--autorite", "autorite.pem", *trusted]
    python = [os.fspath(Path(GED).with_name("python")), *given]
    said = subprocess.run(python, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stdout


def test_a_log_forged_under_the_key_that_was_replaced_is_found_by_an_audit(
    house: House, kossi: Actor, tmp_path: Path
) -> None:
    send(house, kossi, letter_pdf(subject="Avant"))
    read_all(house)
    stolen = house.keys.log
    command(house, "keys", "rotate", "--log", "--json")
    assert house.keys.log.verifier.startswith(stolen.verifier)
    send(house, kossi, letter_pdf(subject="Après"))
    read_all(house)
    size = house.ledger.head().size
    forged = TileLedger(tmp_path / "forged", type(stolen)(stolen.origin, stolen.private))
    forged.append([b"forged %d" % n for n in range(size)])
    (house.settings.data / "ledger" / "checkpoint").write_text(forged.head().note)
    audit_of = Audit("a", Depth.QUICK, "", "0", 1, "", house.clock())
    with pytest.raises(Corrupt):
        house.ledger.head()
    (step,) = compare_heads(ground_of(house, audit_of), "")
    assert "head.unsigned" in {finding.code for finding in step.findings}
    assert in_force(logs_of(house)[0].key_text) == house.ledger.verifier_key


def test_a_witness_that_runs_follows_the_rotation_and_refuses_who_kept_the_old_key(tmp_path: Path) -> None:
    key = ensure_log_key(tmp_path / "keys" / "log.key", origin="essai/log")
    log, state = TileLedger(tmp_path / "log", key), tmp_path / "witness"
    first = log.verifier_key
    ged("--state", str(state), "--init", "temoin.example/cour", "--trust", first)
    known = key_of(state)
    grow(log, 5)
    with running(state) as url:
        witness = HttpWitness(known, url)
        witness.cosign(*shown(log))
        thief = HttpWitness(known, url)
        script = (
            "from pathlib import Path; from ged.clock import system_clock; from ged.seal.keys import ensure_log_key;"
            "from ged.seal.ledger import TileLedger; from ged.seal.log_rotation import rotate_log;"
            "key = ensure_log_key(Path('keys/log.key'), origin='essai/log');"
            "rotate_log(key, TileLedger(Path('log'), key), print, system_clock)"
        )
        python = os.fspath(Path(GED).with_name("python"))
        subprocess.run([python, "-c", script], cwd=tmp_path, env=PLAIN, check=True, timeout=60)
        grow(log, 3)
        with pytest.raises(Corrupt) as error:
            witness.cosign(*shown(log))
        assert error.value.code == "witness.not_followed"  # not introduced: not believed
        witness.introduce(successions(log.key_text), log.consistency)
        witness.cosign(*shown(log))

        fork = TileLedger(tmp_path / "fork", type(key)(key.origin, key.private))
        grow(fork, 5)  # the same entries, then others, under the key that was replaced
        grow(fork, 9, "forged")
        with pytest.raises(Corrupt) as error:
            thief.cosign(*shown(fork))
        assert error.value.code == "witness.not_followed"
        other = ensure_log_key(tmp_path / "other" / "log.key", origin="essai/log")
        fork.succeed(other.private, system_clock())
        thief.introduce(successions(fork.key_text), fork.consistency)
        with pytest.raises(Corrupt):
            thief.cosign(*shown(fork))
    with running(state) as url:  # it remembers over a kill
        HttpWitness(known, url).cosign(*shown(log))
    assert [period.verifier for period in periods((next(state.glob("journaux/*/verifier"))).read_text())] == [
        first,
        log.verifier_key,
    ]
    told = ged("--state", str(state), check=False)
    assert (told.returncode, "FRAUDE" in told.stdout) == (1, True)
    assert len(list(state.glob("journaux/*/preuves/cle-*.note"))) == 2
    assert list(state.glob("journaux/*/refus/*.note"))
