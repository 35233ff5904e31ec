"""Every way of keeping the sealing key: the same signature, for openssl and for our own reader."""

from __future__ import annotations

import hashlib
import multiprocessing
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from engines.softhsm import PIN, SoftHsm, module
from ged.errors import Refused, Unavailable
from ged.seal.key_files import keep, new_rsa
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.rotation import rotate_seal
from ged.seal.sealing_key import KeySource
from ged.seal.sign import CmsSigner
from ged.seal.signature import read_signature
from ged.seal.token import Token, TokenKeys
from ged.seal.trust import Moment, TrustStore

LETTER = "Lomé, le 28 novembre 2026".encode()
DIGEST = hashlib.sha256(LETTER).digest()
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    made = SoftHsm.start(tmp_path_factory.mktemp("jeton"))
    made.make_key("p256")
    made.make_key("rsa", rsa=True)
    return made


def rsa_in_file(folder: Path) -> SealKeys:
    folder.mkdir(parents=True)
    keep(folder / "sceau.key", new_rsa)
    return ensure_keys(folder, organisation="Ministère d'essai")


@pytest.fixture(params=["file_p256", "file_rsa", "token_p256", "token_rsa"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeySource]:
    kind, _, key = request.param.partition("_")
    if kind == "file":
        folder = tmp_path / "cles"
        yield rsa_in_file(folder) if key == "rsa" else ensure_keys(folder, organisation="Ministère d'essai")
    else:
        hsm: SoftHsm = request.getfixturevalue("hsm")
        yield TokenKeys(ensure_keys(tmp_path / "cles", organisation="Ministère d'essai"), hsm.token(key))


def accepted(p7s: bytes, signer: CmsSigner, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "letter").write_bytes(LETTER)
    (folder / "letter.p7s").write_bytes(p7s)
    (folder / "trust.pem").write_bytes(signer.trust_pem)
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "letter.p7s"]
    command += ["-content", "letter", "-CAfile", "trust.pem", "-purpose", "any", "-out", "out"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_openssl_and_our_reader_accept_what_it_signs(source: KeySource, tmp_path: Path) -> None:
    signer = CmsSigner(source)
    p7s = signer.sign(DIGEST, NOW)
    assert (answer := accepted(p7s, signer, tmp_path)).returncode == 0, answer.stderr
    signature = read_signature(p7s)
    assert signature.message_digest == DIGEST
    trust = TrustStore.from_pem(signer.trust_pem)
    trust.judge(trust.path(signature.certificate), Moment(NOW, proved=False))


def test_one_altered_byte_of_the_signature_is_refused(source: KeySource) -> None:
    p7s = CmsSigner(source).sign(DIGEST, NOW)
    with pytest.raises(ValueError, match="se vérifie pas"):
        read_signature(p7s[:-1] + bytes([p7s[-1] ^ 1]))


def test_many_threads_sign_at_once(source: KeySource) -> None:
    signer = CmsSigner(source)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: signer.sign(DIGEST, NOW), range(64)))
    assert {read_signature(each).message_digest for each in made} == {DIGEST}


def test_a_forked_process_signs_and_so_does_its_parent_after(source: KeySource) -> None:
    signer = CmsSigner(source)
    signer.sign(DIGEST, NOW)
    context = multiprocessing.get_context("fork")
    there, here = context.Pipe()
    child = context.Process(target=lambda: there.send(signer.sign(DIGEST, NOW)))
    child.start()
    assert here.poll(20), "the child does not answer"
    assert read_signature(here.recv()).message_digest == DIGEST
    child.join(20)
    assert read_signature(signer.sign(DIGEST, NOW)).message_digest == DIGEST


def test_nothing_is_sealed_after_the_certificate_ended(source: KeySource) -> None:
    signer = CmsSigner(source)
    with pytest.raises(Unavailable) as refused:
        signer.sign(DIGEST, NOW + timedelta(days=365 * 30))
    assert refused.value.code == "seal.ended"


@pytest.fixture
def lost_token(hsm: SoftHsm) -> Iterator[Callable[[], None]]:
    tokens, away = hsm.folder / "tokens", hsm.folder / "away"

    def take() -> None:
        tokens.rename(away)

    yield take
    if away.exists():
        away.rename(tokens)


def test_a_token_taken_away_makes_seals_wait_and_serves_again_when_it_is_back(
    hsm: SoftHsm, lost_token: Callable[[], None], tmp_path: Path
) -> None:
    signer = CmsSigner(TokenKeys(ensure_keys(tmp_path / "cles", organisation="Essai"), hsm.token("p256")))
    signer.sign(DIGEST, NOW)
    lost_token()
    with pytest.raises(Unavailable) as refused:
        signer.sign(DIGEST, NOW)
    assert refused.value.code == "seal.token"
    assert TrustStore.from_pem(signer.trust_pem).seals, "what was sealed is still verified"
    (hsm.folder / "away").rename(hsm.folder / "tokens")
    assert read_signature(signer.sign(DIGEST, NOW)).message_digest == DIGEST


def test_a_refused_pin_is_tried_once(hsm: SoftHsm) -> None:
    hsm.log_out()
    asked: list[str] = []

    def pin() -> str:
        asked.append("000000")
        return asked[-1]

    token = Token(module(), hsm.label, "p256", pin)
    for _ in range(4):
        with pytest.raises(Unavailable) as refused:
            token.sign(b"x")
        assert refused.value.code == "seal.token_pin"
    assert len(asked) == 1
    assert hsm.token("p256", PIN).sign(b"x")


def test_a_label_that_names_no_key_or_a_weak_one_is_refused(hsm: SoftHsm) -> None:
    hsm.make_key("faible", rsa=True, bits=2048)
    for label in ("absente", "faible"):
        with pytest.raises(Refused) as refused:
            hsm.token(label).public()
        assert refused.value.code == "seal.token_key"


def test_another_key_on_the_token_is_another_certificate_and_the_first_is_still_believed(
    hsm: SoftHsm, tmp_path: Path
) -> None:
    keys = ensure_keys(tmp_path / "cles", organisation="Essai")
    first = CmsSigner(TokenKeys(keys, hsm.token("p256"))).sign(DIGEST, NOW)
    second = CmsSigner(TokenKeys(keys, hsm.token("rsa"))).sign(DIGEST, NOW)
    named = [read_signature(each).certificate for each in (first, second)]
    assert named[0] != named[1]
    for each in named:
        keys.trust.judge(keys.trust.path(each), Moment(NOW, proved=False))


def test_a_key_rotated_on_the_token_serves_in_every_process_from_its_next_seal_on(hsm: SoftHsm, tmp_path: Path) -> None:
    """Each source stands for a process: they share the folder of keys and were all started with the first label."""
    folder = tmp_path / "cles"
    signers = [CmsSigner(TokenKeys(ensure_keys(folder, organisation="Essai"), hsm.token("p256"))) for _ in range(2)]
    before = {read_signature(each.sign(DIGEST, NOW)).certificate for each in signers}
    told = list[x509.Certificate]()
    made = rotate_seal(ensure_keys(folder, organisation="Essai"), told.append, on_token=hsm.token("p256").public("rsa"))
    assert told == [made]
    for _ in range(3):  # who was started with the first label follows, and does not put it back
        for each in signers:
            p7s = each.sign(DIGEST, NOW)
            assert read_signature(p7s).certificate == made
            assert accepted(p7s, each, tmp_path).returncode == 0
    assert len(list(folder.glob("sceau*.pem"))) == 3
    (old,) = before
    trust = TrustStore.from_pem(signers[0].trust_pem)
    trust.judge(trust.path(old), Moment(NOW, proved=False))


def test_a_token_that_was_forgotten_for_another_label_is_a_new_key_once(hsm: SoftHsm, tmp_path: Path) -> None:
    """The configuration names another label, and processes of the old one and of the new one seal by turns."""
    folder = tmp_path / "cles"
    first, second = (
        CmsSigner(TokenKeys(ensure_keys(folder, organisation="Essai"), hsm.token(label))) for label in ("p256", "rsa")
    )
    first.sign(DIGEST, NOW)
    made = read_signature(second.sign(DIGEST, NOW)).certificate
    for each in (first, second, first, second):
        assert read_signature(each.sign(DIGEST, NOW)).certificate == made
    assert len(list(folder.glob("sceau*.pem"))) == 3
