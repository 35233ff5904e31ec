"""An audit that reads many things at once tells what one that reads them one by one tells, in the same order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import pytest

from ged.clock import system_clock
from ged.errors import Unavailable
from ged.mail.audit import Audit, Depth
from ged.ports import Found
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.note import read_proof
from ged.seal.second_digest import SecondDigests
from ged.seal.sign import CmsSigner
from ged.services.audit.ground import Ground
from ged.services.audit.in_order import in_order
from ged.services.audit.judge import Entry, Judge
from ged.services.audit.notebook import Notebook
from ged.services.audit.read_log import ReadLog
from ged.services.audit.walk import walk
from ged.services.beside import proof_suffix
from ged.services.second_digests import Originals
from ged.store.vault.hashers import Answer, Hashers
from ged.store.vault.local import LocalVault
from ged.store.vault.names import place_of

LETTERS, UNDER_ONE_HEAD = 600, 150
ASKED = Audit("essai", Depth.FULL, "", "graine", 0, "essai", datetime(2026, 11, 29, tzinfo=UTC))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("keys"), organisation="Essai")


@pytest.fixture
def sealed(keys: SealKeys, tmp_path: Path) -> Ground:
    """Six hundred sealed originals under four heads, and who audits them."""
    signer, leaves, digests = CmsSigner(keys), list[bytes](), list[str]()
    for number in range(LETTERS):
        data = f"Lettre {number}. ".encode() * (number + 1)
        digest, now = hashlib.sha256(data).hexdigest(), system_clock()
        signature = signer.sign(bytes.fromhex(digest), now)
        _written(tmp_path / "coffre" / place_of(digest), data)
        _written(tmp_path / "coffre" / place_of(digest, "p7s"), signature)
        p7s = hashlib.sha256(signature).hexdigest()
        leaves.append(Leaf(f"{number:022d}", digest, len(data), p7s, "", "capture", "essai", now.isoformat()).encode())
        digests.append(digest)
    ledger = TileLedger(tmp_path / "journal", keys.log)
    for first in range(0, LETTERS, UNDER_ONE_HEAD):
        for placed in ledger.append(leaves[first : first + UNDER_ONE_HEAD]):
            name = place_of(digests[placed.index], proof_suffix(placed.index))
            _written(tmp_path / "coffre" / name, placed.proof.encode())
    return Ground(
        vault=LocalVault(tmp_path / "coffre"),
        documents=ReadLog("documents", tmp_path / "journal", keys.log.verifier),
        store=None,
        trust_pem=signer.trust_pem,
        retained=(),
        folder=tmp_path / "notes",
        clock=system_clock,
        seed="",
        sample=0,
        readers=4,
        patience=(),
    )


def _originals(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if len(each.name) == 64)


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def audited(ground: Ground, name: str) -> Audit:
    (ground.folder / name).mkdir(parents=True)
    own = replace(ground, folder=ground.folder / name)
    return walk(ASKED, own, Notebook(own.folder), lambda _audit, _checked: None)


def said(audit: Audit) -> list[tuple[str, str, str]]:
    return [(each.code, each.about, each.detail) for one in audit.checks for each in one.findings]


def lies(ground: Ground) -> None:
    """Change an original, a signature and a proof; take another original away."""
    folder = next(ground.folder.parent.glob("coffre"))
    originals = _originals(folder)
    originals[3].write_bytes(originals[3].read_bytes() + b"!")
    signature = originals[200].with_name(originals[200].name + ".p7s")
    signature.write_bytes(signature.read_bytes()[:-1] + b"\0")
    proof = next(originals[400].parent.glob(f"{originals[400].name}.*.tlog-proof"))
    proof.write_text(proof.read_text().replace("index ", "index 1"))
    originals[500].unlink()


def test_many_at_once_tell_what_one_by_one_tells(sealed: Ground) -> None:
    assert [each for each in said(audited(sealed, "intact")) if each[0] != "certificate.ends"] == []
    lies(sealed)
    together, alone = audited(sealed, "ensemble"), audited(replace(sealed, readers=1), "un-par-un")
    assert said(together) == said(alone)
    assert {"object.altered", "object.missing", "p7s.altered", "proof.invalid"} <= {code for code, *_ in said(alone)}
    assert [one.looked for one in together.checks] == [one.looked for one in alone.checks]


class _Few(LocalVault):
    """The first things of a folder."""

    def objects(self, since: str = "") -> Iterator[Found]:
        return islice(super().objects(since), 9)


class _ReadHere(LocalVault):
    """A folder that does not tell where it is: threads read it."""

    def plain_folder(self) -> None:  # type: ignore[override]
        """Return None."""


def test_processes_tell_what_threads_tell(sealed: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sealed.folder.parent / "coffre"
    originals = sorted(each for each in folder.rglob("*") if len(each.name) == 64 and each.stat().st_size > 50)
    altered, missing, grown, cut, empty, unreadable = originals[120:600:80]
    altered.write_bytes(bytes([altered.read_bytes()[0] ^ 1]) + altered.read_bytes()[1:])
    missing.unlink()
    grown.write_bytes(grown.read_bytes() + b"!")
    cut.write_bytes(cut.read_bytes()[:-1])
    empty.write_bytes(b"")
    unreadable.unlink()
    unreadable.symlink_to("/proc/self/mem")  # opens, and its first byte is an error of reading
    asked = list[int]()
    ask = Hashers.ask

    def counted(self: Hashers, places: Sequence[str]) -> Callable[[], list[Answer]]:
        asked.append(len(places))
        return ask(self, places)

    monkeypatch.setattr(Hashers, "ask", counted)
    by_processes = audited(sealed, "processus")
    read = sum(asked)
    assert LETTERS * 4 // 5 < read < LETTERS
    by_threads = audited(replace(sealed, vault=_ReadHere(folder)), "fils")
    assert sum(asked) == read
    assert by_processes.checks == by_threads.checks
    told = {about: code for code, about, _ in said(by_processes) if len(about) == len(altered.name)}
    changed = dict.fromkeys((each.name for each in (altered, grown, cut, empty)), "object.altered")
    assert told == {**changed, unreadable.name: "object.unread"}


def test_what_is_hashed_while_the_log_is_read_is_held_against_what_the_log_says(
    sealed: Ground, keys: SealKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log has SHA-512s: it is known of no original yet when hashing begins."""
    folder = sealed.folder.parent / "coffre"
    first, second, last = (each.name for each in _originals(folder)[:LETTERS:299])
    held = {each: hashlib.sha512((folder / place_of(each)).read_bytes()).hexdigest() for each in (first, last)}
    told = SecondDigests(system_clock().isoformat(), {**held, second: "0" * 128})
    TileLedger(sealed.documents.folder, keys.log).append([told.encode()])
    early = list[int]()
    ask, end = Hashers.ask, Originals.read

    def counted(self: Hashers, places: Sequence[str]) -> Callable[[], list[Answer]]:
        early.append(len(places))
        return ask(self, places)

    def ended(self: Originals, bundles: Iterable[Iterable[bytes]]) -> None:
        end(self, bundles)
        assert early, "nothing was hashed while the log was read"

    monkeypatch.setattr(Hashers, "ask", counted)
    monkeypatch.setattr(Originals, "read", ended)
    by_processes = audited(sealed, "processus")
    monkeypatch.undo()
    assert [code for code, about, _ in said(by_processes) if about == second] == ["object.sha512"]
    assert by_processes.checks == audited(replace(sealed, vault=_ReadHere(folder)), "fils").checks


def test_a_small_vault_is_read_before_a_process_has_started(sealed: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    few = _Few(sealed.folder.parent / "coffre")
    monkeypatch.setattr(Hashers, "ask", None)
    short = replace(sealed.documents, folder=sealed.folder / "vide")
    audited(replace(sealed, vault=few, documents=short), "petit")


def test_an_audit_whose_process_is_killed_says_so_and_goes_on(sealed: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[Hashers]()
    ask = Hashers.ask

    def kill_the_first(self: Hashers, places: Sequence[str]) -> Callable[[], list[Answer]]:
        waits = ask(self, places)
        asked.append(self)
        if self is asked[0]:
            for each in self._processes:
                each.kill()
        return waits

    lies(sealed)
    whole = audited(sealed, "sans-mort")
    monkeypatch.setattr(Hashers, "ask", kill_the_first)
    done = audited(replace(sealed, patience=(0.0, 0.0)), "une-mort")
    interrupted = [each for each in said(done) if each[0] == "check.interrupted"]
    assert ["arrêté" in detail for _, _, detail in interrupted] == [True]
    assert [each for each in said(done) if each[0] != "check.interrupted"] == said(whole)
    assert [one.looked for one in done.checks] == [one.looked for one in whole.checks]


class _PulledOut(LocalVault):
    """A folder on a disk that is pulled out when half of it is listed."""

    def objects(self, since: str = "") -> Iterator[Found]:
        folder = self.plain_folder()
        for count, one in enumerate(super().objects(since)):
            if count == LETTERS * 3 // 2:
                folder.rename(folder.with_name("ailleurs"))
            yield one


def test_a_disk_that_is_pulled_out_is_told_by_processes_too(sealed: Ground) -> None:
    vault = _PulledOut(sealed.folder.parent / "coffre")
    done = audited(replace(sealed, vault=vault, handful_bytes=10_000, step=50), "sans-disque")
    of_vault = next(one for one in done.checks if one.code == "coffre")
    assert 0 < of_vault.looked <= LETTERS * 3 // 2
    assert "n'est plus là" in of_vault.stopped or "ne se lit pas" in of_vault.stopped
    assert of_vault.findings == ()  # nothing is called missing


def test_an_error_comes_out_as_it_was_raised() -> None:
    def refuse(what: str) -> str:
        raise Unavailable("vault.unavailable", what, disk="sda")

    with pytest.raises(Unavailable, match="Le disque dort") as caught:
        list(in_order(refuse, [(1, "Le disque dort.")], 2))
    assert caught.value.diagnostics()["disk"] == "sda"


def test_a_certificate_is_believed_at_its_time_alone_and_of_whom_it_must_be(sealed: Ground, tmp_path: Path) -> None:
    entry, judge, now = _entry(sealed, 7), Judge(sealed, sealed.documents.head()), system_clock()

    def codes(judge: Judge, proved_at: datetime | None) -> list[str]:
        return [each.code for each in judge.findings(replace(entry, proved_at=proved_at))]

    century = timedelta(days=36_525)
    for at, said in ((None, []), (now, []), (now + century, ["certificate.untrusted"]), (now, [])):
        assert codes(judge, at) == said
    assert codes(judge, now - century) == ["certificate.untrusted"]
    strange = ensure_keys(tmp_path / "autres", organisation="Autre")
    elsewhere = Judge(replace(sealed, trust_pem=CmsSigner(strange).trust_pem), sealed.documents.head())
    assert [codes(elsewhere, at) for at in (None, now)] == [["certificate.untrusted"]] * 2


def test_every_byte_of_a_proof_is_held_against_the_log(sealed: Ground) -> None:
    index = 421
    head, entry = sealed.documents.head(), _entry(sealed, index)
    kept = next((sealed.folder.parent / "coffre").rglob(f"*.{index}.tlog-proof"))
    data = kept.read_bytes()
    assert Judge(sealed, head).findings(entry) == []
    for at in range(len(data)):
        kept.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        found = {each.code for each in Judge(sealed, head).findings(entry)}
        assert found and found <= {"proof.invalid", "log.rewritten"}, (at, found)  # noqa: PT018


def test_tiles_that_lie_make_no_proof_hold_and_none_fail_that_holds_without_them(sealed: Ground) -> None:
    """Who writes the disk and has no key changes the hash of an entry in its tile."""
    head, entry = sealed.documents.head(), _entry(sealed, 10)
    tile = sealed.documents.folder / "tile/0/000"
    data = bytearray(tile.read_bytes())
    data[32 * 10] ^= 1
    tile.write_bytes(data)
    assert Judge(sealed, head).findings(_entry(sealed, 300)) == []
    false = Entry(entry.index, entry.data.replace(b'"size":', b'"size":1'))
    data[32 * 10 : 32 * 11] = hashlib.sha256(b"\0" + false.data).digest()
    tile.write_bytes(data)
    codes = {each.code for each in Judge(sealed, head).findings(false)}
    assert codes >= {"proof.invalid"}


def _entry(ground: Ground, index: int) -> Entry:
    every = [(first + n, one) for first, some in ground.documents.bundles(LETTERS) for n, one in enumerate(some or ())]
    return Entry(*every[index])


def test_heads_of_many_sizes_stand_under_proofs(sealed: Ground) -> None:
    """What the fixture is for: proofs under heads that the log has outgrown, and under its last."""
    proofs = (sealed.folder.parent / "coffre").rglob("*.tlog-proof")
    sizes = {int(read_proof(each.read_text()).checkpoint.split("\n")[1]) for each in proofs}
    assert sizes == set(range(UNDER_ONE_HEAD, LETTERS + 1, UNDER_ONE_HEAD))
