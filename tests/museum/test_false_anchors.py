"""What others gave for a head, forged in the database: tokens of `openssl ts`, their renewals, lines of witnesses."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engines.clockwork_authority import ClockworkAuthority
from engines.time_authority import TimeAuthority, make_authority
from ged.clock import system_clock
from ged.mail.anchor import LogAnchor, Stamp
from ged.mail.audit import EXIT, Depth, Finding, Weight
from ged.seal.cosignature import cosign, cosigner_key
from ged.seal.log_key import read_checkpoint
from ged.seal.timestamp.authority import TokenAuthority
from ged.services.audit.anchors import check_anchors
from ged.services.audit.notebook import Notebook
from ged.services.audit.walk import walk
from ged.services.renew import renew
from rooms.audits import OLDER, Sealed, Victim, as_superuser, asked, build, copy_of, ground, quiet, with_own_database

LONG_AGO, YEAR = timedelta(hours=2), timedelta(days=365)
WITNESS, OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32)), Ed25519PrivateKey.from_private_bytes(b"1" * 32)


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TimeAuthority:
    return make_authority(tmp_path_factory.mktemp("tsa") / "tsa")


@pytest.fixture
def taken(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as victim, with_own_database(victim, sealed, postgres_url) as house:
        yield house


def head_of(victim: Victim, *, made_at: datetime | None = None) -> LogAnchor:
    head = victim.ledger.head()
    return LogAnchor("documents", head.size, head.root, head.note.encode(), made_at or system_clock())


def keep(victim: Victim, one: LogAnchor, *, stamp: Stamp | None = None, lines: tuple[str, ...] = ()) -> None:
    """Write a head and what others gave for it, as whoever has the database can."""
    with victim.store.unit() as unit:
        unit.anchors.add(one)
        if stamp is not None:
            unit.anchors.stamp(one, stamp)
        for line in lines:
            unit.anchors.cosign(one, line)
        unit.commit()


def token_over(data: bytes, authority: TimeAuthority) -> Stamp:
    given = TokenAuthority("essai", authority.reply, authority.roots)
    return given.stamp(hashlib.sha256(data).digest(), now=system_clock(), after=None)


def line_of(victim: Victim, key: Ed25519PrivateKey = WITNESS, name: str = "temoin.example") -> str:
    head = read_checkpoint(victim.ledger.head().note, victim.keys.log.verifier)
    return cosign(head, name, key, system_clock())


def found(
    victim: Victim, *, roots: tuple[x509.Certificate, ...] = (), needed: int = 0, now: datetime | None = None
) -> list[Finding]:
    """Return what the check of anchors says."""
    stands = replace(
        ground(victim, asked()),
        time_roots=roots,
        witnesses=(cosigner_key("temoin.example", WITNESS.public_key()),),
        witnesses_needed=needed,
        clock=(lambda: now) if now else system_clock,
    )
    return [one for step in check_anchors(stands, "") for one in step.findings]


def codes(findings: list[Finding]) -> list[tuple[str, Weight]]:
    return [(one.code, one.weight) for one in findings]


def test_a_token_of_a_real_authority_holds(taken: Victim, authority: TimeAuthority) -> None:
    one = head_of(taken)
    keep(taken, one, stamp=token_over(one.note, authority))
    assert found(taken, roots=tuple(authority.roots)) == []


def test_a_token_over_another_head(taken: Victim, authority: TimeAuthority) -> None:
    one = head_of(taken)
    keep(taken, one, stamp=token_over(b"une autre tete", authority))
    assert codes(found(taken, roots=tuple(authority.roots))) == [("anchor.token", Weight.FAULT)]


def test_a_token_of_an_authority_made_for_the_lie(taken: Victim, authority: TimeAuthority, tmp_path: Path) -> None:
    one = head_of(taken)
    keep(taken, one, stamp=token_over(one.note, make_authority(tmp_path / "fausse")))
    assert codes(found(taken, roots=tuple(authority.roots))) == [("anchor.token", Weight.FAULT)]
    assert codes(found(taken)) == [("anchor.unjudged", Weight.REMARK)], "nobody was given to judge it by"


@pytest.mark.parametrize("place", [-1, -40])
def test_a_token_with_a_byte_of_its_signature_changed(taken: Victim, authority: TimeAuthority, place: int) -> None:
    one = head_of(taken)
    stamp = token_over(one.note, authority)
    data = bytearray(stamp.token)
    data[place] ^= 1
    keep(taken, one, stamp=replace(stamp, token=bytes(data)))
    stands = replace(ground(taken, audit := asked(Depth.QUICK)), time_roots=tuple(authority.roots))
    done = walk(audit, stands, Notebook(stands.folder), quiet)
    assert [one.code for each in done.checks for one in each.findings] == ["anchor.token"]
    assert EXIT[done.outcome] == 1


def test_the_time_of_a_token_changed_in_the_database(taken: Victim, authority: TimeAuthority) -> None:
    one = head_of(taken)
    stamp = token_over(one.note, authority)
    keep(taken, one, stamp=replace(stamp, at=stamp.at - YEAR))
    assert codes(found(taken, roots=tuple(authority.roots))) == [("anchor.altered", Weight.FAULT)]


def renewed(victim: Victim) -> tuple[tuple[x509.Certificate, ...], datetime]:
    """Keep a head stamped six years before its authority ended, renewed by another; give both roots, and later."""
    start = datetime(2026, 11, 1, 9, tzinfo=UTC)
    first = ClockworkAuthority("Première", start - YEAR, years=6)
    second = ClockworkAuthority("Seconde", start + 3 * YEAR, years=8)
    one = head_of(victim, made_at=start)
    keep(victim, one, stamp=first.stamp(hashlib.sha256(one.note).digest(), now=start, after=None))
    assert list(renew(store=victim.store, authorities=[second], clock=lambda: start + 4.5 * YEAR)) == [1]
    return (first.root, second.root), start + 8 * YEAR


def test_a_renewed_token_holds_past_the_end_of_the_first_and_one_not_renewed_is_told(taken: Victim) -> None:
    roots, later = renewed(taken)
    assert found(taken, roots=roots, now=later) == []
    assert codes(found(taken, roots=roots[:1], now=later)) == [("anchor.record", Weight.FAULT)], "no way to its root"
    as_superuser(taken, "DELETE FROM evidence_record")
    assert codes(found(taken, roots=roots, now=later)) == [("anchor.ended", Weight.REMARK)]


@pytest.mark.parametrize("lie", ["set_byte(record, length(record) - 1, 0)", "record || '\\x00'", "'\\x3000'"])
def test_a_renewal_changed_in_the_database(taken: Victim, lie: str) -> None:
    roots, later = renewed(taken)
    as_superuser(taken, f"UPDATE evidence_record SET record = {lie}")
    assert codes(found(taken, roots=roots, now=later)) == [("anchor.record", Weight.FAULT)]


def test_the_renewal_of_another_token(taken: Victim) -> None:
    roots, later = renewed(taken)
    one, at = head_of(taken), datetime(2026, 11, 2, 9, tzinfo=UTC)
    with taken.store.unit() as unit:
        (kept,) = unit.anchors.page("documents")
    other = ClockworkAuthority("Première", at - YEAR, years=6)
    keep(taken, kept, stamp=other.stamp(hashlib.sha256(one.note).digest(), now=at, after=None))
    assert codes(found(taken, roots=(*roots, other.root), now=later)) == [("anchor.record", Weight.FAULT)]


def test_the_line_of_a_known_witness_holds(taken: Victim) -> None:
    keep(taken, head_of(taken, made_at=system_clock() - LONG_AGO), lines=(line_of(taken),))
    assert found(taken, needed=1) == []


def test_a_line_of_a_witness_altered_is_a_fault_and_does_not_count(taken: Victim) -> None:
    line = line_of(taken)
    forged = line.replace(line[-10:-6], "AAAA" if line[-10:-6] != "AAAA" else "BBBB")
    keep(taken, head_of(taken, made_at=system_clock() - LONG_AGO), lines=(forged, "rien\n"))
    told = codes(found(taken, needed=1))
    assert told == [("anchor.cosignature", Weight.FAULT)] * 2 + [("anchor.witnesses", Weight.FAULT)]


def test_a_witness_that_nobody_configured_is_told_and_does_not_count(taken: Victim) -> None:
    keep(taken, head_of(taken, made_at=system_clock() - LONG_AGO), lines=(line_of(taken, OTHER),))
    told = codes(found(taken, needed=1))
    assert told == [("anchor.unknown_witness", Weight.REMARK), ("anchor.witnesses", Weight.FAULT)]


def test_witnesses_are_counted_once_each_and_have_an_hour(taken: Victim) -> None:
    keep(taken, head_of(taken, made_at=system_clock() - LONG_AGO), lines=(line_of(taken), line_of(taken)))
    assert codes(found(taken, needed=2)) == [("anchor.witnesses", Weight.FAULT)]
    assert found(taken, needed=1) == []
    as_superuser(taken, "UPDATE anchor SET made_at = now()")
    assert found(taken, needed=2) == [], "they may sign yet"


def test_every_head_that_was_shown_taken_away(taken: Victim) -> None:
    assert found(taken, needed=1) == [], "the first may be shown yet"
    assert codes(found(taken, needed=1, now=system_clock() + LONG_AGO)) == [("anchor.witnesses", Weight.FAULT)]


def test_a_later_head_that_the_witnesses_signed_vouches_for_the_older_ones(taken: Victim) -> None:
    older = (taken.data / OLDER / "checkpoint").read_bytes()
    head = read_checkpoint(older.decode(), taken.keys.log.verifier)
    at = system_clock() - LONG_AGO
    keep(taken, LogAnchor("documents", head.size, head.root.hex(), older, at))
    assert codes(found(taken, needed=1)) == [("anchor.witnesses", Weight.FAULT)]
    keep(taken, head_of(taken, made_at=at), lines=(line_of(taken),))
    assert found(taken, needed=1) == []
