"""Anchoring: a head that grew is shown to an authority of time, whose token openssl accepts; nothing waits for it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.config import AuthoritySettings, Settings
from api.wiring import House, open_house
from api.worker import anchor_documents
from engines.time_authority import TimeAuthority, answering, make_authority
from ged.mail.anchor import DOCUMENTS, AuthorityState, LogAnchor
from ged.seal.leaf import Leaf
from ged.seal.log_key import read_checkpoint
from ged.seal.note import read_proof
from ged.seal.proved_time import TimeEvidence, prove_time
from ged.seal.timestamp.authority import http_authority
from ged.seal.timestamp.chain import read_certificates
from ged.seal.tree import check_inclusion, leaf_hash
from ged.seal.verify import Outcome
from ged.services import consult
from ged.services.anchor import Outside, anchor, in_order
from ged.services.anchored_proofs import anchored_suffix
from ged.services.evidence import evidence_of
from ged.services.seal import seal
from ged.services.sign_in import actor_of
from ged.services.verify import verify_letter
from rooms.letters import letter_pdf, proving, send, verifying


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeAuthority]:
    with answering(make_authority(tmp_path_factory.mktemp("tsa") / "tsa")) as running:
        yield running


def asked(*authorities: TimeAuthority) -> Outside:
    names = ("première", "seconde", "troisième")
    return Outside([http_authority(name, each.url, each.roots) for name, each in zip(names, authorities, strict=False)])


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


def test_a_letter_tells_the_time_that_counts_and_its_proof_lies_beside_the_original(
    settings: Settings, authority: TimeAuthority
) -> None:
    given = AuthoritySettings(name="Essai", url=authority.url, ca_file=authority.ca_file)
    chosen = settings.model_copy(update={"seal": settings.seal.model_copy(update={"authorities": (given,)})})
    with open_house(chosen) as house:
        kossi = actor_of("kossi", store=house.store, clock=house.clock)
        letter_id = send(house, kossi, letter_pdf()).letter_id
        seal(letter_id, **{name: each for name, each in proving(house, kossi).items() if name != "actor"})
        before = verify_letter(letter_id, **verifying(house, kossi))
        anchor_documents(house)
        after = verify_letter(letter_id, **verifying(house, kossi))
        file = consult.letter_file(letter_id, store=house.store, actor=kossi, clock=house.clock)
        assert (before.outcome, after.outcome) == (Outcome.INTACT, Outcome.INTACT)
        assert len(after.steps) == len(before.steps) + 4
        assert file.stamp is not None
        assert file.stamp.authority == "Essai"
        kept = house.vault.companion(file.letter.original, anchored_suffix(0, 1))
        assert kept is not None
        proof = read_proof(kept.decode())
        assert read_checkpoint(proof.checkpoint, house.ledger.verifier_key).size == 1


def claimed(at: datetime) -> bytes:
    return Leaf("x", "0" * 64, 1, "0" * 64, "", "capture", "systeme", at.isoformat()).encode()


@pytest.mark.parametrize(
    ("hours", "holds"), [(0, True), (-0.5, True), (-2, False), (-24 * 30, False), (0.5, True), (2, False)]
)
def test_a_claimed_time_is_held_against_the_heads_before_and_after(
    house: House, authority: TimeAuthority, hours: float, holds: bool
) -> None:
    house.ledger.append([b"one"])
    round_of(house, asked(authority))
    leaf = claimed(datetime.now(UTC) + timedelta(hours=hours))
    house.ledger.append([leaf])
    round_of(house, asked(authority))
    found = evidence_of(1, DOCUMENTS, ledger=house.ledger, store=house.store)
    assert found is not None
    proved = prove_time(
        TimeEvidence(leaf, 1, found.path, found.anchor.note, found.anchor.token, found.earlier),
        log_key=house.ledger.verifier_key,
        roots=authority.roots,
        now=datetime.now(UTC),
    )
    assert [step.passed for step in proved.steps] == [True, True, True, holds]
    assert proved.at == found.stamped_at


def test_an_authority_for_demonstration_says_so_in_its_certificate_and_wherever_its_token_goes(
    settings: Settings,
) -> None:
    shown = settings.model_copy(update={"seal": settings.seal.model_copy(update={"demonstration_time": True})})
    with open_house(shown) as house:
        house.ledger.append([claimed(house.clock())])
        anchor_documents(house)
        with house.store.unit() as unit:
            state = unit.anchors.state(DOCUMENTS)
        found = evidence_of(0, DOCUMENTS, ledger=house.ledger, store=house.store)
        assert found is not None
        (authority,) = read_certificates(house.time_roots)
        proved = prove_time(
            TimeEvidence(found.leaf, 0, found.path, found.anchor.note, found.anchor.token, None),
            log_key=house.ledger.verifier_key,
            roots=[authority],
            now=house.clock(),
        )
    assert state.demonstration
    assert "démonstration" in authority.subject.rfc4514_string()
    assert "démonstration" in proved.steps[1].detail
    assert proved.at is not None
