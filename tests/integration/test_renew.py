"""Renewal: years on, with every first certificate ended, what was renewed in time still proves its time."""

from __future__ import annotations

import os
import signal
import subprocess
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from api.audits import ground_of
from api.config import Settings
from api.wiring import House, open_house
from engines.clockwork_authority import ClockworkAuthority
from ged.errors import Corrupt, Refused, Unavailable
from ged.mail.access import SYSTEM
from ged.mail.anchor import DOCUMENTS, Stamp
from ged.mail.audit import Audit, Depth
from ged.mail.journal import Act
from ged.seal.evidence.check import check_record
from ged.seal.evidence.record import EvidenceRecord
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.proved_time import ProvedTime, TimeEvidence, prove_time
from ged.services.anchor import Outside, anchor
from ged.services.audit.anchors import check_anchors
from ged.services.audit.vouched import log_stamped_with, token_faults
from ged.services.evidence import evidence_of
from ged.services.renew import plan, plan_rehash, rehash, renew
from rooms.processes import forking

START = datetime(2026, 11, 3, 9, tzinfo=UTC)
YEAR = timedelta(days=365)
HEADS = 5


def _at(moment: datetime) -> datetime:
    return moment


@pytest.fixture
def first() -> ClockworkAuthority:
    return ClockworkAuthority("Première", START - YEAR, years=6)


@pytest.fixture
def second() -> ClockworkAuthority:
    return ClockworkAuthority("Seconde", START + 3 * YEAR, years=8)


@pytest.fixture
def anchored(house: House, first: ClockworkAuthority) -> House:
    """Five entries, each under a head and a token of its own, a day apart."""
    for day in range(HEADS):
        at = START + timedelta(days=day)
        leaf = Leaf(f"lettre {day}", "0" * 64, 1, "0" * 64, "", "capture", "systeme", at.isoformat())
        house.ledger.append([leaf.encode()])
        anchor(DOCUMENTS, ledger=house.ledger, outside=Outside([first]), store=house.store, clock=partial(_at, at))
    return house


def proved(house: House, index: int, now: datetime, *authorities: ClockworkAuthority) -> ProvedTime:
    found = evidence_of(index, DOCUMENTS, ledger=house.ledger, store=house.store)
    assert found is not None
    evidence = TimeEvidence(
        found.leaf, index, found.path, found.anchor.note, found.anchor.token, found.earlier, found.record
    )
    roots = [each.root for each in authorities]
    return prove_time(evidence, log_key=house.ledger.verifier_key, roots=roots, now=now)


def test_eight_years_on_what_was_renewed_still_proves_its_time(
    anchored: House, first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    soon, later = START + 4.5 * YEAR, START + 8 * YEAR
    asked = first.asked
    assert plan(store=anchored.store, clock=lambda: START).due == 0
    due = plan(store=anchored.store, clock=lambda: soon)
    assert (due.due, due.tokens, due.lost) == (HEADS, 1, 0)
    assert list(renew(store=anchored.store, authorities=[second], clock=lambda: soon)) == [HEADS]
    assert (first.asked, second.asked) == (asked, 1)
    with anchored.store.unit() as unit:
        (line,) = unit.journal.recent(Act.TIMESTAMPS_RENEWED, SYSTEM.login)
    assert line.details == {"count": HEADS, "authority": second.name}
    for index in range(HEADS):
        found = proved(anchored, index, later, first, second)
        assert [step.passed for step in found.steps] == [True] * 4
        assert found.at == START + timedelta(days=index)
    with anchored.store.unit() as unit:
        assert unit.anchors.state(DOCUMENTS).ends == second.root.not_valid_after_utc
    again = plan(store=anchored.store, clock=lambda: soon)
    assert (again.due, again.lost) == (0, 0)


def test_eight_years_on_what_was_not_renewed_proves_nothing_any_more(
    anchored: House, first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    later = START + 8 * YEAR
    found = proved(anchored, 2, later, first, second)
    assert (found.at, [step.passed for step in found.steps]) == (None, [True, True, False, True])
    late = plan(store=anchored.store, clock=lambda: later)
    assert (late.due, late.lost) == (0, HEADS)
    assert list(renew(store=anchored.store, authorities=[second], clock=lambda: later)) == []


class _Killed(BaseException):
    """Stands for kill -9: nothing of ours catches it."""


class _Fatal:
    """Gives a token, and the process dies with the second one in hand."""

    def __init__(self, authority: ClockworkAuthority) -> None:
        self.name, self._authority, self._asked = authority.name, authority, 0

    def stamp(self, imprint: bytes, *, now: datetime, after: datetime | None, algorithm: str = "sha256") -> Stamp:
        self._asked += 1
        stamp = self._authority.stamp(imprint, now=now, after=after, algorithm=algorithm)
        if self._asked == 2:
            raise _Killed
        return stamp


def test_a_renewal_killed_with_a_token_in_hand_keeps_whole_batches_and_goes_on_with_the_rest(
    anchored: House, first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    soon = START + 4.5 * YEAR
    with pytest.raises(_Killed):
        list(renew(store=anchored.store, authorities=[_Fatal(second)], clock=lambda: soon, batch=2))
    assert plan(store=anchored.store, clock=lambda: soon).due == HEADS - 2
    assert list(renew(store=anchored.store, authorities=[second], clock=lambda: soon, batch=2))[-1] == HEADS - 2
    for index in range(HEADS):
        assert proved(anchored, index, START + 8 * YEAR, first, second).at is not None


def test_what_an_authority_that_ends_as_soon_gives_is_not_taken(anchored: House, first: ClockworkAuthority) -> None:
    soon = START + 4.5 * YEAR
    with pytest.raises(Refused) as error:
        list(renew(store=anchored.store, authorities=[first], clock=lambda: soon))
    assert error.value.code == "renew.no_gain"
    assert plan(store=anchored.store, clock=lambda: soon).due == HEADS


def test_without_an_answer_nothing_changes(anchored: House) -> None:
    class Silent:
        name = "muette"

        def stamp(self, *_args: object, **_more: object) -> None:
            raise Unavailable("timestamp.unavailable", "Elle ne répond pas.")

    soon = START + 4.5 * YEAR
    for authorities, code in (([Silent()], "renew.no_answer"), ([], "renew.no_authority")):
        with pytest.raises((Refused, Unavailable)) as error:
            list(renew(store=anchored.store, authorities=authorities, clock=lambda: soon))  # type: ignore[arg-type]
        assert error.value.code == code
    assert plan(store=anchored.store, clock=lambda: soon).due == HEADS


def test_heads_hashed_anew_prove_their_time_by_the_stronger_digest_and_an_audit_follows(
    anchored: House, first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    soon, later = START + 4.5 * YEAR, START + 8 * YEAR
    asked = plan_rehash(store=anchored.store, clock=lambda: soon, batch=2)
    assert (asked.due, asked.tokens, asked.lost) == (HEADS, 3, 0)
    assert list(
        rehash(
            store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: soon, batch=2
        )
    ) == [2, 4, HEADS]
    again = plan_rehash(store=anchored.store, clock=lambda: soon, batch=2)
    with anchored.store.unit() as unit:
        lines = unit.journal.recent(Act.HEADS_HASHED, SYSTEM.login)
    assert [line.details["count"] for line in lines] == [1, 2, 2]
    assert (again.due, again.tokens) == (0, 0)
    assert (
        list(rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: soon))
        == []
    )
    roots = [first.root, second.root]
    with anchored.store.unit() as unit:
        heads = unit.evidence_records.after("", -1, 100)
        anchors = unit.anchors.page(DOCUMENTS, -1, 100)
    for row, head in zip(heads, anchors, strict=True):
        record = EvidenceRecord.decode(row.record)
        assert [chain[0].algorithm for chain in record.chains] == ["sha256", "sha512"]
        assert check_record(record, row.note, roots, later).renewals == 1
        with pytest.raises(ValueError, match="jeton"):
            check_record(record, row.note + b" ", roots, later)
        assert token_faults(head, row.record, roots, later, "") == []
        assert token_faults(head, bytes([*row.record[:-1], row.record[-1] ^ 1]), roots, later, "") != []
    for index in range(HEADS):
        assert proved(anchored, index, later, first, second).at == START + timedelta(days=index)


def test_a_chain_of_the_stronger_digest_is_renewed_in_its_own_digest(
    anchored: House, first: ClockworkAuthority, second: ClockworkAuthority
) -> None:
    third = ClockworkAuthority("Troisième", START + 9 * YEAR, years=12)
    list(
        rehash(
            store=anchored.store,
            logs={DOCUMENTS: anchored.ledger},
            authorities=[second],
            clock=lambda: START + 4.5 * YEAR,
        )
    )
    list(renew(store=anchored.store, authorities=[third], clock=lambda: START + 10.5 * YEAR))
    with anchored.store.unit() as unit:
        for row in unit.evidence_records.after("", -1, 100):
            record = EvidenceRecord.decode(row.record)
            assert [len(chain) for chain in record.chains] == [1, 2]
            assert record.last.algorithm == "sha512"
    assert proved(anchored, 0, START + 15 * YEAR, first, second, third).at == START


def test_hashing_anew_killed_with_a_token_in_hand_keeps_whole_batches_and_goes_on_with_the_rest(
    anchored: House, second: ClockworkAuthority
) -> None:
    soon = START + 4.5 * YEAR
    with pytest.raises(_Killed):
        list(
            rehash(
                store=anchored.store,
                logs={DOCUMENTS: anchored.ledger},
                authorities=[_Fatal(second)],
                clock=lambda: soon,
                batch=2,
            )
        )
    assert plan_rehash(store=anchored.store, clock=lambda: soon).due == HEADS - 2
    assert (
        list(
            rehash(
                store=anchored.store,
                logs={DOCUMENTS: anchored.ledger},
                authorities=[second],
                clock=lambda: soon,
                batch=2,
            )
        )[-1]
        == HEADS - 2
    )


def test_what_ended_is_not_hashed_anew_and_an_authority_is_needed(anchored: House, second: ClockworkAuthority) -> None:
    later = START + 8 * YEAR
    assert plan_rehash(store=anchored.store, clock=lambda: later).lost == HEADS
    assert (
        list(rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: later))
        == []
    )
    with pytest.raises(Refused):
        list(rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[], clock=lambda: later))


def _hash_anew_and_die(settings: Settings, moment: datetime) -> None:
    """Hash anew in a process that is killed, by SIGKILL, when the second token is in hand."""
    authority = ClockworkAuthority("Autre", START + 3 * YEAR, years=8)

    class Fatal:
        name, asked = authority.name, 0

        def stamp(self, imprint: bytes, *, now: datetime, after: datetime | None, algorithm: str = "sha256") -> Stamp:
            self.asked += 1
            if self.asked == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return authority.stamp(imprint, now=now, after=after, algorithm=algorithm)

    with open_house(settings) as house:
        list(
            rehash(
                store=house.store, logs={DOCUMENTS: house.ledger}, authorities=[Fatal()], clock=lambda: moment, batch=2
            )
        )


def test_hashing_anew_goes_on_after_kill_9(anchored: House, settings: Settings, second: ClockworkAuthority) -> None:
    soon = START + 4.5 * YEAR
    process = forking.Process(target=_hash_anew_and_die, args=(settings, soon))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    assert plan_rehash(store=anchored.store, clock=lambda: soon).due == HEADS - 2
    assert list(
        rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: soon)
    ) == [HEADS - 2]


def test_a_log_that_was_changed_since_its_heads_were_hashed_anew_is_told_be_it_of_the_same_sha256(
    anchored: House, second: ClockworkAuthority, tmp_path: Path
) -> None:
    """Nobody can change an entry and keep its SHA-256 today: what was stamped is made of another log of that size."""
    soon = START + 4.5 * YEAR
    other = TileLedger(tmp_path / "autre", anchored.keys.log)
    other.append([f"entrée {number}".encode() for number in range(HEADS)])
    ground = ground_of(anchored, Audit("essai", Depth.FULL, "", "", 0, "", START))
    list(rehash(store=anchored.store, logs={DOCUMENTS: other}, authorities=[second], clock=lambda: soon))
    found = [one for step in check_anchors(ground, "") for one in step.findings]
    assert [one.code for one in found].count("anchor.log") == HEADS


def test_the_sha512_of_the_log_is_stamped_with_its_heads_as_anybody_computes_it_from_the_files(
    anchored: House, second: ClockworkAuthority
) -> None:
    soon = START + 4.5 * YEAR
    list(rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: soon))
    ground = ground_of(anchored, Audit("essai", Depth.FULL, "", "", 0, "", START))
    assert "anchor.log" not in {one.code for step in check_anchors(ground, "") for one in step.findings}
    bundle = anchored.settings.data / "ledger" / "tile" / "entries" / f"000.p/{HEADS}"
    said = subprocess.run(["openssl", "dgst", "-sha512", "-binary", bundle], capture_output=True, check=True)
    with anchored.store.unit() as unit:
        rows = unit.evidence_records.after("", -1, 100)
    assert [said.stdout in log_stamped_with(row.record) for row in rows] == [False] * (HEADS - 1) + [True]
    assert all(len(log_stamped_with(row.record)) == 3 for row in rows)


def test_a_log_that_is_not_what_its_head_says_is_not_stamped(anchored: House, second: ClockworkAuthority) -> None:
    bundle = anchored.settings.data / "ledger" / "tile" / "entries" / f"000.p/{HEADS}"
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"!")
    soon, asked = START + 4.5 * YEAR, second.asked
    with pytest.raises(Corrupt) as error:
        list(rehash(store=anchored.store, logs={DOCUMENTS: anchored.ledger}, authorities=[second], clock=lambda: soon))
    assert (error.value.code, second.asked) == ("ledger.altered", asked)
    assert plan_rehash(store=anchored.store, clock=lambda: soon).due == HEADS
