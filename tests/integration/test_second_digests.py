"""SHA-512 of the originals in the log: made once, gone on with after a death, held against every byte by an audit."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from api.config import Settings
from api.wiring import House, open_house
from ged.clock import system_clock
from ged.errors import Conflict
from ged.mail.access import SYSTEM, Actor
from ged.mail.audit import Audit, Depth, Outcome
from ged.mail.envelope import Cover, Nature
from ged.mail.journal import Act
from ged.seal.leaf import DISPOSAL, Leaf
from ged.seal.second_digest import SecondDigests, is_second_digests
from ged.services.beside import salt_of
from ged.services.capture import Door
from ged.services.seal import seal
from ged.services.second_digests import Hashed, Lacking, hash_originals, plan_originals
from ingest.capture.receive import receive
from ingest.own_folder import own_folder
from integration.test_audit_command import GED, apart, environment, of, report
from rooms.audits import Sealed, Victim, audited, build, codes, copy_of, findings, seal_letter
from rooms.letters import letter_pdf
from rooms.processes import forking


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


def hashed(house: House | Victim, batch: int = 256) -> list[Hashed]:
    ports: dict[str, Any] = {"store": house.store, "vault": house.vault, "ledger": house.ledger, "clock": house.clock}
    with own_folder("empreintes") as folder:
        return list(hash_originals(**ports, folder=folder, readers=2, batch=batch))


def due_of(house: House | Victim) -> Lacking:
    with own_folder("empreintes") as folder:
        return plan_originals(ledger=house.ledger, folder=folder)


def entries(house: House | Victim) -> list[bytes]:
    return [entry for bundle in house.ledger.bundles() for entry in bundle]


def told(house: House | Victim) -> list[SecondDigests]:
    return [SecondDigests.decode(each) for each in entries(house) if is_second_digests(each)]


def originals(victim: Victim) -> list[str]:
    return [Leaf.decode(each).sha256 for each in entries(victim) if not is_second_digests(each)]


def lacking(audit: Audit) -> list[str]:
    return [each for each in audit.not_checked if each.startswith("SHA-512")]


def test_the_log_holds_the_sha512_of_every_original_and_audits_say_of_how_many_it_does_not(victim: Victim) -> None:
    due = due_of(victim)
    sizes = [(victim.data / "vault" / each[:2] / each[2:4] / each).stat().st_size for each in originals(victim)]
    assert (due.due, due.sealed, due.bytes_due) == (3, 3, sum(sizes))
    before = audited(victim)
    assert [each.partition(" n'en")[0] for each in lacking(before)] == ["SHA-512 : 3 originaux sur 3"]
    assert hashed(victim, batch=2) == [Hashed(2, ()), Hashed(3, ())]
    held = {weak: strong for one in told(victim) for weak, strong in one.plain.items()}
    assert sorted(held) == sorted(originals(victim))
    for weak, strong in held.items():
        with victim.vault.open(weak) as stream:
            assert hashlib.sha512(stream.read()).hexdigest() == strong
    size = victim.ledger.head().size
    assert hashed(victim) == [Hashed(0, ())]
    assert (victim.ledger.head().size, due_of(victim).due) == (size, 0)
    for depth in Depth:
        done = audited(victim, depth)
        assert (done.outcome, codes(done), lacking(done)) == (Outcome.SOUND, set(), [])


def test_a_file_that_is_not_of_the_sha512_of_the_log_is_told_though_its_sha256_is(victim: Victim) -> None:
    first, second, _ = originals(victim)
    false = SecondDigests(system_clock().isoformat(), {first: "0" * 128})
    victim.ledger.append([false.encode()])
    done = audited(victim)
    assert [(one.code, one.about.rpartition(", ")[2]) for one in findings(done)] == [("object.sha512", first)]
    assert done.outcome is Outcome.ALTERED
    hashed(victim)
    later = SecondDigests(system_clock().isoformat(), {second: "1" * 128})
    victim.ledger.append([later.encode()])
    assert [one.code for one in findings(audited(victim))] == ["object.sha512"], "the one that was first stands"


def test_of_what_was_altered_taken_away_or_destroyed_the_log_holds_nothing(victim: Victim) -> None:
    altered, destroyed, away = originals(victim)
    place = victim.data / "vault" / altered[:2] / altered[2:4] / altered
    place.chmod(0o600)
    place.write_bytes(place.read_bytes()[:-1] + b"!")
    leaf = next(leaf for each in entries(victim) if (leaf := Leaf.decode(each)).sha256 == destroyed)
    victim.ledger.append([leaf.disposed("archiviste", system_clock()).encode()])
    victim.vault.shred(away)
    assert due_of(victim).due == 2
    assert hashed(victim) == [Hashed(0, (altered,))]
    assert (told(victim), due_of(victim).due) == ([], 2)
    events = [Leaf.decode(each).event for each in entries(victim)]
    assert events.count(DISPOSAL) == 1


def confidential(house: House, kossi: Actor) -> tuple[bytes, str]:
    """A confidential letter received and sealed: its bytes, and its id."""
    data = letter_pdf(reference="1/PLI")
    cover = Cover(Nature.CONFIDENTIAL, "DAF-1", "Cabinet Adjavon", "PLI 12", None)
    sent = receive(
        BytesIO(data), "pli.pdf", door=Door.UPLOAD, actor=kossi, entrance=house.entrance, sealed=cover
    ).letter_id
    ports: dict[str, Any] = {"store": house.store, "vault": house.vault, "signer": house.signer}
    seal(sent, ledger=house.ledger, clock=house.clock, **ports)
    return data, sent


def test_of_a_confidential_original_the_log_tells_no_digest_and_an_audit_still_holds_it_against_its_bytes(
    house: House, kossi: Actor
) -> None:
    data, sent = confidential(house, kossi)
    open_one = seal_letter(house, "Celle que chacun peut lire")
    weak, strong = hashlib.sha256(data).hexdigest(), hashlib.sha512(data).hexdigest()
    assert hashed(house)[-1] == Hashed(2, ())
    with house.store.unit() as unit:
        leaf = Leaf.decode(unit.seals.of(sent).leaf)  # type: ignore[union-attr]
        lines = json.dumps([line.details for line in unit.journal.of(sent)], default=str)
        assert unit.journal.recent(Act.ORIGINALS_HASHED, SYSTEM.login)[0].details == {"count": 2, "leaf_index": 2}
    (one,) = told(house)
    assert set(one.blinded) == {leaf.sha256}
    salt = salt_of(weak, house.vault)
    assert one.blinded[leaf.sha256] == hashlib.sha512(salt + bytes.fromhex(strong)).hexdigest()
    assert len(one.plain) == 1
    log = b"".join(path.read_bytes() for path in (house.settings.data / "ledger").rglob("*") if path.is_file())
    for digest in (weak, strong):
        assert digest.encode() not in log
        assert bytes.fromhex(digest) not in log
        assert digest not in lines
    house.ledger.append([SecondDigests(system_clock().isoformat(), {}, {leaf.sha256: "0" * 128}).encode()])
    done = report(audit_of(house))
    assert [one for one in done["checks"] if one["faults"]] == [], "the first that was logged stands"
    assert open_one.letter_id != sent


def audit_of(house: House) -> subprocess.CompletedProcess[str]:
    given = environment(house.settings.data, house.database_url) | {"GED_VAULT_ENCRYPTION": "on"}
    return subprocess.run(
        [GED, "audit", "--full", "--json"], capture_output=True, text=True, env=given, check=False, timeout=120
    )


def test_a_false_sha512_of_a_confidential_original_is_told(house: House, kossi: Actor) -> None:
    confidential(house, kossi)
    leaf = Leaf.decode(entries(house)[0])
    house.ledger.append([SecondDigests(system_clock().isoformat(), {}, {leaf.sha256: "0" * 128}).encode()])
    done = report(audit_of(house))
    assert [each["code"] for one in done["checks"] for each in one["findings"]] == ["object.sha512"]


def test_a_stranger_s_audit_holds_the_originals_against_both_digests(victim: Victim, tmp_path: Path) -> None:
    hashed(victim)
    sound = apart("--full", "--json", *of(victim, tmp_path))
    assert sound.returncode == 0, sound.stdout


def test_the_command_shows_its_price_first_and_exits_by_what_it_found(victim: Victim) -> None:
    given = environment(victim.data, victim.database_url)
    ask: Callable[..., subprocess.CompletedProcess[str]] = partial(
        subprocess.run, capture_output=True, text=True, env=given, check=False, timeout=120
    )
    shown = ask([GED, "renew", "--originals", "--json"])
    assert (shown.returncode, json.loads(shown.stdout)["due"], told(victim)) == (0, 3, [])
    done = ask([GED, "renew", "--originals", "--yes"])
    assert (done.returncode, len(told(victim))) == (0, 1), done.stderr
    assert "SHA-512 inscrites : 3." in done.stdout
    assert json.loads(ask([GED, "renew", "--originals", "--json"]).stdout)["due"] == 0


def test_one_run_at_a_time(victim: Victim) -> None:
    with victim.store.exclusive("renew"), pytest.raises(Conflict) as error:
        hashed(victim)
    assert error.value.code == "renew.under_way"


def _hash_and_die(settings: Settings, at: int) -> None:
    """Hash originals anew, an entry for each, in a process that is killed, by SIGKILL, before it reads the last."""
    with open_house(settings) as house:

        class Fatal:
            opened = 0

            def __getattr__(self, name: str) -> Any:
                return getattr(house.vault, name)

            def open(self, digest: str) -> Any:
                self.opened += 1
                if self.opened == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return house.vault.open(digest)

        ports: dict[str, Any] = {"store": house.store, "vault": Fatal(), "ledger": house.ledger, "clock": house.clock}
        with own_folder("empreintes") as folder:
            list(hash_originals(**ports, folder=folder, readers=1, batch=1))


def test_a_run_goes_on_after_kill_9_and_reads_no_original_again_that_the_log_holds(
    house: House, settings: Settings
) -> None:
    for number in range(5):
        seal_letter(house, f"Lettre {number}")
    process = forking.Process(target=_hash_and_die, args=(settings, 4))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    held = len(told(house))
    assert 1 <= held <= 3
    assert due_of(house).due == 5 - held
    assert hashed(house, batch=1)[-1] == Hashed(5 - held, ())
    named = [weak for one in told(house) for weak in one.plain]
    assert len(named) == len(set(named)) == 5
