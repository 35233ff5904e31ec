"""A worker that begins while the vault's disk is away takes no empty folder for the vault: with the real command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from api.open_vault import open_keks
from api.wiring import House
from ged.errors import Unavailable
from ged.store.vault.mark import NAME, known
from ged.store.vault.object_secret import mark_of
from rooms.audits import seal_letter
from rooms.house import ROOT

GED = str(Path(sys.executable).with_name("ged"))


def environment(house: House) -> dict[str, str]:
    """What a unit of the system's gives its worker."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "GED_DATA": str(house.settings.data),
        "GED_DATABASE_KIND": "server",
        "GED_DATABASE_URL": house.database_url,
    }


def ged(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command over an installation, as its worker's unit does."""
    return subprocess.run(
        [GED, *arguments], capture_output=True, text=True, env=environment(house), cwd=ROOT, check=False, timeout=120
    )


def test_an_empty_mount_point_is_refused_and_nothing_is_written_there(house: House) -> None:
    seal_letter(house, "Avant la panne du disque")
    vault = house.settings.data / "vault"
    elsewhere = vault.with_name("disque")
    vault.rename(elsewhere)
    vault.mkdir()
    for command in (("worker",), ("audit", "--full")):
        said = ged(house, *command)
        assert said.returncode != 0
        assert "Le dossier du coffre est vide" in " ".join(said.stderr.split())
        assert "Traceback" not in said.stderr
        assert list(vault.iterdir()) == [], "an empty folder stays empty"
    vault.rmdir()
    elsewhere.rename(vault)
    said = ged(house, "audit", "--full", "--json")
    assert (said.returncode, '"outcome": "sans_anomalie"' in said.stdout) == (0, True), said.stdout + said.stderr


def test_the_disk_of_another_installation_is_refused(house: House) -> None:
    vault = house.settings.data / "vault"
    mark = mark_of(open_keks(house.settings).lookup_key)
    assert (vault / NAME).read_text().strip() == mark.hex()
    with pytest.raises(Unavailable, match="autre installation") as refused:
        known(vault, b"une autre", holds=True)
    assert refused.value.code == "vault.away"


def test_a_vault_older_than_marks_is_marked_where_it_holds_something(house: House) -> None:
    seal_letter(house, "D'avant les marques")
    vault = house.settings.data / "vault"
    mark = (vault / NAME).read_bytes()
    (vault / NAME).unlink()
    known(vault, bytes.fromhex(mark.decode()), holds=True)
    assert (vault / NAME).read_bytes() == mark
    assert not any(one.stranger for one in house.vault.objects()), "the mark is no stranger to an audit"
