"""Anchoring: a head that grew is shown to an authority of time, whose token openssl accepts; nothing waits for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.wiring import House
from engines.time_authority import TimeAuthority, answering, make_authority
from ged.mail.anchor import DOCUMENTS, AuthorityState, LogAnchor
from ged.seal.timestamp.authority import HttpAuthority
from ged.seal.tree import check_inclusion, leaf_hash
from ged.services.anchor import Outside, anchor, in_order
from ged.services.evidence import evidence_of


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with answering(make_authority(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


def asked(*authorities: TimeAuthority) -> Outside:
    names = ("première", "seconde", "troisième")
    return Outside([HttpAuthority(name, each.url, each.roots) for name, each in zip(names, authorities, strict=False)])


def round_of(house: House, outside: Outside, at: datetime | None = None) -> LogAnchor | None:
    return anchor(
        DOCUMENTS, ledger=house.ledger, outside=outside, store=house.store, clock=(lambda: at) if at else house.clock
    )


def test_an_entry_is_proved_under_a_head_whose_token_openssl_accepts(
    house: House, authority: TimeAuthority, tmp_path: Path
) -> None:
    house.ledger.append([b"one", b"two", b"three"])
    round_of(house, asked(authority))
    house.ledger.append([b"four"])
    proof = evidence_of(1, DOCUMENTS, ledger=house.ledger, store=house.store)
    assert proof is not None
    assert proof.leaf == b"two"
    root = bytes.fromhex(proof.anchor.root)
    assert check_inclusion(leaf_hash(proof.leaf), 1, proof.anchor.size, proof.path, root)
    (tmp_path / "checkpoint").write_bytes(proof.anchor.note)
    (tmp_path / "checkpoint.tsr").write_bytes(proof.anchor.token)
    command = [
        "openssl",
        "ts",
        "-verify",
        "-in",
        "checkpoint.tsr",
        "-data",
        "checkpoint",
        "-CAfile",
        str(authority.ca_file),
    ]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert evidence_of(3, DOCUMENTS, ledger=house.ledger, store=house.store) is None


def test_a_head_that_did_not_grow_is_not_stamped_again(house: House, authority: TimeAuthority) -> None:
    assert round_of(house, asked(authority)) is None
    house.ledger.append([b"one"])
    first = round_of(house, asked(authority))
    before = authority.replies
    assert round_of(house, asked(authority)) == first
    assert authority.replies == before


def test_when_none_answers_the_wait_shows_is_tried_again_and_ends_by_itself(
    house: House, authority: TimeAuthority
) -> None:
    start = datetime.now(UTC)
    house.ledger.append([b"one"])
    authority.broken = True
    waiting = round_of(house, asked(authority), start)
    assert waiting is not None
    assert (waiting.stamp, waiting.attempts, waiting.said) == (None, 1, "HTTP 503")
    house.ledger.append([b"two"])
    assert round_of(house, asked(authority), start + timedelta(seconds=30)) is not None
    with house.store.unit() as unit:
        state = unit.anchors.state(DOCUMENTS)
    assert (state.size, state.stamped, state.waiting_since) == (2, 0, start)
    authority.broken = False
    assert (round_of(house, asked(authority), start + timedelta(seconds=40)) or waiting).stamp is None
    stamped = round_of(house, asked(authority), start + timedelta(seconds=70))
    assert stamped is not None
    assert stamped.stamp is not None
    with house.store.unit() as unit:
        assert unit.anchors.state(DOCUMENTS).waiting_since is None


def test_the_second_authority_answers_for_the_first_and_is_asked_before_it_for_a_while(
    house: House, authority: TimeAuthority, tmp_path: Path
) -> None:
    start = datetime.now(UTC)
    silent = TimeAuthority(authority.folder, url="http://127.0.0.1:9/tsa")
    house.ledger.append([b"one"])
    made = round_of(house, asked(silent, authority), start)
    assert made is not None
    assert made.stamp is not None
    assert made.stamp.authority == "seconde"
    with house.store.unit() as unit:
        first, second = unit.anchors.authorities()
    assert first.said
    assert (second.name, second.said) == ("seconde", "")
    with answering(make_authority(tmp_path / "back")) as back:
        house.ledger.append([b"two"])
        soon = round_of(house, asked(back, authority), start + timedelta(minutes=1))
    assert soon is not None
    assert soon.stamp is not None
    assert soon.stamp.authority == "seconde"


def test_an_authority_that_failed_is_asked_first_again_after_ten_minutes(authority: TimeAuthority) -> None:
    failed = datetime(2026, 11, 3, 9, tzinfo=UTC)
    first, second = asked(authority, authority).authorities
    states = {first.name: AuthorityState(first.name, None, failed, "HTTP 503")}
    assert in_order([first, second], states, failed + timedelta(minutes=9)) == [second, first]
    assert in_order([first, second], states, failed + timedelta(minutes=10)) == [first, second]
