"""`ged audit` as a program: what it prints, how it exits, killed and taken up, by a stranger without our keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.embedded.ports import free_port
from api.wiring import House
from ged.clock import system_clock
from ged.mail.anchor import LogAnchor
from ged.seal.cosignature import cosign, cosigner_key
from ged.seal.log_key import read_checkpoint
from ged.services.anchored_proofs import keep_proofs
from rooms.audits import Sealed, Victim, build, copy_of, seal_letter, with_own_database
from rooms.house import ROOT

GED = str(Path(sys.executable).with_name("ged"))
OPTIONS = ("--json", "--full")
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
"""What a program is started with that has nothing of ours: this very tree, wherever the environment was installed."""


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


def environment(data: Path, database_url: str) -> dict[str, str]:
    given = {"GED_DATA": str(data), "GED_DATABASE_KIND": "server", "GED_DATABASE_URL": database_url}
    return {**PLAIN, "GED_VAULT_ENCRYPTION": "off", **given}


def audit(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [GED, "audit", *arguments], capture_output=True, text=True, env=environment, cwd=ROOT, check=False, timeout=120
    )


def report(said: subprocess.CompletedProcess[str]) -> Any:
    assert said.stdout, said.stderr
    return json.loads(said.stdout)


def codes(told: Any) -> set[str]:
    return {finding["code"] for one in told["checks"] for finding in one["findings"]}


def stranger(folder: Path, data: Path, key: str, trust: bytes) -> list[str]:
    """What an auditor gives who has the vault, the log and two public keys."""
    (folder / "confiance.pem").write_bytes(trust)
    files = ["--store", str(data / "vault"), "--log", str(data / "ledger"), "--log-key", key]
    return [*files, "--trust", str(folder / "confiance.pem"), "--work", str(folder)]


def of(victim: Victim, folder: Path) -> list[str]:
    return stranger(folder, victim.data, victim.keys.log.verifier, victim.signer.trust_pem)


def apart(*arguments: str) -> subprocess.CompletedProcess[str]:
    return audit(PLAIN, *arguments)


def originals(vault: Path) -> list[Path]:
    return sorted(path for path in vault.rglob("*") if path.is_file() and len(path.name) == 64)


def test_an_installation_that_nobody_touched_exits_with_0_and_a_head_typed_from_paper_counts(
    victim: Victim, tmp_path: Path
) -> None:
    head = victim.ledger.head()
    typed = tmp_path / "papier.txt"
    typed.write_text(f"relevé le lundi\ndocuments {head.size} {head.root}\n", encoding="utf-8")
    here = environment(victim.data, victim.database_url)
    said = audit(here, *OPTIONS, "--heads", str(typed))
    told = report(said)
    assert (said.returncode, told["outcome"], told["retained"]) == (0, "sans_anomalie", 1)
    typed.write_text(f"documents {head.size} {'0' * 64}\n", encoding="utf-8")
    said = audit(here, "--heads", str(typed))
    assert said.returncode == 1
    assert "log.two_heads" in said.stdout


def test_a_database_that_is_away_exits_with_2(victim: Victim) -> None:
    away = environment(victim.data, f"postgresql+psycopg://personne@127.0.0.1:{free_port()}/rien")
    assert audit(away, *OPTIONS).returncode == 2


def test_bad_usage_exits_with_3(victim: Victim, tmp_path: Path) -> None:
    given = of(victim, tmp_path)
    (tmp_path / "vide.txt").write_text("rien d'une tête\n", encoding="utf-8")
    assert apart("--profond").returncode == 3
    assert apart("--store", str(victim.data / "vault")).returncode == 3
    assert apart("--encrypted").returncode == 3
    assert apart(*given, "--heads", str(tmp_path / "vide.txt")).returncode == 3
    assert apart(*given, "--witness", victim.keys.log.verifier).returncode == 3


def test_a_stranger_audits_a_vault_and_is_told_what_was_not_checked(victim: Victim, tmp_path: Path) -> None:
    given = of(victim, tmp_path)
    said = apart(*OPTIONS, *given)
    told = report(said)
    assert (said.returncode, codes(told)) == (0, set())
    assert {one["code"] for one in told["checks"] if one["skipped"]} == {
        "base", "ancrages", "dates", "actes", "registres",
    }  # fmt: skip
    original = originals(victim.data / "vault")[0]
    original.chmod(0o640)
    original.write_bytes(original.read_bytes()[:-1] + b"x")
    said = apart(*OPTIONS, *given)
    assert (said.returncode, "object.altered" in codes(report(said))) == (1, True)


def test_a_stranger_who_has_the_key_of_a_witness_verifies_its_line_in_proofs(
    victim: Victim, sealed: Sealed, postgres_url: str, tmp_path: Path
) -> None:
    head, witness, at = victim.ledger.head(), Ed25519PrivateKey.generate(), system_clock()
    line = cosign(read_checkpoint(head.note, victim.keys.log.verifier), "temoin.example", witness, at)
    vouched = LogAnchor("documents", head.size, head.root, head.note.encode(), at)
    with with_own_database(victim, sealed, postgres_url) as taken:
        with taken.store.unit() as unit:
            unit.anchors.add(vouched)
            unit.anchors.cosign(vouched, line)
            unit.commit()
        keep_proofs("documents", ledger=taken.ledger, store=taken.store, vault=taken.vault)
    given = [*OPTIONS, *of(victim, tmp_path)]
    knowing = [*given, "--witness", cosigner_key("temoin.example", witness.public_key())]
    assert (apart(*knowing).returncode, apart(*given).returncode) == (0, 0)
    proof = next((victim.data / "vault").rglob(f"*.0.{head.size}.tlog-proof"))
    text = proof.read_text(encoding="utf-8")
    at_last = text.rindex("=") - 4  # within its signature
    proof.chmod(0o640)
    proof.write_text(f"{text[:at_last]}{'A' if text[at_last] != 'A' else 'B'}{text[at_last + 1 :]}", encoding="utf-8")
    assert apart(*given).returncode == 0
    said = apart(*knowing)
    assert (said.returncode, codes(report(said))) == (1, {"proof.invalid"})


def test_a_full_audit_killed_in_the_middle_is_taken_up_where_it_was(victim: Victim) -> None:
    here, name = environment(victim.data, victim.database_url), "f" * 64
    blocking = victim.data / "vault" / "ff" / "ff" / name
    blocking.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(blocking)  # whoever opens it to read waits for a writer that never comes
    resumed = (*OPTIONS, "--resume", "essai")
    notebook = victim.data / "audits" / "essai" / "audit.json"
    with subprocess.Popen([GED, "audit", *resumed], env=here, cwd=ROOT) as process:
        try:
            wait_for_the_vault(notebook, process)
        finally:
            process.kill()
    assert process.returncode == -9
    blocking.unlink()
    blocking.write_bytes(b"x")  # behind the place of its death: it must be seen
    left = json.loads(notebook.read_bytes())
    told = report(said := audit(here, *resumed))
    assert (said.returncode, codes(told)) == (1, {"object.altered", "vault.unreferenced"}), (
        "what lay behind the place of its death is seen"
    )
    kept = {one["code"]: one for one in left["checks"]}
    assert {one["code"] for one in left["checks"] if one["done"]} >= {"tetes", "certificats", "journaux", "sceaux"}
    again = {one["code"]: one for one in told["checks"]}
    assert all(again[code] == one for code, one in kept.items() if one["done"]), "what was done is not done again"
    assert report(audit(here, *resumed)) == told, "one that has ended is told, not done again"


def wait_for_the_vault(notebook: Path, process: subprocess.Popen[bytes]) -> None:
    """Return once the checks before that of the vault are written down as done."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        if notebook.exists() and {"sceaux"} <= done(notebook):
            return
        time.sleep(0.05)
    pytest.fail("the audit does not come to the vault")


def done(notebook: Path) -> set[str]:
    return {one["code"] for one in json.loads(notebook.read_bytes())["checks"] if one["done"]}


def test_an_encrypted_vault_is_counted_and_the_report_says_what_that_is_worth(house: House, tmp_path: Path) -> None:
    for subject in ("Une", "Deux"):
        seal_letter(house, subject)
    data = house.settings.data
    given = stranger(tmp_path, data, house.ledger.verifier_key, house.signer.trust_pem)
    said = apart(*OPTIONS, *given)
    assert (said.returncode, "audit.encrypted" in said.stderr) == (3, True)
    said = apart(*OPTIONS, *given, "--encrypted")
    told = report(said)
    assert (said.returncode, codes(told)) == (0, set())
    assert any("ce coffre est chiffré" in one for one in told["not_checked"])
    first, second = originals(data / "vault")[:2]
    first.chmod(0o640)
    first.write_bytes(first.read_bytes()[:15])
    assert "object.altered" in codes(report(apart(*OPTIONS, *given, "--encrypted")))
    second.unlink()
    said = apart(*OPTIONS, *given, "--encrypted")
    assert (said.returncode, "object.missing" in codes(report(said))) == (1, True)
