"""A witness cosigns what extends what it saw, refuses the rest, and remembers before it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ged.errors import Corrupt, Unavailable
from ged.seal.cosignature import cosignatures
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log_key import log_signed, read_checkpoint
from ged.seal.note import read_verifier, write_hashes
from ged.seal.tiles import durable_write
from ged.seal.witness_book import Answer, Ruling, WitnessBook

NOON = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> TileLedger:
    return ledger(tmp_path, "log")


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    return ensure_log_key(tmp_path / "witness.key", origin="temoin.example/cour")


@pytest.fixture
def book(tmp_path: Path, log: TileLedger, key: LogKey) -> WitnessBook:
    made = WitnessBook(tmp_path / "witness", key, clock=lambda: NOON)
    made.trust(log.verifier_key)
    return made


def ledger(folder: Path, name: str) -> TileLedger:
    return TileLedger(folder / name, ensure_log_key(folder / "log.key", origin="essai/log"))


def ask(book: WitnessBook, older: int, proof: Sequence[bytes], note: str) -> Answer:
    return book.add(f"old {older}\n{write_hashes(proof)}\n{note}".encode())


def shown(book: WitnessBook, log: TileLedger) -> Answer:
    """Show a log's head as an honest log would."""
    head = log.head()
    held = book.logs()[0].head
    older = held.size if held else 0
    return ask(book, older, log.consistency(older, head.size), head.note)


def grow(log: TileLedger, count: int, what: str = "entry") -> None:
    start = log.head().size
    log.append([f"{what} {n}".encode() for n in range(start, start + count)])


def test_heads_of_a_log_that_only_grows_are_cosigned(book: WitnessBook, log: TileLedger, key: LogKey) -> None:
    for count in (1, 1, 5, 250, 300):
        grow(log, count)
        answer = shown(book, log)
        assert answer.ruling is Ruling.COSIGNED
        (found,) = cosignatures(log.head().note + answer.text, [book.verifier_key])
        assert (found.witness, found.at) == (key.origin, NOON)
    (held,) = book.logs()
    assert held.head == read_checkpoint(log.head().note, log.verifier_key)
    assert held.note == log.head().note + answer.text
    assert log_signed(held.note, log.verifier_key) == log.head().note


def test_the_same_head_again_is_cosigned_again(book: WitnessBook, log: TileLedger) -> None:
    grow(log, 3)
    assert shown(book, log).ruling is Ruling.COSIGNED
    assert ask(book, 3, [], log.head().note).ruling is Ruling.COSIGNED


def test_an_old_size_that_is_not_the_remembered_one_is_told_the_right_one(book: WitnessBook, log: TileLedger) -> None:
    grow(log, 7)
    shown(book, log)
    grow(log, 2)
    assert ask(book, 0, [], log.head().note) == Answer(Ruling.CONFLICT, "7\n")
    assert ask(book, 5, log.consistency(5, 9), log.head().note) == Answer(Ruling.CONFLICT, "7\n")
    assert shown(book, log).ruling is Ruling.COSIGNED


def test_a_log_rolled_back_to_an_older_head_is_refused(book: WitnessBook, log: TileLedger) -> None:
    grow(log, 4)
    older = log.head()
    shown(book, log)
    grow(log, 4)
    shown(book, log)
    assert ask(book, 4, [], older.note) == Answer(Ruling.CONFLICT, "8\n")
    assert ask(book, 0, [], older.note) == Answer(Ruling.CONFLICT, "8\n")
    assert book.logs()[0].frauds == ()  # an old head shown again proves nothing against the log


def test_two_heads_of_one_size_are_refused_and_kept_as_evidence(
    book: WitnessBook, log: TileLedger, tmp_path: Path
) -> None:
    grow(log, 6)
    shown(book, log)
    fork = ledger(tmp_path, "rebuilt")
    grow(fork, 6, "another history")
    for older, proof in ((6, []), (0, []), (3, fork.consistency(3, 6))):
        assert ask(book, older, proof, fork.head().note) == Answer(Ruling.CONFLICT, "6\n")
    (held,) = book.logs()
    assert held.head == read_checkpoint(log.head().note, log.verifier_key)
    kept = {path.read_text(encoding="utf-8") for path in held.frauds}
    assert kept == {log.head().note, fork.head().note}


def test_a_fork_at_a_size_of_an_earlier_day_is_kept_as_evidence(tmp_path: Path, log: TileLedger, key: LogKey) -> None:
    days = iter([NOON, NOON.replace(day=29)])
    book = WitnessBook(tmp_path / "witness", key, clock=lambda: next(days))
    book.trust(log.verifier_key)
    grow(log, 6)
    shown(book, log)
    grow(log, 6)
    shown(book, log)
    fork = ledger(tmp_path, "rebuilt")
    grow(fork, 6, "another history")
    assert ask(book, 0, [], fork.head().note) == Answer(Ruling.CONFLICT, "12\n")
    assert len(book.logs()[0].frauds) == 2


def test_a_rebuilt_longer_log_is_not_proved_and_its_head_is_kept(
    book: WitnessBook, log: TileLedger, tmp_path: Path
) -> None:
    grow(log, 6)
    shown(book, log)
    fork = ledger(tmp_path, "rebuilt")
    grow(fork, 9, "another history")
    assert ask(book, 6, fork.consistency(6, 9), fork.head().note) == Answer(Ruling.NOT_PROVED)
    (held,) = book.logs()
    assert [path.read_text(encoding="utf-8") for path in held.refusals] == [fork.head().note]
    assert held.head is not None
    assert held.head.size == 6


def test_a_log_that_is_not_known_or_did_not_sign_is_refused(book: WitnessBook, log: TileLedger, tmp_path: Path) -> None:
    grow(log, 2)
    other = TileLedger(tmp_path / "other", ensure_log_key(tmp_path / "other.key", origin="autre/log"))
    grow(other, 2)
    assert ask(book, 0, [], other.head().note).ruling is Ruling.UNKNOWN_LOG
    forged = TileLedger(tmp_path / "forged", ensure_log_key(tmp_path / "forged.key", origin="essai/log"))
    grow(forged, 2)
    assert ask(book, 0, [], forged.head().note).ruling is Ruling.NOT_SIGNED


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("old 0", "old 00"),
        lambda text: text.replace("old 0", "old -1"),
        lambda text: text.replace("old 0", "old 9"),
        lambda text: text.replace("old 0", "new 0"),
        lambda text: text.replace("old 0\n", "old 0\nnot-base64\n"),
        lambda text: text.replace("old 0\n", "old 0\n" + "A" * 43 + "=\n" * 64),
        lambda text: text.replace("\n\n", "\n"),
        lambda text: text[:-1],
        lambda text: text + "more\n",
        lambda _: "",
    ],
)
def test_a_malformed_request_is_said_so_and_changes_nothing(
    book: WitnessBook, log: TileLedger, change: Callable[[str], str]
) -> None:
    grow(log, 2)
    assert book.add(change(f"old 0\n\n{log.head().note}").encode()).ruling is Ruling.MALFORMED
    assert book.add(b"\xff\xfe").ruling is Ruling.MALFORMED
    assert book.logs()[0].head is None


def test_no_byte_of_a_request_can_change_and_still_be_cosigned_as_another_head(
    book: WitnessBook, log: TileLedger
) -> None:
    grow(log, 3)
    shown(book, log)
    grow(log, 4)
    request = f"old 3\n{write_hashes(log.consistency(3, 7))}\n{log.head().note}".encode()
    for place in range(len(request)):
        changed = request[:place] + bytes([request[place] ^ 1]) + request[place + 1 :]
        assert book.add(changed).ruling is not Ruling.COSIGNED, place
    assert book.add(request).ruling is Ruling.COSIGNED


def test_a_log_whose_key_changed_is_not_trusted_silently(book: WitnessBook, tmp_path: Path) -> None:
    other = ensure_log_key(tmp_path / "other.key", origin="essai/log")
    with pytest.raises(Corrupt) as error:
        book.trust(other.verifier)
    assert error.value.code == "witness.another_key"


class _Stop(BaseException):
    """Ends a write as a kill would."""


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("fatal", [0, 1])
def test_a_witness_killed_at_any_write_never_cosigns_two_histories(
    tmp_path: Path, log: TileLedger, key: LogKey, fatal: int, *, after: bool
) -> None:
    grow(log, 4)
    book = WitnessBook(tmp_path / "witness", key)
    book.trust(log.verifier_key)
    shown(book, log)
    grow(log, 2)
    done = 0

    def write(path: Path, data: bytes) -> None:
        nonlocal done
        done += 1
        if after and done == fatal + 1:
            durable_write(path, data)
        if done == fatal + 1:
            raise _Stop
        durable_write(path, data)

    with pytest.raises(_Stop):
        shown(WitnessBook(tmp_path / "witness", key, write=write), log)
    fork = ledger(tmp_path, "rebuilt")
    grow(fork, 4)
    grow(fork, 2, "another")
    again = WitnessBook(tmp_path / "witness", key)
    remembered = again.logs()[0].head
    assert remembered is not None
    assert remembered.size == (6 if (fatal, after) != (0, False) else 4)
    assert shown(again, log).ruling is Ruling.COSIGNED
    assert shown(again, fork).ruling is Ruling.CONFLICT


def test_a_disk_that_refuses_stops_the_witness_for_good(book: WitnessBook, log: TileLedger, key: LogKey) -> None:
    grow(log, 2)
    asked = 0

    def refuse(path: Path, data: bytes) -> None:
        nonlocal asked
        asked += 1
        raise OSError(5, "Input/output error")

    broken = WitnessBook(book.folder, key, write=refuse)
    for _ in range(2):
        with pytest.raises(Unavailable) as error:
            shown(broken, log)
        assert error.value.code == "witness.stopped"
    assert asked == 1
    assert shown(book, log).ruling is Ruling.COSIGNED


def test_a_witness_that_lost_its_memory_does_not_begin_anew(book: WitnessBook, log: TileLedger) -> None:
    grow(log, 2)
    shown(book, log)
    folder = next((book.folder / "journaux").iterdir())
    head = (folder / "head").read_bytes()
    for lost in (None, b"", head[:-1], head.replace(b"\n2\n", b"\n1\n")):
        (folder / "head").unlink()
        if lost is not None:
            (folder / "head").write_bytes(lost)
        with pytest.raises(Corrupt) as error:
            ask(book, 0, [], log.head().note)
        assert error.value.code == "witness.memory"
        (folder / "head").write_bytes(head)


def test_a_verifier_key_is_read_one_way(book: WitnessBook, log: TileLedger) -> None:
    for text in (book.verifier_key, log.verifier_key[:-1], "x+00000000+" + log.verifier_key.split("+", 2)[2], ""):
        with pytest.raises(ValueError, match=r"clé de vérification|base64"):
            read_verifier(text)
