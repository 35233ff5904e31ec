"""The seal: one flipped byte anywhere is never said intact, and openssl agrees with us."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.views.words import translations
from ged.mail.said import tell
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.leaf import Leaf
from ged.seal.ledger import TileLedger
from ged.seal.sign import CmsSigner
from ged.seal.trust import TrustStore
from ged.seal.verify import Outcome, Verdict, check

LETTER = "Lomé, le 24 novembre 2026".encode() * 40


@dataclass
class Sealed:
    """A document with all its evidence, and the keys that it is checked against."""

    document: bytes
    p7s: bytes
    leaf: bytes
    proof: str
    authority: bytes
    log_key: str

    def outcome(self, **changed: bytes) -> Outcome:
        return self.verdict(**changed).outcome

    def verdict(self, **changed: bytes) -> Verdict:
        document = changed.get("document", self.document)
        return check(
            digest=hashlib.sha256(document).hexdigest(),
            size=len(document),
            p7s=changed.get("p7s", self.p7s),
            leaf=changed.get("leaf", self.leaf),
            proof=changed.get("proof", self.proof.encode()).decode("utf-8", "replace"),
            trust=TrustStore.from_pem(self.authority),
            log_key=self.log_key,
        )


def seal(document: bytes, keys: SealKeys, ledger: TileLedger, at: datetime | None = None) -> Sealed:
    at = at or datetime.now(UTC)
    digest = hashlib.sha256(document)
    p7s = CmsSigner(keys).sign(digest.digest(), at)
    leaf = Leaf(
        document="abc",
        sha256=digest.hexdigest(),
        size=len(document),
        p7s_sha256=hashlib.sha256(p7s).hexdigest(),
        version="",
        event="capture",
        actor="systeme",
        time=at.isoformat(),
    ).encode()
    entry = ledger.append([leaf])[0]
    return Sealed(document, p7s, leaf, entry.proof, keys.chain_pem, ledger.verifier_key)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_keys(tmp_path_factory.mktemp("keys"), organisation="Ministère d'essai")


@pytest.fixture(scope="module")
def sealed(keys: SealKeys, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    ledger = TileLedger(tmp_path_factory.mktemp("ledger"), keys.log)
    ledger.append([b"an entry before", b"and another"])
    return seal(LETTER, keys, ledger)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_what_was_sealed_is_said_intact(sealed: Sealed) -> None:
    assert sealed.outcome() is Outcome.INTACT


@pytest.mark.parametrize("part", ["document", "p7s", "leaf", "proof"])
def test_one_flipped_bit_at_any_byte_is_never_said_intact(sealed: Sealed, part: str) -> None:
    data = getattr(sealed, part)
    data = data.encode() if isinstance(data, str) else data
    missed = [place for place in range(len(data)) if sealed.outcome(**{part: flipped(data, place)}) is Outcome.INTACT]
    assert missed == []


@pytest.mark.parametrize("part", ["document", "p7s", "leaf", "proof"])
def test_a_part_cut_short_or_made_longer_is_never_said_intact(sealed: Sealed, part: str) -> None:
    data = getattr(sealed, part)
    data = data.encode() if isinstance(data, str) else data
    for changed in (b"", data[:-1], data[: len(data) // 2], data + b"\x00", data + data):
        assert sealed.outcome(**{part: changed}) is not Outcome.INTACT


@settings(deadline=None)  # a loaded machine proves nothing
@given(st.binary(max_size=300))
def test_bytes_that_are_no_evidence_are_a_verdict_and_no_error(sealed: Sealed, noise: bytes) -> None:
    for part in ("p7s", "leaf", "proof"):
        assert sealed.outcome(**{part: noise}) is Outcome.ALTERED


def test_evidence_of_another_document_is_refused(sealed: Sealed, keys: SealKeys, tmp_path: Path) -> None:
    other = seal(b"another letter", keys, TileLedger(tmp_path, keys.log))
    for part in ("p7s", "leaf", "proof"):
        assert sealed.outcome(**{part: _bytes(getattr(other, part))}) is Outcome.ALTERED


def test_a_seal_by_other_keys_is_refused(sealed: Sealed, tmp_path: Path) -> None:
    stranger = ensure_keys(tmp_path / "keys", organisation="Ministère d'essai")
    forged = seal(LETTER, stranger, TileLedger(tmp_path / "ledger", stranger.log))
    assert forged.outcome() is Outcome.INTACT  # by its own keys
    forged.authority = sealed.authority
    assert forged.outcome() is Outcome.UNTRUSTED
    forged.log_key = sealed.log_key
    assert forged.outcome() is Outcome.ALTERED


def test_an_insider_who_seals_again_with_the_real_key_is_caught_by_the_leaf(sealed: Sealed, keys: SealKeys) -> None:
    altered = sealed.document.replace(b"2026", b"2025")
    digest = hashlib.sha256(altered).digest()
    again = CmsSigner(keys).sign(digest, datetime.now(UTC))
    verdict = sealed.verdict(document=altered, p7s=again)
    assert verdict.outcome is Outcome.ALTERED
    failed = [step.number for step in verdict.steps if not step.passed]
    assert failed == [1, 2], "signature, certificate, log and head all hold: only the leaf's digests do not"


def test_a_date_outside_the_certificate_is_refused(keys: SealKeys, tmp_path: Path) -> None:
    early = seal(LETTER, keys, TileLedger(tmp_path, keys.log), datetime.now(UTC) - timedelta(days=4000))
    assert early.outcome() is Outcome.UNTRUSTED


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def openssl(folder: Path, document: bytes, p7s: bytes, authority: bytes) -> subprocess.CompletedProcess[str]:
    (folder / "document").write_bytes(document)
    (folder / "seal.p7s").write_bytes(p7s)
    (folder / "chain.pem").write_bytes(authority)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.p7s"]
    command += ["-content", "document", "-CAfile", "chain.pem", "-purpose", "any", "-out", "out"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_each_step_is_told_in_english_too_whether_it_passed_or_not(
    sealed: Sealed, keys: SealKeys, tmp_path: Path
) -> None:
    other = seal(b"another letter", keys, TileLedger(tmp_path, keys.log))
    english = translations("en").gettext
    altered = sealed.verdict(document=b"x", p7s=other.p7s), sealed.verdict(leaf=b"x", p7s=b"x", proof=b"x")
    for verdict in (sealed.verdict(), *altered):
        for step in verdict.steps:
            told = tell(step.detail, english)
            assert told != step.detail or step.detail.isascii(), "what cryptography itself says is English"


def test_openssl_accepts_our_signature_as_cades(sealed: Sealed, tmp_path: Path) -> None:
    answer = openssl(tmp_path, sealed.document, sealed.p7s, sealed.authority)
    assert answer.returncode == 0, answer.stderr
    assert (tmp_path / "out").read_bytes() == sealed.document


def test_openssl_refuses_another_document_and_another_authority(sealed: Sealed, tmp_path: Path) -> None:
    assert openssl(tmp_path, flipped(sealed.document, 7), sealed.p7s, sealed.authority).returncode != 0
    stranger = ensure_keys(tmp_path / "keys", organisation="Autre")
    assert openssl(tmp_path, sealed.document, sealed.p7s, stranger.chain_pem).returncode != 0


def test_openssl_reads_the_signed_attributes_that_cades_asks_for(sealed: Sealed, tmp_path: Path) -> None:
    (tmp_path / "seal.p7s").write_bytes(sealed.p7s)
    command = ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "seal.p7s"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    for attribute in ("contentType", "messageDigest", "id-smime-aa-signingCertificateV2"):
        assert attribute in said


def test_keys_are_made_once_and_read_by_their_owner_alone(tmp_path: Path) -> None:
    first = ensure_keys(tmp_path / "keys", organisation="Ministère d'essai")
    again = ensure_keys(tmp_path / "keys", organisation="Ministère d'essai")
    assert first.chain_pem == again.chain_pem
    for path in (tmp_path / "keys").iterdir():
        if b"PRIVATE" in path.read_bytes():
            assert path.stat().st_mode & 0o077 == 0, path.name
