"""Bundles of every format there ever was: accepted by today's script and page, and by the script that they carry."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ged.seal.bundle.verifier import FORMATS, GOOD
from rooms.bundles import entries, forged, pinned, steps

BUNDLES = sorted((Path(__file__).parent / "bundles").glob("format-*.zip"))


def test_every_format_has_its_bundle() -> None:
    assert [int(path.stem.removeprefix("format-")) for path in BUNDLES] == list(FORMATS)


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_an_old_bundle_is_accepted_whole_under_the_keys_of_its_day(path: Path) -> None:
    keys = pinned(json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))
    absent = [step.about for step in steps(path.read_bytes(), keys) if step.state != GOOD]
    assert absent == (["Historique"] if path.stem == "format-1" else [])
    lie = forged(path.read_bytes(), {"original/original.pdf": b"%PDF another"})
    assert {step.state for step in steps(lie, keys)} != {GOOD}


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.stem)
def test_an_old_bundle_is_accepted_by_the_script_that_it_carries(path: Path, tmp_path: Path) -> None:
    (tmp_path / "verifier.py").write_bytes(entries(path.read_bytes())["verifier.py"])
    command = [sys.executable, "-I", "verifier.py", str(path)]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout
