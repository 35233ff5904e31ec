"""Evidence records: renewed in time, they outlive the certificates and digests that they began with, else not."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.clockwork_authority import ClockworkAuthority
from ged.seal.evidence.check import check_record
from ged.seal.evidence.hashtree import climb, grow
from ged.seal.evidence.record import ArchiveStamp, EvidenceRecord
from ged.seal.timestamp.request import read_response

START = datetime(2026, 11, 3, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
NOTES = [f"ged-courrier/essai\n{size}\nracine\n".encode() for size in range(1, 14)]


@settings(deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True))
def test_every_digest_climbs_to_the_root_and_no_other_does(digests: list[bytes]) -> None:
    root, reduced = grow(digests, "sha256")
    assert all(climb(each, reduced[each], "sha256") == root for each in digests)
    stranger = hashlib.sha256(b"".join(digests)).digest()
    way = reduced[digests[0]]
    if way:
        with pytest.raises(ValueError, match="pas dans l'arbre"):
            climb(stranger, way, "sha256")


def test_what_stands_beside_a_digest_is_under_the_root_with_it() -> None:
    digests = [hashlib.sha512(bytes([each])).digest() for each in range(5)]
    beside = {digests[0]: (b"m" * 64, b"a" * 64), digests[3]: (b"b" * 64,)}
    root, reduced = grow(digests, "sha512", beside)
    assert all(climb(each, reduced[each], "sha512") == root for each in digests)
    assert set(reduced[digests[0]][0]) == {digests[0], b"m" * 64, b"a" * 64}
    assert grow(digests, "sha512", beside | {digests[3]: (b"c" * 64,)})[0] != root
    alone, way = grow(digests[:1], "sha512", beside)
    assert climb(digests[0], way[digests[0]], "sha512") == alone != digests[0]


@pytest.fixture(scope="module")
def first() -> ClockworkAuthority:
    return ClockworkAuthority("Première", START - YEAR, years=6)


@pytest.fixture(scope="module")
def second() -> ClockworkAuthority:
    return ClockworkAuthority("Seconde", START + 3 * YEAR, years=6)


def initial(authority: ClockworkAuthority, at: datetime = START) -> list[EvidenceRecord]:
    """What anchors are from the first day: each checkpoint under a token of its own."""
    tokens = [authority.token(hashlib.sha256(note).digest(), at) for note in NOTES]
    return [EvidenceRecord(((ArchiveStamp(token, "sha256"),),)) for token in tokens]


def renewed(records: list[EvidenceRecord], authority: ClockworkAuthority, at: datetime) -> list[EvidenceRecord]:
    root, reduced = grow([one.last.digest() for one in records], "sha256")
    token = authority.token(root, at)
    return [one.renewed(ArchiveStamp(token, "sha256", reduced[one.last.digest()])) for one in records]


def rehashed(records: list[EvidenceRecord], authority: ClockworkAuthority, at: datetime) -> list[EvidenceRecord]:
    digests = [
        one.rehash_digest(hashlib.sha512(note).digest(), "sha512") for one, note in zip(records, NOTES, strict=True)
    ]
    beside = {each: (b"m" * 64, hashlib.sha512(each).digest()) for each in digests[::2]}
    root, reduced = grow(digests, "sha512", beside)
    token = authority.token(root, at, "sha512")
    return [
        one.rehashed(ArchiveStamp(token, "sha512", reduced[each])) for one, each in zip(records, digests, strict=True)
    ]


def test_eight_years_on_with_every_first_certificate_ended_renewed_evidence_still_holds(
    first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    roots, later = [first.root, second.root], START + 8 * YEAR
    assert first.root.not_valid_after_utc < later
    begun = initial(first)
    kept = rehashed(renewed(begun, second, START + 4 * YEAR), second, START + 5 * YEAR)
    for record, note in zip(kept, NOTES, strict=True):
        lasting = check_record(EvidenceRecord.decode(record.encode()), note, roots, later)
        assert (lasting.since, lasting.until, lasting.renewals) == (START, second.root.not_valid_after_utc, 2)
    with pytest.raises(ValueError, match="a pris fin le"):
        check_record(begun[0], NOTES[0], roots, later)


def test_a_renewal_that_came_too_late_does_not_count(first: ClockworkAuthority, second: ClockworkAuthority) -> None:
    late = renewed(initial(first), second, START + 6 * YEAR)
    with pytest.raises(ValueError, match="le jeton 1 a pris fin le"):
        check_record(late[0], NOTES[0], [first.root, second.root], START + 7 * YEAR)


def test_a_renewal_dated_before_what_it_renews_does_not_count(first: ClockworkAuthority) -> None:
    back = renewed(initial(first), first, START - timedelta(days=1))
    with pytest.raises(ValueError, match="plus ancien"):
        check_record(back[0], NOTES[0], [first.root], START + YEAR)


def test_a_record_proves_its_own_data_only(first: ClockworkAuthority, second: ClockworkAuthority) -> None:
    roots, now = [first.root, second.root], START + 6 * YEAR
    kept = rehashed(renewed(initial(first), second, START + 4 * YEAR), second, START + 5 * YEAR)
    for wrong in (NOTES[1], NOTES[0] + b" ", b""):
        with pytest.raises(ValueError, match=r".*"):
            check_record(kept[0], wrong, roots, now)
    # Two that were paired at the bottom of a tree have one and the same way to its root: RFC 4998, 4.3.
    apart = [each for each in kept[1:] if each.chains[1][0].reduced[0] != kept[0].chains[1][0].reduced[0]]
    mixed = EvidenceRecord((kept[0].chains[0], apart[0].chains[1]))
    with pytest.raises(ValueError, match="pas dans l'arbre"):
        check_record(mixed, NOTES[0], roots, now)
    apart = [each for each in kept[1:] if each.chains[0][1].reduced[0] != kept[0].chains[0][1].reduced[0]]
    swapped = EvidenceRecord(((kept[0].chains[0][0], apart[0].chains[0][1]), kept[0].chains[1]))
    with pytest.raises(ValueError, match="pas dans l'arbre"):
        check_record(swapped, NOTES[0], roots, now)


def test_every_flipped_byte_of_a_record_is_refused_or_changes_nothing_it_proves(
    first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    roots, now = [first.root, second.root], START + 6 * YEAR
    record = rehashed(renewed(initial(first), second, START + 4 * YEAR), second, START + 5 * YEAR)[3]
    whole, data = check_record(record, NOTES[3], roots, now), record.encode()
    escaped = []
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = check_record(EvidenceRecord.decode(changed), NOTES[3], roots, now)
        except ValueError:
            continue
        if found != whole:
            escaped.append(place)
    assert escaped == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_that_are_no_record_are_refused_and_no_error(noise: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        EvidenceRecord.decode(noise)


def test_a_chain_keeps_to_one_digest(first: ClockworkAuthority) -> None:
    (record, *_) = initial(first)
    with pytest.raises(ValueError, match=r".*"):
        check_record(record.renewed(replace(record.last, algorithm="sha512")), NOTES[0], [first.root], START + YEAR)


def test_tokens_of_any_year_are_good_tokens_to_openssl(first: ClockworkAuthority, tmp_path: Path) -> None:
    """The clockwork authority makes what openssl would accept: what the tests above prove is not its own invention."""
    at = START + YEAR
    stamp = first.stamp(hashlib.sha256(NOTES[0]).digest(), now=at, after=None)
    (tmp_path / "data").write_bytes(NOTES[0])
    (tmp_path / "token").write_bytes(stamp.token)
    (tmp_path / "ca.pem").write_bytes(first.root.public_bytes(serialization.Encoding.PEM))
    command = ["openssl", "ts", "-verify", "-in", "token", "-data", "data", "-CAfile", "ca.pem"]
    said = subprocess.run(
        [*command, "-attime", str(int(at.timestamp()))], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    assert read_response(stamp.token)
