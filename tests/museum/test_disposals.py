"""What is gone from the vault: destroyed by a disposal that the log tells of, or missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ged.clock import system_clock
from ged.mail.audit import EXIT, Depth, Finding, Outcome
from ged.seal.leaf import Leaf
from ged.services.audit.seals import check_seals
from rooms.audits import Sealed, Victim, asked, audited, build, codes, copy_of, findings, ground


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


def leaf_at(victim: Victim, index: int) -> Leaf:
    return Leaf.decode(victim.ledger.entry(index))


def dispose(victim: Victim, leaf: Leaf) -> None:
    victim.ledger.append([leaf.disposed("archiviste", system_clock()).encode()])


def seals(victim: Victim) -> list[Finding]:
    stands = ground(victim, asked())
    stands.folder.mkdir(parents=True)
    return [one for step in check_seals(stands, "") for one in step.findings]


def test_what_was_shredded_without_a_disposal_is_missing(victim: Victim) -> None:
    victim.vault.shred(leaf_at(victim, 1).sha256)
    done = audited(victim)
    assert "object.missing" in codes(done)
    assert EXIT[done.outcome] == 1


def test_what_was_shredded_by_a_disposal_of_the_log_is_destroyed(victim: Victim) -> None:
    leaf = leaf_at(victim, 1)
    dispose(victim, leaf)
    assert {one.code for one in seals(victim)} == {"disposal.remains"}, "told first, destroyed then"
    victim.vault.shred(leaf.sha256)
    for depth in (Depth.FULL, Depth.QUICK):
        done = audited(victim, depth)
        assert (codes(done), done.outcome) == ({"object.disposed"}, Outcome.SOUND)
        assert ["n° 3" in one.detail for one in findings(done)] == [True]


def test_the_disposal_of_another_document_or_of_other_bytes_covers_nothing(victim: Victim) -> None:
    leaf = leaf_at(victim, 1)
    dispose(victim, leaf._replace(document="un autre"))
    dispose(victim, leaf._replace(sha256="0" * 64))
    victim.vault.shred(leaf.sha256)
    assert "object.missing" in {one.code for one in seals(victim)}


def test_what_was_sealed_again_after_its_disposal_is_missing(victim: Victim) -> None:
    leaf = leaf_at(victim, 1)
    dispose(victim, leaf)
    victim.ledger.append([leaf._replace(time=system_clock().isoformat()).encode()])
    victim.vault.shred(leaf.sha256)
    found = [(one.code, one.about[-1]) for one in seals(victim)]
    assert ("object.disposed", "1") in found
    assert ("object.missing", "4") in found


def test_a_confidential_document_whose_salt_died_with_it_is_destroyed_once_its_disposal_is_logged(
    victim: Victim,
) -> None:
    masked = leaf_at(victim, 1)._replace(sha256="a" * 64, blinded=True)
    victim.ledger.append([masked.encode()])
    assert {one.code for one in seals(victim)} == {"leaf.masked"}
    dispose(victim, masked)
    (victim.data / "audits").rename(victim.data / "audits-d-avant")
    assert {one.code for one in seals(victim)} == {"object.disposed"}
