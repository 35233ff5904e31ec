"""The `ged` command as a person and a script use it, with no server running, on embedded engines."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engines.reachable import reachable_folder
from rooms.house import PILOT, ROOT
from rooms.letters import letter_pdf

GED = str(Path(sys.executable).with_name("ged"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """An installation with the pilot ministry and one letter, read; the commands of this module share it."""
    with reachable_folder("cli") as folder:
        scans = tmp_path_factory.mktemp("scans")
        (scans / "lettre.pdf").write_bytes(letter_pdf())
        (scans / "note.pdf").write_bytes(b"MZ\x90\x00" * 20)
        environment = {"GED_DATA": str(folder / "data")}
        assert ged(environment, "init", str(PILOT)).returncode == 0
        said = ged(environment, "ingest", str(scans), "--wait", "--json")
        assert said.returncode == 2, said.stderr  # one of the two files was refused
        environment["lines"] = said.stdout
        yield environment


def ged(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    known = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "GED_DATA": environment["GED_DATA"]}
    return subprocess.run(
        [GED, *arguments], capture_output=True, text=True, env=known, cwd=ROOT, check=False, timeout=120
    )


def answer(environment: dict[str, str], *arguments: str) -> Any:
    said = ged(environment, *arguments, "--json")
    assert said.returncode == 0, said.stderr
    return json.loads(said.stdout)


def number_of(data: dict[str, str]) -> str:
    return next(str(line["number"]) for line in map(json.loads, data["lines"].splitlines()) if "number" in line)


@pytest.mark.parametrize("module", ["api.cli", "api.worker"])
def test_what_prints_signs_serves_or_migrates_is_not_loaded_before_it_is_used(module: str) -> None:
    heavy = {"alembic", "aiohttp", "docxtpl", "fastapi", "pyhanko", "tesserocr", "weasyprint"}
    program = f"import sys, api.wiring, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert heavy & set(loaded.stdout.split()) == set()


def test_ingest_says_one_object_a_line_and_refuses_without_stopping(data: dict[str, str]) -> None:
    lines = [json.loads(line) for line in data["lines"].splitlines()]
    assert len(lines) == 2
    refused = next(line for line in lines if "code" in line)
    assert refused["code"] == "capture.unknown_type"
    assert refused["file"].endswith("note.pdf")
    assert number_of(data).endswith("-000001")


def test_show_gives_text_words_proposals_and_seal(data: dict[str, str]) -> None:
    found = answer(data, "show", number_of(data))
    assert "transformateur" in found["pages"][0]["text"]
    text, left, top, right, bottom, confidence = found["pages"][0]["words"][0]
    assert text
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert 0 <= confidence <= 1
    assert {one["field"] for one in found["proposals"]} >= {"objet", "date_courrier", "reference"}
    assert found["letter"]["sealing"] == "scelle"
    assert found["seal"]["leaf_index"] == 0


def test_search_finds_by_a_misspelt_word(data: dict[str, str]) -> None:
    found = answer(data, "search", "transformateur", "existnat")
    assert found["letter"]["number"] == number_of(data)
    assert ged(data, "search", "introuvable", "--json").stdout == ""


def test_verify_says_intact_altered_or_unknown_by_its_exit_code(data: dict[str, str], tmp_path: Path) -> None:
    number = number_of(data)
    assert answer(data, "verify", number)["outcome"] == "intact"
    copy, other = tmp_path / "copy.pdf", tmp_path / "other.pdf"
    copy.write_bytes(letter_pdf())
    other.write_bytes(letter_pdf() + b" ")
    assert answer(data, "verify", str(copy))["number"] == number
    assert ged(data, "verify", str(other), "--number", number).returncode == 1
    assert ged(data, "verify", str(other)).returncode == 4


def test_export_writes_what_a_stranger_needs(data: dict[str, str], tmp_path: Path) -> None:
    assert ged(data, "export", number_of(data), "--to", str(tmp_path)).returncode == 0
    folder = tmp_path / number_of(data)
    names = {path.name for path in folder.iterdir()}
    assert {"original.pdf", "original.p7s", "chaine.pem", "preuve.tlog-proof", "copie-consultable.pdf"} <= names
    assert (folder / "original.pdf").read_bytes() == letter_pdf()
    again = ged(data, "export", number_of(data), "--to", str(tmp_path), "--json")
    assert again.returncode == 2
    assert json.loads(again.stdout)["code"] == "export.exists"


def test_status_and_rebuild(data: dict[str, str]) -> None:
    state = answer(data, "status")
    assert state["store"]["letters"] == 1
    assert state["store"]["holes"] == []
    assert state["ledger"]["size"] == 1
    assert answer(data, "rebuild-index") == {"documents": 1}
    assert answer(data, "status")["index"]["documents"] == 1
    assert answer(data, "search", "transformateur")["letter"]["number"] == number_of(data)


def test_init_again_changes_nothing(data: dict[str, str]) -> None:
    assert ged(data, "init", str(PILOT)).returncode == 0
    assert answer(data, "show", number_of(data))["letter"]["number"] == number_of(data)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "ARR-2026-999999"), 4),
        (("show", "ARR-2026-000001", "--as", "personne"), 4),
        (("search", "x", "--as", "personne"), 4),
        (("init", "nulle-part"), 2),
        (("status", "--as", "admin"), 0),
    ],
)
def test_exit_codes_say_what_went_wrong(data: dict[str, str], arguments: tuple[str, ...], code: int) -> None:
    assert ged(data, *arguments).returncode == code


@pytest.mark.parametrize(
    "verb",
    [
        "serve",
        "worker",
        "init",
        "ingest",
        "show",
        "search",
        "verify",
        "export",
        "status",
        "rebuild-index",
        "start",
        "password",
        "token",
    ],
)
def test_every_verb_explains_itself(data: dict[str, str], verb: str) -> None:
    said = ged(data, verb, "--help")
    assert said.returncode == 0
    assert len(said.stdout) > 100


def test_history_tells_a_letter_from_its_arrival_on_and_writes_it_as_a_table(
    data: dict[str, str], tmp_path: Path
) -> None:
    number = number_of(data)
    told = answer(data, "history", number, "--as", "audit")
    assert told["events"][0]["act"] == "courrier.capture"
    assert len(told["digests"]) == len(told["events"])
    shown = ged(data, "history", number)
    assert "Enregistré" in shown.stdout
    table, paper = tmp_path / "table.csv", tmp_path / "paper.pdf"
    assert ged(data, "history", number, "--csv", str(table)).returncode == 0
    assert table.read_text(encoding="utf-8-sig").startswith("rang;instant (UTC);personne")
    assert ged(data, "history", number, "--pdf", str(paper)).returncode == 0
    assert paper.read_bytes().startswith(b"%PDF")
