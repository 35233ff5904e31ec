"""Kill -9, a full disk and a failing fsync at every call of the log and of the vault that reaches the disk."""

from __future__ import annotations

import errno
import hashlib
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ged.errors import Corrupt, Unavailable
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log_key import read_checkpoint
from ged.store.vault.local import LocalVault
from rooms.faults import KILL, calls_of, fault, killed_at

BEFORE = [b"acknowledged %d" % n for n in range(255)]
LETTER = b"a letter" * 1000
DIGEST = hashlib.sha256(LETTER).hexdigest()
FAULTS = [KILL, errno.ENOSPC, errno.EIO]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> LogKey:
    return ensure_log_key(tmp_path_factory.mktemp("keys") / "log.key", origin="essai/log")


@pytest.fixture(scope="module")
def grown(key: LogKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log whose next entry fills a tile, so that one append writes tiles of two levels."""
    folder = tmp_path_factory.mktemp("grown") / "log"
    TileLedger(folder, key).place(BEFORE)
    return folder


def signed_heads(folder: Path, key: LogKey) -> set[tuple[int, bytes]]:
    """Return every head that this log's key signed and left anywhere in its folder, drafts included."""
    heads = set()
    for path in folder.glob("*checkpoint*"):
        try:
            head = read_checkpoint(path.read_text(encoding="utf-8"), key.verifier)
        except ValueError:
            continue
        heads.add((head.size, head.root))
    return heads


def answered(at: int, error: int, act: Callable[[], object]) -> bool:
    """Whether an act succeeded although its call number `at` failed: some calls may, a folder that is there already."""
    try:
        with fault(at, error):
            act()
    except (Unavailable, Corrupt, OSError):
        return False
    return True


@pytest.mark.parametrize("error", FAULTS, ids=["kill", "full", "fsync"])
def test_the_log_loses_nothing_acknowledged_and_signs_one_head_of_a_size(
    key: LogKey, grown: Path, tmp_path: Path, error: int
) -> None:
    shutil.copytree(grown, tmp_path / "count")
    calls = calls_of(lambda: TileLedger(tmp_path / "count", key).append([b"under way"]))
    assert calls.count("fsync") >= 8
    assert "replace" in calls
    ended = set()
    for at, name in enumerate(calls):
        folder = tmp_path / f"{at}"
        shutil.copytree(grown, folder)
        if error == KILL:
            killed_at(at, lambda folder=folder: TileLedger(folder, key).append([b"under way"]))  # type: ignore[misc]
        else:
            acknowledged = answered(at, error, lambda folder=folder: TileLedger(folder, key).append([b"under way"]))  # type: ignore[misc]
            assert not acknowledged or TileLedger(folder, key).recheck().size == 256, (at, name)
        seen = signed_heads(folder, key)
        after = TileLedger(folder, key)
        assert after.recheck().size in {255, 256}, (at, name)
        after.append([b"another entry"])
        seen |= signed_heads(folder, key)
        assert len({size for size, _ in seen}) == len(seen), (at, name)
        size = after.recheck().size
        assert [after.entry(index) for index in range(255)] == BEFORE
        assert {after.entry(index) for index in range(255, size)} <= {b"under way", b"another entry"}
        ended.add(size)
        shutil.rmtree(folder)
    assert ended == {256, 257}


@pytest.mark.parametrize("error", FAULTS, ids=["kill", "full", "fsync"])
def test_the_vault_has_a_letter_whole_or_not_at_all(tmp_path: Path, error: int) -> None:
    def put(folder: Path) -> None:
        vault = LocalVault(folder)
        vault.put(io.BytesIO(LETTER), media_type="application/pdf")
        vault.attach(DIGEST, "p7s", b"signature")

    calls = calls_of(lambda: put(tmp_path / "count"))
    assert calls.count("fsync") == 8
    for at, name in enumerate(calls):
        folder = tmp_path / f"{at}"
        if error == KILL:
            killed_at(at, lambda folder=folder: put(folder))  # type: ignore[misc]
        else:
            acknowledged = answered(at, error, lambda folder=folder: put(folder))  # type: ignore[misc]
            assert not acknowledged or LocalVault(folder).companion(DIGEST, "p7s") is not None, (at, name)
        vault = LocalVault(folder)
        for found in vault.objects():
            if found.suffix:
                assert vault.companion(found.digest, found.suffix) == b"signature", (at, name)
            else:
                assert found.size == len(LETTER), (at, name)
        stored = vault.put(io.BytesIO(LETTER), media_type="application/pdf")
        assert stored.digest == DIGEST
        with vault.open(DIGEST) as stream:
            assert stream.read() == LETTER
        assert vault.attach(DIGEST, "p7s", b"signature") == b"signature"
