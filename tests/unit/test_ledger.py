"""The log of seals: RFC 9162 against a naive reference, kills and full disks at each write, and every lie on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ged.errors import Corrupt, NotFound, Unavailable
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log import TileLog
from ged.seal.log_key import read_checkpoint
from ged.seal.note import read_proof
from ged.seal.recheck import recomputed_root
from ged.seal.tiles import Tiles, durable_write, extend, tile_path
from ged.seal.tree import check_consistency, check_inclusion, consistency, inclusion, leaf_hash, root_of
from rooms.processes import forking


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


def plain_write(path: Path, data: bytes) -> None:
    """Write without flushing, where what is tried is not the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> LogKey:
    return ensure_log_key(tmp_path_factory.mktemp("keys") / "log.key", origin="essai/log")


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


@pytest.mark.parametrize("size", [0, 1, 3, 255, 256, 257, 512, 65_535, 65_537])
def test_a_log_recomputed_from_its_entries_has_the_root_of_the_norm(key: LogKey, tmp_path: Path, size: int) -> None:
    TileLedger(tmp_path, key, plain_write).place(entries_of(size))
    assert recomputed_root(Tiles(tmp_path, size)) == root_of([leaf_hash(entry) for entry in entries_of(size)])


@pytest.fixture(scope="module")
def three_levels(key: LogKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("levels")
    TileLedger(folder, key, plain_write).place(entries_of(257 * 256 + 1))
    return folder


@pytest.mark.parametrize("tile", ["tile/0/000", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1", "tile/0/257.p/1"])
def test_a_recomputed_log_tells_a_tile_of_any_level_that_is_not_its_own(
    key: LogKey, three_levels: Path, tile: str
) -> None:
    path = three_levels / tile
    data = path.read_bytes()
    for changed in (data[:-1] + bytes([data[-1] ^ 1]), data[:-32], data + data[:32]):
        path.write_bytes(changed)
        with pytest.raises(Corrupt):
            TileLedger(three_levels, key).recheck()
    path.write_bytes(data)
    assert TileLedger(three_levels, key).recheck().size == 257 * 256 + 1


@pytest.mark.parametrize("count", [1, 2, 255, 256, 257, 700])
def test_entries_keep_their_place_and_their_proof(key: LogKey, tmp_path: Path, count: int) -> None:
    ledger = TileLedger(tmp_path, key)
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


def partials(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.p/*"))


def test_partial_tiles_go_once_the_full_one_is_signed_and_older_heads_are_still_read(
    key: LogKey, tmp_path: Path
) -> None:
    ledger, notes = TileLedger(tmp_path, key, plain_write), dict[int, str]()
    for start in range(0, 600, 50):
        ledger.place(entries_of(600)[start : start + 50])
        notes[start + 50] = ledger.head().note
        if start == 150:
            assert len(partials(tmp_path)) == 8  # not full yet: a reader of an older head has nothing else
    assert {path.rpartition("/")[0] for path in partials(tmp_path)} == {
        "tile/0/002.p", "tile/1/000.p", "tile/entries/002.p",
    }  # fmt: skip
    for size, note in notes.items():
        older = Tiles(tmp_path, size)
        assert recomputed_root(older) == read_checkpoint(note, key.verifier).root
        assert older.entries((size - 1) // 256)[-1] == b"entry %d" % (size - 1)
        assert ledger.inclusion(0, size)
    assert ledger.recheck().size == 600
    full = tmp_path / "tile" / "entries" / "000"
    full.write_bytes(full.read_bytes()[:-1])
    with pytest.raises(Corrupt):
        recomputed_root(Tiles(tmp_path, 50))


def test_partial_tiles_that_a_death_left_go_with_the_next_writer(key: LogKey, tmp_path: Path) -> None:
    TileLedger(tmp_path, key, plain_write).place(entries_of(300))
    for name in ("tile/0/000.p/7", "tile/entries/000.p/7"):
        plain_write(tmp_path / name, b"left")
    TileLedger(tmp_path, key, plain_write).place([b"one more"])
    assert not [each for each in partials(tmp_path) if "000.p" in each and "tile/1" not in each]
    assert TileLedger(tmp_path, key).recheck().size == 301


def test_a_full_tile_that_no_head_signed_removes_nothing(key: LogKey, tmp_path: Path) -> None:
    """Killed between the full tile and its head: the head that stands still has its partial tile."""
    TileLedger(tmp_path, key, plain_write).place(entries_of(250))

    def write(path: Path, data: bytes) -> None:
        if path.name == "checkpoint":
            raise _Stop
        plain_write(path, data)

    with pytest.raises(_Stop):
        TileLedger(tmp_path, key, write).place(entries_of(260))
    assert (tmp_path / "tile/0/000").exists()
    assert partials(tmp_path)[:1] == ["tile/0/000.p/250"]
    assert TileLedger(tmp_path, key).recheck().size == 250


def test_an_entry_logged_already_keeps_its_place(key: LogKey, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, key)
    first = ledger.append([b"a", b"b"])
    again = TileLedger(tmp_path, key).append([b"b", b"c", b"a"])
    assert [entry.index for entry in first] == [0, 1]
    assert [entry.index for entry in again] == [1, 2, 0]
    assert ledger.head().size == 3


def test_the_index_of_places_is_made_again_when_it_is_lost_or_broken(key: LogKey, tmp_path: Path) -> None:
    TileLedger(tmp_path, key).append([b"a", b"b"])
    (tmp_path / "places.sqlite").write_bytes(b"not a database, whatever its name says" * 50)
    assert TileLedger(tmp_path, key).append([b"b"])[0].index == 1
    (tmp_path / "places.sqlite").unlink()
    assert TileLedger(tmp_path, key).append([b"a"])[0].index == 0


def test_two_logs_live_side_by_side_and_neither_takes_the_heads_of_the_other(key: LogKey, tmp_path: Path) -> None:
    documents = TileLedger(tmp_path / "documents", key)
    other = ensure_log_key(tmp_path / "keys" / "actes.key", origin="essai/log/journal")
    journal = TileLedger(tmp_path / "journal", other)
    assert (documents.append([b"seal"])[0].index, journal.append([b"act", b"act 2"])[1].index) == (0, 1)
    assert (documents.origin, journal.origin) == ("essai/log", "essai/log/journal")
    assert documents.head().size == 1
    (tmp_path / "documents" / "checkpoint").write_text(journal.head().note, encoding="utf-8")
    with pytest.raises(Corrupt) as error:
        documents.head()
    assert error.value.code == "ledger.head"


def test_a_log_is_read_with_its_public_key_alone(key: LogKey, tmp_path: Path) -> None:
    reader = TileLog(tmp_path, key.verifier)
    assert (reader.head().size, reader.head().note) == (0, "")
    TileLedger(tmp_path, key).append([b"a", b"b"])
    assert reader.entry(1) == b"b"
    assert reader.recheck() == TileLedger(tmp_path, key).head()


def test_what_is_not_logged_is_said_unknown(key: LogKey, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, key)
    assert ledger.head().size == 0
    for ask in (ledger.entry, ledger.prove):
        for index in (-1, 0, 7):
            with pytest.raises(NotFound):
                ask(index)


def _append_many(folder: Path, key_file: Path, writer: int) -> None:
    ledger = TileLedger(folder, ensure_log_key(key_file, origin="essai/log"))
    for n in range(40):
        ledger.append([b"writer %d entry %d" % (writer, n)])


def test_processes_that_append_at_once_make_one_log(tmp_path: Path) -> None:
    key = ensure_log_key(tmp_path / "log.key", origin="essai/log")
    arguments = [(tmp_path / "log", tmp_path / "log.key", writer) for writer in range(4)]
    writers = [forking.Process(target=_append_many, args=each) for each in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    ledger = TileLedger(tmp_path / "log", key)
    assert ledger.recheck().size == 160
    assert len({ledger.entry(index) for index in range(160)}) == 160


class _Stop(BaseException):
    """Ends a write as a kill would: nothing after it runs."""


@pytest.mark.parametrize("size", [0, 1, 255, 256, 300])
def test_a_writer_killed_at_any_write_loses_nothing_acknowledged(key: LogKey, tmp_path: Path, size: int) -> None:
    before = entries_of(size)
    if before:
        TileLedger(tmp_path / "whole", key).append(before)
    count = _writes_of_one_append(tmp_path / "count", key, before)
    for fatal in range(count):
        folder = tmp_path / f"killed-{fatal}"
        if before:
            TileLedger(folder, key).append(before)
        done = 0

        def write(path: Path, data: bytes, fatal: int = fatal) -> None:
            nonlocal done
            if done == fatal:
                raise _Stop
            durable_write(path, data)
            done += 1

        with pytest.raises(_Stop):
            TileLedger(folder, key, write=write).append([b"the one under way"])
        after = TileLedger(folder, key)
        assert after.recheck().size == size
        assert after.append([b"the one under way"])[0].index == size
        assert after.recheck().size == size + 1


def _writes_of_one_append(folder: Path, key: LogKey, before: list[bytes]) -> int:
    if before:
        TileLedger(folder, key).append(before)
    written: list[Path] = []

    def write(path: Path, data: bytes) -> None:
        durable_write(path, data)
        written.append(path)

    TileLedger(folder, key, write=write).append([b"the one under way"])
    assert len(written) >= 3
    return len(written)


def test_a_disk_that_refuses_stops_this_writer_for_good(key: LogKey, tmp_path: Path) -> None:
    refused = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal refused
        refused += 1
        raise OSError(28, "No space left on device")

    ledger = TileLedger(tmp_path, key, write=write)
    for _ in range(2):
        with pytest.raises(Unavailable) as error:
            ledger.append([b"a"])
        assert error.value.code == "ledger.stopped"
    assert refused == 1
    assert TileLedger(tmp_path, key).append([b"a"])[0].index == 0


def test_every_flipped_byte_on_disk_is_found(key: LogKey, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, key)
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
                TileLedger(tmp_path, key).recheck()
            except Corrupt:
                continue
            missed.append((path.name, place))
        path.write_bytes(data)
    assert missed == []
    assert TileLedger(tmp_path, key).recheck().size == 5


def test_a_log_cut_back_to_an_older_head_shows_fewer_entries(key: LogKey, tmp_path: Path) -> None:
    ledger = TileLedger(tmp_path, key)
    ledger.append([b"a"])
    older = (tmp_path / "checkpoint").read_bytes()
    ledger.append([b"b"])
    (tmp_path / "checkpoint").write_bytes(older)
    assert TileLedger(tmp_path, key).recheck().size == 1


@pytest.mark.parametrize("size", [0, 1, 3, 255, 256, 257, 600, 65535, 65536, 65537])
def test_tiles_that_lead_to_the_root_give_what_they_hold_and_no_other_does(size: int, tmp_path: Path) -> None:
    hashes = [leaf_hash(b"%d" % n) for n in range(size)]
    extend(Tiles(tmp_path, 0), [b"%d" % n for n in range(size)], hashes, plain_write)
    tiles = Tiles(tmp_path, size)
    root = tiles.root()
    assert root == root_of(hashes)
    proved, plain = tiles.proved_subtrees(root), tiles.subtrees()
    for start, end in [(0, size), (0, size // 2), (size // 2, size), (size // 3, size - size // 5)]:
        assert proved(start, end) == plain(start, end)
    with pytest.raises(Corrupt):
        tiles.proved_subtrees(leaf_hash(b"autre"))
    if size:
        altered = tmp_path / tile_path("0", 0, min(size, 256))
        data = altered.read_bytes()
        altered.write_bytes(bytes([data[0] ^ 1]) + data[1:])
        with pytest.raises(Corrupt):
            tiles.proved_subtrees(root)(0, 1)
