"""Proof bundles: the same bytes each time, checked by the script alone and by openssl, with no network and no us."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from engines.time_authority import make_authority
from ged.errors import Corrupt
from ged.seal.bundle.contents import BundledFile, Contents
from ged.seal.bundle.verifier import ABSENT, GOOD
from ged.seal.bundle.write import VERIFIER, write_bundle
from rooms.bundles import LETTER, MISSING, Cosigner, Sealer, commands, entries, steps, written


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    made = Sealer.begin(tmp_path_factory.mktemp("installation"))
    made.ledger.append([b"an entry before"])
    return made


@pytest.fixture(scope="module")
def bundle(sealer: Sealer) -> bytes:
    return sealer.bundle(LETTER, b"%PDF a piece", b"%PDF another")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bundle that lacks nothing, of a confidential letter."""
    made = Sealer.begin(tmp_path_factory.mktemp("other"))
    made.authority_of_time = make_authority(tmp_path_factory.mktemp("time") / "tsa")
    made.witness = Cosigner("cour-des-comptes")
    return made.bundle(LETTER, b"%PDF a piece", salt=bytes(range(32)))


def unpacked(bundle: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        archive.extractall(folder)
    return folder


def alone(command: list[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command without a network, where this machine lets anybody cut it, and without our modules."""
    cut: list[str | Path] = ["unshare", "--user", "--map-root-user", "--net"]
    if subprocess.run([*cut, "true"], capture_output=True, check=False).returncode:
        cut = []
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [*cut, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def script(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return alone([sys.executable, "-I", "verifier.py", *arguments], folder)


def test_the_script_inside_accepts_it_alone(bundle: bytes, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path / "out")
    (folder / "liasse.zip").write_bytes(bundle)
    answer = script(folder, "liasse.zip")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "OUI : chaque étape se vérifie" in answer.stdout
    assert "pas encore horodatée" in answer.stdout
    assert "COMPAREZ-LES" in answer.stdout


def test_a_bundle_that_lacks_nothing_is_accepted_without_a_reserve(whole: bytes, tmp_path: Path) -> None:
    folder = unpacked(whole, tmp_path / "out")
    (folder / "liasse.zip").write_bytes(whole)
    answer = script(folder, "liasse.zip")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "[absent]" not in answer.stdout
    assert "(date prouvée)" in answer.stdout
    assert "Rien ne manque." in (folder / "LISEZMOI.txt").read_text(encoding="utf-8")


def test_the_script_takes_the_keys_that_it_is_given(bundle: bytes, sealer: Sealer, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path / "out")
    (folder / "liasse.zip").write_bytes(bundle)
    (folder / "publie.pem").write_bytes(sealer.authority)
    given: list[str | Path] = ["liasse.zip", "--autorite", "publie.pem", "--journal", sealer.ledger.verifier_key]
    given += ["--journal", sealer.acts.verifier_key]
    assert script(folder, *given).returncode == 0
    stranger = Sealer.begin(tmp_path / "stranger")
    (folder / "publie.pem").write_bytes(stranger.authority)
    answer = script(folder, *given)
    assert answer.returncode == 1
    assert "n'est pas émis par une autorité de confiance" in answer.stdout


def test_the_script_refuses_what_is_no_bundle(tmp_path: Path) -> None:
    shutil.copy(VERIFIER, tmp_path)
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 no zip")
    answer = script(tmp_path, "x.zip")
    assert (answer.returncode, "n'est pas une liasse" in answer.stdout) == (1, True)


def test_the_script_asks_for_nothing_but_python_and_one_library() -> None:
    named = [
        line.split()[1].split(".")[0]
        for line in VERIFIER.read_text(encoding="utf-8").splitlines()
        if line.startswith(("import ", "from "))
    ]
    assert set(named) - sys.stdlib_module_names == {"cryptography"}


def test_a_text_from_a_bundle_never_commands_a_terminal(sealer: Sealer) -> None:
    evil = sealer.file(LETTER, "original", "original/original")
    evil = BundledFile(**{name: getattr(evil, name) for name in evil.__slots__} | {"label": "\x1b[2J\nOUI"})
    made = written(Contents("lettre-1", "1", b"{}", b"[]", (evil,), sealer.material, {}), LETTER)
    assert all(step.about.isprintable() and step.detail.isprintable() for step in steps(made))


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("bundle", {"dgst": 6, "cms": 3, "pkeyutl": 4}),
        ("whole", {"dgst": 4, "(cat": 1, "cms": 2, "pkeyutl": 3, "ts": 3}),
    ],
)
def test_the_commands_of_its_lisezmoi_accept_it_with_no_network(
    name: str, counted: dict[str, int], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = unpacked(request.getfixturevalue(name), tmp_path)
    asked = list(commands((folder / "LISEZMOI.txt").read_text(encoding="utf-8")))
    assert Counter(command.removeprefix("openssl ").split()[0] for command, _ in asked) == counted
    for command, expected in asked:
        answer = alone(["sh", "-c", command], folder)
        assert answer.returncode == 0, (command, answer.stderr)
        assert expected in answer.stdout + answer.stderr, command


def test_the_commands_of_its_lisezmoi_refuse_what_was_changed(bundle: bytes, tmp_path: Path) -> None:
    folder = unpacked(bundle, tmp_path)
    (folder / "original/original.pdf").write_bytes(LETTER + b"\n")
    for path in folder.glob("tetes/*/corps"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\n ", 1))
    refused = []
    for command, expected in commands((folder / "LISEZMOI.txt").read_text(encoding="utf-8")):
        answer = alone(["sh", "-c", command], folder)
        if answer.returncode or expected not in answer.stdout + answer.stderr:
            refused.append(command.split()[1])
    assert refused == ["dgst", "cms", "pkeyutl", "pkeyutl", "pkeyutl", "pkeyutl"]


def test_the_same_contents_give_the_same_bytes(sealer: Sealer) -> None:
    file = sealer.file(LETTER, "original", "original/original")
    contents = Contents("lettre-1", "ARR-2026-000001", b"{}", b"[]", (file,), sealer.material, {})
    assert written(contents, LETTER) == written(contents, LETTER)


def test_a_file_that_waits_for_its_seal_is_said_and_is_no_fault(sealer: Sealer) -> None:
    original, piece = sealer.file(LETTER, "original", "original/original"), b"%PDF piece"
    waits = sealer.file(piece, "piece_jointe", "pieces/1/piece")
    told = {"evidence": None, "missing": "Son sceau est en attente."}
    waits = BundledFile(**{name: getattr(waits, name) for name in waits.__slots__} | told)
    made = written(Contents("lettre-1", "1", b"{}", b"[]", (original, waits), sealer.material, {}), LETTER, piece)
    assert steps(made, sealer.pins)[-1].state == ABSENT
    assert "Son sceau est en attente." in entries(made)["LISEZMOI.txt"].decode()


def test_what_is_missing_is_said_with_its_reason(bundle: bytes, sealer: Sealer) -> None:
    said = {step.detail for step in steps(bundle, sealer.pins) if step.state != GOOD}
    assert said == set(MISSING.values())


def test_a_file_that_changed_in_the_vault_makes_no_bundle(sealer: Sealer) -> None:
    file = sealer.file(LETTER, "original", "original/original")
    contents = Contents("lettre-1", "1", b"{}", b"[]", (file,), sealer.material, {})
    with pytest.raises(Corrupt, match=r"vault\.altered|aucune liasse"):
        write_bundle(contents, BytesIO(), lambda _: BytesIO(LETTER + b"?"))
