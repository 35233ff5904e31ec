"""The log of seals: RFC 9162 against a naive reference, kills and full disks at each write, and every lie on disk."""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.errors import Corrupt, NotFound, Unavailable
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.ledger import TileLedger
from ged.seal.note import read_checkpoint, read_proof
from ged.seal.tiles import durable_write, tile_path
from ged.seal.tree import check_consistency, check_inclusion, consistency, inclusion, leaf_hash, root_of


def naive_root(entries: Sequence[bytes]) -> bytes:
    """The Merkle tree hash as RFC 9162, 2.1.1 defines it, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return hashlib.sha256(b"\x01" + naive_root(entries[:split]) + naive_root(entries[split:])).digest()


def entries_of(count: int) -> list[bytes]:
    return [b"entry %d" % n for n in range(count)]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("keys"), organisation="Essai")


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_the_root_is_that_of_the_norm(entries: list[bytes]) -> None:
    assert root_of([leaf_hash(entry) for entry in entries]) == naive_root(entries)


@given(st.data())
def test_every_inclusion_proof_holds_and_no_other(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 70))
    index = data.draw(st.integers(0, size - 1))
    hashes = [leaf_hash(entry) for entry in entries_of(size)]
    proof = inclusion(index, 0, size, lambda start, end: root_of(hashes[start:end]))
    root = root_of(hashes)
    assert check_inclusion(hashes[index], index, size, proof, root)
    assert not check_inclusion(leaf_hash(b"foreign"), index, size, proof, root)
    assert not check_inclusion(hashes[index], index, size, [*proof, root], root)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert not check_inclusion(hashes[index], other, size, proof, root)


@given(st.data())
def test_a_log_that_only_grew_is_told_from_one_that_was_rewritten(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 70))
    older = data.draw(st.integers(1, size))
    hashes = [leaf_hash(entry) for entry in entries_of(size)]
    proof = consistency(older, size, lambda start, end: root_of(hashes[start:end]))
    assert check_consistency(older, size, proof, root_of(hashes[:older]), root_of(hashes))
    forged = [leaf_hash(b"forged"), *hashes[1:]]
    assert not check_consistency(older, size, proof, root_of(forged[:older]), root_of(hashes))


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "tile/0/000"),
        (1234067, 256, "tile/0/x001/x234/067"),
        (5, 17, "tile/0/005.p/17"),
    ],
)
def test_tiles_lie_where_the_norm_says(index: int, width: int, path: str) -> None:
    assert tile_path("0", index, width) == path


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 700])
def test_entries_keep_their_place_and_their_proof(keys: SealKeys, tmp_path: Path, count: int) -> None:
    ledger = TileLedger(tmp_path, keys)
    entries = entries_of(count)
    for start in range(0, count, 100):
        ledger.append(entries[start : start + 100])
    assert ledger.head().size == count
    assert ledger.head().root == naive_root(entries).hex()
    for index in {0, count // 2, count - 1}:
        assert ledger.entry(index) == entries[index]
        proof = read_proof(ledger.prove(index).proof)
        head = read_checkpoint(proof.checkpoint, ledger.verifier_key)
        assert check_inclusion(leaf_hash(entries[index]), index, head.size, proof.path, head.root)
    assert ledger.recheck().size == count


def test_an_entry_logged_already_keeps_its_place(keys: SealKeys, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, keys)
    first = ledger.append([b"a", b"b"])
    again = TileLedger(tmp_path, keys).append([b"b", b"c", b"a"])
    assert [entry.index for entry in first] == [0, 1]
    assert [entry.index for entry in again] == [1, 2, 0]
    assert ledger.head().size == 3


def test_the_index_of_places_is_made_again_when_it_is_lost_or_broken(keys: SealKeys, tmp_path: Path) -> None:
    TileLedger(tmp_path, keys).append([b"a", b"b"])
    (tmp_path / "places.sqlite").write_bytes(b"not a database, whatever its name says" * 50)
    assert TileLedger(tmp_path, keys).append([b"b"])[0].index == 1
    (tmp_path / "places.sqlite").unlink()
    assert TileLedger(tmp_path, keys).append([b"a"])[0].index == 0


def test_what_is_not_logged_is_said_unknown(keys: SealKeys, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, keys)
    assert ledger.head().size == 0
    for ask in (ledger.entry, ledger.prove):
        for index in (-1, 0, 7):
            with pytest.raises(NotFound):
                ask(index)


def _append_many(folder: Path, keys_folder: Path, writer: int) -> None:
    ledger = TileLedger(folder, ensure_keys(keys_folder, organisation="Essai"))
    for n in range(40):
        ledger.append([b"writer %d entry %d" % (writer, n)])


def test_processes_that_append_at_once_make_one_log(tmp_path: Path) -> None:
    keys = ensure_keys(tmp_path / "keys", organisation="Essai")
    spawn = multiprocessing.get_context("spawn")
    arguments = [(tmp_path / "log", tmp_path / "keys", writer) for writer in range(4)]
    writers = [spawn.Process(target=_append_many, args=each) for each in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    ledger = TileLedger(tmp_path / "log", keys)
    assert ledger.recheck().size == 160
    assert len({ledger.entry(index) for index in range(160)}) == 160


class _Stop(BaseException):
    """Ends a write as a kill would: nothing after it runs."""


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300])
def test_a_writer_killed_at_any_write_loses_nothing_acknowledged(keys: SealKeys, tmp_path: Path, size: int) -> None:
    before = entries_of(size)
    if before:
        TileLedger(tmp_path / "whole", keys).append(before)
    count = _writes_of_one_append(tmp_path / "count", keys, before)
    for fatal in range(count):
        folder = tmp_path / f"killed-{fatal}"
        if before:
            TileLedger(folder, keys).append(before)
        done = 0

        def write(path: Path, data: bytes, fatal: int = fatal) -> None:
            nonlocal done
            if done == fatal:
                raise _Stop
            durable_write(path, data)
            done += 1

        with pytest.raises(_Stop):
            TileLedger(folder, keys, write=write).append([b"the one under way"])
        after = TileLedger(folder, keys)
        assert after.recheck().size == size
        assert after.append([b"the one under way"])[0].index == size
        assert after.recheck().size == size + 1


def _writes_of_one_append(folder: Path, keys: SealKeys, before: list[bytes]) -> int:
    if before:
        TileLedger(folder, keys).append(before)
    written: list[Path] = []

    def write(path: Path, data: bytes) -> None:
        durable_write(path, data)
        written.append(path)

    TileLedger(folder, keys, write=write).append([b"the one under way"])
    assert len(written) >= 3
    return len(written)


def test_a_disk_that_refuses_stops_this_writer_for_good(keys: SealKeys, tmp_path: Path) -> None:
    refused = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal refused
        refused += 1
        raise OSError(28, "No space left on device")

    ledger = TileLedger(tmp_path, keys, write=write)
    for _ in range(2):
        with pytest.raises(Unavailable) as error:
            ledger.append([b"a"])
        assert error.value.code == "ledger.stopped"
    assert refused == 1
    assert TileLedger(tmp_path, keys).append([b"a"])[0].index == 0


def test_every_flipped_byte_on_disk_is_found(keys: SealKeys, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, keys)
    ledger.append(entries_of(5))
    (files,) = [[path for path in tmp_path.rglob("*") if path.is_file()]]
    parts = [path for path in files if path.name == "checkpoint" or "tile" in path.parts]
    assert len(parts) >= 3
    missed = []
    for path in parts:
        data = path.read_bytes()
        for place in range(len(data)):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            try:
                TileLedger(tmp_path, keys).recheck()
            except Corrupt:
                continue
            missed.append((path.name, place))
        path.write_bytes(data)
    assert missed == []
    assert TileLedger(tmp_path, keys).recheck().size == 5


def test_a_log_cut_back_to_an_older_head_shows_fewer_entries(keys: SealKeys, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, keys)
    ledger.append([b"a"])
    older = (tmp_path / "checkpoint").read_bytes()
    ledger.append([b"b"])
    (tmp_path / "checkpoint").write_bytes(older)
    assert TileLedger(tmp_path, keys).recheck().size == 1
