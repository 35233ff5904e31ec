"""A vault whose disk goes away while an audit reads it: what was not checked is said, nothing is called missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ged.mail.audit import EXIT, Audit, Checked, Outcome
from ged.ports import Found
from ged.services.audit.ground import Ground
from ged.services.audit.notebook import Notebook
from ged.services.audit.walk import walk
from ged.store.vault.local import LocalVault
from rooms.audits import Sealed, Victim, asked, build, codes, copy_of, ground, quiet


class Unmounted(LocalVault):
    """A vault on a disk that is pulled out before its third original is read.

    It is put back before it is listed for the `back`th time; 0 for never.
    """

    def __init__(self, folder: Path, *, back: int) -> None:
        super().__init__(folder)
        self._place, self._elsewhere = folder, folder.with_name("ailleurs")
        self._back, self._read, self._listed = back, 0, 0

    def plain_folder(self) -> None:  # type: ignore[override]
        """Return None: it is read here, and knows what is read the third."""

    def hashed(self, digest: str) -> tuple[str, int]:
        self._read += 1
        if self._read == 3:
            self._place.rename(self._elsewhere)
        return super().hashed(digest)

    def objects(self, since: str = "") -> Iterator[Found]:
        self._listed += 1
        if self._listed == self._back:
            self.put_back()
        return super().objects(since)

    def put_back(self) -> None:
        self._elsewhere.rename(self._place)


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


def begun(victim: Victim, back: int) -> tuple[Audit, Ground, Unmounted]:
    """Return an audit that goes by steps of one name, so that a small vault has places to be taken up at."""
    audit, vault = asked(), Unmounted(victim.data / "vault", back=back)
    stands = replace(ground(victim, audit), vault=vault, readers=1, step=1, handful_bytes=1, patience=(0.01, 0.01))
    return audit, stands, vault


def of_vault(audit: Audit) -> Checked:
    return next(one for one in audit.checks if one.code == "coffre")


def names(victim: Victim) -> int:
    return len(list(victim.vault.objects()))


def test_a_disk_that_comes_back_is_waited_for_and_the_audit_says_so(victim: Victim) -> None:
    audit, stands, _ = begun(victim, back=3)  # the first time it is listed again, it is still gone
    done = walk(audit, stands, Notebook(stands.folder), quiet)
    assert (done.outcome, of_vault(done).looked) == (Outcome.SOUND, names(victim))
    told = [one for one in of_vault(done).findings if one.code == "check.interrupted"]
    assert len(told) == 2
    assert all("n'est plus là" in one.detail or "ne se lit pas" in one.detail for one in told)


def test_one_that_stays_away_ends_the_check_where_it_was_and_a_later_run_goes_on(victim: Victim) -> None:
    audit, stands, vault = begun(victim, back=0)
    done = walk(audit, stands, Notebook(stands.folder), quiet)
    there, stopped = of_vault(done), of_vault(done).stopped
    assert (done.outcome, EXIT[done.outcome], there.done) == (Outcome.UNFINISHED, 2, False)
    assert codes(done) == {"check.interrupted"}  # nothing is called missing
    assert f"jusqu'à « {there.position} » compris" in stopped
    assert any(stopped in one for one in done.not_checked)

    vault.put_back()
    assert 0 < there.looked < names(victim)
    kept = Notebook(stands.folder).read()
    assert kept is not None
    assert kept.left
    whole = walk(kept, stands, Notebook(stands.folder), quiet)
    assert (whole.outcome, of_vault(whole).looked, of_vault(whole).stopped) == (Outcome.SOUND, names(victim), "")
    assert not any(stopped in one for one in whole.not_checked)
