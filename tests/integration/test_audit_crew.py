"""An audit by processes finds what one by threads finds, and goes on, and says so, when they are killed."""

from __future__ import annotations

import hashlib
import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ged.clock import system_clock
from ged.errors import Unavailable
from ged.mail.audit import Audit, Checked, Depth, Weight
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.sign import CmsSigner
from ged.services.audit.crew import Crew, Given
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook
from ged.services.audit.read_log import ReadLog
from ged.services.audit.walk import Told, walk
from ged.services.beside import proof_suffix
from ged.store.vault.local import LocalVault
from ged.store.vault.names import place_of

LETTERS = 600
ASKED = Audit("crew", Depth.FULL, "", "graine", 0, "essai", datetime(2026, 11, 29, tzinfo=UTC))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("keys"), organisation="Essai")


@pytest.fixture
def sealed(keys: SealKeys, tmp_path: Path) -> Ground:
    """Six hundred sealed originals, and who audits them: two processes, from the first handful on."""
    signer, leaves, digests = CmsSigner(keys), list[bytes](), list[str]()
    for number in range(LETTERS):
        data = f"Lettre {number}. ".encode() * (number + 1)
        digest, now = hashlib.sha256(data).hexdigest(), system_clock()
        signature = signer.sign(bytes.fromhex(digest), now)
        _written(tmp_path / "coffre" / place_of(digest), data)
        _written(tmp_path / "coffre" / place_of(digest, "p7s"), signature)
        p7s = hashlib.sha256(signature).hexdigest()
        leaves.append(Leaf(f"{number:022d}", digest, len(data), p7s, "", "capture", "essai", now.isoformat()).encode())
        digests.append(digest)
    for placed, digest in zip(TileLedger(tmp_path / "journal", keys.log).append(leaves), digests, strict=True):
        _written(tmp_path / "coffre" / place_of(digest, proof_suffix(placed.index)), placed.proof.encode())
    return Ground(
        vault=LocalVault(tmp_path / "coffre"),
        documents=ReadLog("documents", tmp_path / "journal", keys.log.verifier),
        store=None,
        trust_pem=signer.trust_pem,
        retained=(),
        folder=tmp_path / "notes",
        clock=system_clock,
        seed="",
        sample=0,
        readers=2,
        patience=(),
    )


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def by_processes(ground: Ground) -> Ground:
    made = replace(ground)
    object.__setattr__(made, "crew", Crew(made.crew.given, 2, 2, alone_s=0))
    return made


def audited(ground: Ground, name: str, told: Told = lambda _audit, _checked: None) -> Audit:
    (ground.folder / name).mkdir(parents=True)
    own = replace(ground, folder=ground.folder / name)
    object.__setattr__(own, "crew", ground.crew)
    return walk(ASKED, own, Notebook(own.folder), told)


def hands() -> list[int]:
    """The processes of this one's audit, that still run."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            status = (each / "stat").read_text().rpartition(") ")[2].split()
            command = (each / "cmdline").read_bytes()
        except OSError:
            continue
        if int(status[1]) == os.getpid() and status[0] != "Z" and b"ged.services.audit.hand" in command:
            found.append(int(each.name))
    return found


def said(audit: Audit) -> list[tuple[str, str, str]]:
    return [(each.code, each.about, each.detail) for one in audit.checks for each in one.findings]


def lies(ground: Ground) -> None:
    """Change an original, a signature and a proof; take another original away."""
    folder = next(ground.folder.parent.glob("coffre"))
    originals = sorted(each for each in folder.rglob("*") if len(each.name) == 64)
    originals[3].write_bytes(originals[3].read_bytes() + b"!")
    signature = originals[200].with_name(originals[200].name + ".p7s")
    signature.write_bytes(signature.read_bytes()[:-1] + b"\0")
    proof = next(originals[400].parent.glob(f"{originals[400].name}.*.tlog-proof"))
    proof.write_text(proof.read_text().replace("index ", "index 1"))
    originals[500].unlink()


def test_processes_tell_what_threads_tell_and_end_with_the_audit(sealed: Ground) -> None:
    lies(sealed)
    at_work = set[int]()
    there = audited(by_processes(sealed), "processus", lambda _audit, _checked: at_work.update(hands()))
    here = audited(sealed, "fils")
    assert said(there) == said(here)
    assert {"object.altered", "object.missing", "p7s.altered", "proof.invalid"} <= {code for code, *_ in said(here)}
    assert [one.looked for one in there.checks] == [one.looked for one in here.checks]
    assert at_work
    assert not hands()


def test_processes_that_are_killed_hide_nothing_and_the_audit_goes_on_and_says_so(sealed: Ground) -> None:
    lies(sealed)
    killed = list[int]()

    def kill(_audit: Audit, checked: Checked) -> None:
        if not checked.done:
            for pid in hands():
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    there = audited(by_processes(sealed), "processus", kill)
    here = audited(sealed, "fils")
    told = [each for one in there.checks for each in one.findings if each.code == "check.killed"]
    assert killed
    assert told
    assert all(each.weight is Weight.REMARK for each in told)
    assert [each for each in said(there) if each[0] != "check.killed"] == said(here)
    assert [one.looked for one in there.checks] == [one.looked for one in here.checks]
    assert all(one.done for one in there.checks if not one.skipped)


def refuse(_given: Given, what: str) -> str:
    raise Unavailable("vault.unavailable", what, disk="sda")


def test_an_error_crosses_from_a_process_whole_and_the_process_goes_on(sealed: Ground) -> None:
    crew = Crew(sealed.crew.given, 1, 1, alone_s=0)
    for _ in range(2):
        with pytest.raises(Unavailable, match="Le disque dort") as caught:
            list(crew.each(refuse, [(1, "Le disque dort.")]))
        assert caught.value.diagnostics() == {
            "code": "vault.unavailable",
            "kind": "unavailable",
            "retryable": True,
            "disk": "sda",
        }
    assert crew.newly_lost() == 0
    crew.close()
    assert not hands()
