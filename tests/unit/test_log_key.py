"""The keys of a log over its life: who signs up to where, who introduces whom, and what a stolen old key cannot do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ged.errors import Corrupt, Unavailable
from ged.seal.bundle.verifier import Fault, Trust, log_keys
from ged.seal.keys import LogKey, ensure_log_key
from ged.seal.ledger import TileLedger
from ged.seal.log import TileLog
from ged.seal.log_key import (
    SUCCESSIONS,
    EndedKeyError,
    in_force,
    log_signed,
    periods,
    read_checkpoint,
    read_succession,
    successions,
    write_key,
    write_succession,
)
from ged.seal.log_rotation import rotate_log
from ged.seal.note import Checkpoint, open_note, sign_checkpoint, verifier_key
from ged.seal.witness_book import Answer, Ruling, WitnessBook

NOON = datetime(2026, 11, 28, 12, 0, 0, tzinfo=UTC)
ROOT = bytes(32)


def private(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def verifier(number: int, origin: str = "essai/log") -> str:
    return verifier_key(origin, private(number).public_key())


def head(size: int, root: bytes = ROOT, origin: str = "essai/log") -> Checkpoint:
    return Checkpoint(origin, size, root)


def introduced(old: int, new: int, size: int, at: datetime = NOON) -> str:
    return write_succession(head(size), at, private(old), private(new))


TWO = (introduced(1, 2, 10), introduced(2, 3, 20, NOON + timedelta(days=1)))


@pytest.mark.parametrize("known", [1, 2, 3])
def test_whoever_knows_one_key_is_led_to_the_others(known: int) -> None:
    key = write_key(verifier(known), TWO)
    assert successions(key) == TWO
    assert [(each.verifier, each.since, each.until) for each in periods(key)] == [
        (verifier(1), 0, 10),
        (verifier(2), 10, 20),
        (verifier(3), 20, None),
    ]
    assert in_force(key) == verifier(3)
    spans = log_keys(Trust(logs=[verifier(known)], successions=TWO))
    assert spans == {verifier(1): (0, 10), verifier(2): (10, 20), verifier(3): (20, float("inf"))}


def test_a_key_signs_in_its_period_and_out_of_it_nobody_believes_it() -> None:
    key = write_key(verifier(1), TWO)
    for signer, since, until in ((1, 0, 10), (2, 10, 20), (3, 20, 1000)):
        for size in (since, (since + until) // 2, until):
            assert read_checkpoint(sign_checkpoint(head(size), private(signer)), key) == head(size)
    for signer, size in ((1, 11), (1, 500), (2, 9), (2, 21), (3, 19)):
        with pytest.raises(EndedKeyError):
            read_checkpoint(sign_checkpoint(head(size), private(signer)), key)
    with pytest.raises(ValueError, match="pas signée"):
        read_checkpoint(sign_checkpoint(head(5), private(4)), key)


def test_every_byte_of_a_succession_counts() -> None:
    (note,) = TWO[:1]
    assert read_succession(note).new == verifier(2)
    data = note.encode()
    for at in range(len(data)):
        altered = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(ValueError):  # noqa: PT011 - many sentences, one meaning
            periods(write_key(verifier(1), (altered.decode(errors="replace"),)))


@pytest.mark.parametrize(
    "notes",
    [
        (TWO[1], TWO[0]),
        (TWO[0], introduced(1, 3, 20)),
        (TWO[0], introduced(2, 3, 9)),
        (TWO[0], introduced(2, 3, 20, NOON - timedelta(days=1))),
        (TWO[0], introduced(2, 1, 20)),
        (introduced(4, 5, 3),),
        (sign_checkpoint(head(3), private(1)),),
        (f"{introduced(1, 2, 10).partition(chr(10) * 2)[0]}\n\n" + introduced(1, 2, 10).splitlines()[-1] + "\n",),
    ],
)
def test_successions_that_do_not_follow_one_another_are_refused(notes: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        periods(write_key(verifier(1), notes))


def test_a_script_believes_no_second_successor_and_no_predecessor_that_outlives_a_key() -> None:
    for more in (introduced(1, 9, 10), introduced(1, 9, 500), introduced(9, 1, 500), introduced(9, 2, 500)):
        for order in ((*TWO, more), (more, *TWO)):
            with pytest.raises(Fault):
                log_keys(Trust(logs=[verifier(1), verifier(2), verifier(3)], successions=order))
    unsigned = TWO[0].rpartition("\u2014")[0]
    with pytest.raises(Fault):
        log_keys(Trust(logs=[verifier(1)], successions=[unsigned]))
    strangers = introduced(8, 9, 5)
    assert set(log_keys(Trust(logs=[verifier(1)], successions=[*TWO, strangers]))) == set(map(verifier, (1, 2, 3)))


def kept(folder: Path) -> tuple[LogKey, TileLedger]:
    key = ensure_log_key(folder / "keys" / "log.key", origin="essai/log")
    return key, TileLedger(folder / "log", key)


def rotated(folder: Path) -> str:
    key, log = kept(folder)
    return rotate_log(key, log, lambda _: None, lambda: NOON)


def test_a_rotation_is_obeyed_by_writers_and_readers_that_were_there_before(tmp_path: Path) -> None:
    key, log = kept(tmp_path)
    reader = TileLog(tmp_path / "log", key.verifier)
    log.append([b"one", b"two"])
    first = log.verifier_key
    made = [rotated(tmp_path), rotated(tmp_path)]
    assert [each.name for each in (tmp_path / "keys").glob("*.key")] == ["log-3.key"]
    log.append([b"three"])
    for each in (log, reader, kept(tmp_path)[1]):
        assert each.verifier_key == made[1]
        assert each.recheck().size == 3
        assert [period.verifier for period in periods(each.key_text)] == [first, *made]
    assert open_note(log.head().note)[1][0].key_id.hex() == made[1].split("+")[1]


@pytest.mark.parametrize("died", ["before", "announced", "after"])
def test_a_rotation_that_died_leaves_a_log_that_goes_on(tmp_path: Path, died: str) -> None:
    key, log = kept(tmp_path)
    log.append([b"one"])
    first = log.verifier_key

    class Dead(TileLedger):
        def succeed(self, new: Ed25519PrivateKey, at: datetime) -> None:
            if died == "after":
                super().succeed(new, at)
            raise KeyboardInterrupt

    def announce(_: str) -> None:
        if died == "before":
            raise Unavailable("store.unavailable", "La base ne répond pas.")

    with pytest.raises((KeyboardInterrupt, Unavailable)):
        rotate_log(key, Dead(tmp_path / "log", key), announce, lambda: NOON)
    again = kept(tmp_path)[1]
    again.append([b"two"])
    assert (again.verifier_key == first) is (died != "after")
    log.append([b"three"])
    made = rotated(tmp_path)
    assert kept(tmp_path)[1].recheck().size == 3
    assert kept(tmp_path)[1].verifier_key == made
    assert len(list((tmp_path / "keys").glob("*.key"))) == 1


def test_an_insider_who_kept_the_old_key_neither_forks_nor_hides_the_rotation(tmp_path: Path) -> None:
    key, log = kept(tmp_path)
    log.append([b"one"])
    stolen = key.private
    rotated(tmp_path)
    log.append([b"two"])
    honest = (tmp_path / "log" / "checkpoint").read_bytes()
    forged = sign_checkpoint(replace(head(2), root=bytes(32)), stolen)
    (tmp_path / "log" / "checkpoint").write_text(forged)
    for each in (log, kept(tmp_path)[1]):
        with pytest.raises(Corrupt) as error:
            each.head()
        assert error.value.code == "ledger.head"
    (tmp_path / "log" / SUCCESSIONS).unlink()  # the folder of keys remembers them
    with pytest.raises(Corrupt):
        kept(tmp_path)[1].head()
    (tmp_path / "log" / SUCCESSIONS).write_text(write_succession(head(1), NOON, stolen, private(9)))
    with pytest.raises(Corrupt):
        kept(tmp_path)[1].head()
    (tmp_path / "log" / SUCCESSIONS).write_text("\n".join(successions(kept_text(tmp_path))))
    (tmp_path / "log" / "checkpoint").write_bytes(honest)
    assert kept(tmp_path)[1].head().size == 2


def kept_text(folder: Path) -> str:
    return (folder / "keys" / "log.vkey").read_text(encoding="utf-8")


@pytest.fixture
def book(tmp_path: Path) -> WitnessBook:
    key = ensure_log_key(tmp_path / "witness.key", origin="temoin.example/cour")
    return WitnessBook(tmp_path / "witness", key, clock=lambda: NOON)


def show(book: WitnessBook, note: str, older: int = 0) -> Answer:
    return book.add(f"old {older}\n\n{note}".encode())


def test_a_witness_follows_the_key_that_the_old_one_introduced_and_no_other(book: WitnessBook) -> None:
    book.trust(verifier(1))
    assert show(book, sign_checkpoint(head(10), private(1))).ruling is Ruling.COSIGNED
    assert show(book, sign_checkpoint(head(10), private(2)), 10).ruling is Ruling.NOT_SIGNED
    assert show(book, TWO[0], 10).ruling is Ruling.COSIGNED
    assert show(book, TWO[0], 10).ruling is Ruling.COSIGNED  # asked again by a log that did not hear
    assert show(book, sign_checkpoint(head(10), private(2)), 10).ruling is Ruling.COSIGNED
    (held,) = book.logs()
    assert held.in_force(book.verifier_key) == verifier(2)
    assert log_signed(held.note, held.verifier) == sign_checkpoint(head(10), private(2))
    # whoever stole the old key: neither a longer head nor a second successor
    assert show(book, sign_checkpoint(head(11), private(1)), 10).ruling is Ruling.NOT_SIGNED
    assert show(book, introduced(1, 9, 10), 10).ruling is Ruling.NOT_SIGNED
    (held,) = book.logs()
    assert (len(held.refusals), len(held.frauds)) == (1, 2)
    assert held.in_force(book.verifier_key) == verifier(2)
    for older, newer in pairwise(sorted(held.frauds)):
        assert {read_succession(each.read_text()).new for each in (older, newer)} == {verifier(2), verifier(9)}


def test_a_witness_takes_a_key_on_its_operators_word(book: WitnessBook) -> None:
    book.trust(verifier(1))
    assert show(book, sign_checkpoint(head(10), private(1))).ruling is Ruling.COSIGNED
    assert book.accept(verifier(4)).in_force(book.verifier_key) == verifier(4)
    assert book.accept(verifier(4)).verifier.count("succession ") == 1
    assert show(book, sign_checkpoint(head(10), private(4)), 10).ruling is Ruling.COSIGNED
    assert show(book, sign_checkpoint(head(12), private(1)), 10).ruling is Ruling.NOT_SIGNED
    with pytest.raises(ValueError, match="pas celles de cette clé"):
        book.accept(verifier(1))
    book.trust(verifier(4))
    with pytest.raises(Corrupt):
        book.trust(verifier(5))
    with pytest.raises(ValueError, match="n'a pas signé"):  # its operator's word is nobody else's
        periods(book.logs()[0].verifier)
