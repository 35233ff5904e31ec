"""Keys that change: without a restart, whatever dies in the middle, and what was sealed before stays believed."""

from __future__ import annotations

import hashlib
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from engines.site_authority import SiteAuthority, p256, pem
from ged.errors import Conflict, NotFound, Refused, Unavailable
from ged.seal import rotation
from ged.seal.keys import SealKeys, ensure_keys
from ged.seal.sign import CmsSigner
from ged.seal.signature import read_signature
from ged.seal.trust import Moment

LETTER = b"une lettre"
DIGEST = hashlib.sha256(LETTER).digest()
THEFT = x509.ReasonFlags.key_compromise


@pytest.fixture
def keys(tmp_path: Path) -> SealKeys:
    return ensure_keys(tmp_path / "cles", organisation="Ministère d'essai")


def nothing(_certificate: x509.Certificate) -> None:
    """Announce to nobody."""


def seal(keys: SealKeys) -> tuple[bytes, x509.Certificate]:
    p7s = CmsSigner(keys).sign(DIGEST, datetime.now(UTC))
    return p7s, read_signature(p7s).certificate


def believed(keys: SealKeys, certificate: x509.Certificate, at: datetime | None = None, *, proved: bool = True) -> bool:
    try:
        keys.trust.judge(keys.trust.path(certificate), Moment(at or datetime.now(UTC), proved))
    except ValueError:
        return False
    return True


def test_every_process_seals_with_the_new_key_at_its_next_seal(keys: SealKeys) -> None:
    elsewhere = CmsSigner(ensure_keys(keys.folder, organisation="Ministère d'essai"))
    before = read_signature(elsewhere.sign(DIGEST, datetime.now(UTC))).certificate
    announced: list[x509.Certificate] = []
    made = rotation.rotate_seal(keys, announced.append)
    after = read_signature(elsewhere.sign(DIGEST, datetime.now(UTC))).certificate
    assert announced == [made] == [after]
    assert before != after
    assert believed(keys, before)
    assert believed(keys, after)


@pytest.mark.parametrize("rsa_key", [False, True])
def test_a_death_before_the_last_rename_leaves_the_old_key_and_the_next_try_holds(
    keys: SealKeys, rsa_key: bool
) -> None:
    _, before = seal(keys)
    child = os.fork()
    if child == 0:
        rotation.rotate_seal(keys, lambda _made: os._exit(9), rsa=rsa_key)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (keys.folder / "sceau-2.key").exists()
    assert seal(ensure_keys(keys.folder, organisation="Ministère d'essai"))[1] == before
    made = rotation.rotate_seal(keys, nothing)
    assert seal(keys)[1] == made


def test_what_cannot_be_announced_is_not_done(keys: SealKeys) -> None:
    _, before = seal(keys)

    def refuse(_certificate: x509.Certificate) -> None:
        raise Unavailable("store.unavailable", "La base ne répond pas.")

    for act in (rotation.rotate_seal, rotation.rotate_authority):
        with pytest.raises(Unavailable):
            act(keys, refuse)
    assert seal(keys)[1] == before
    assert len(keys.trust.authorities) == 1


def test_another_own_authority_certifies_from_now_on(keys: SealKeys) -> None:
    _, before = seal(keys)
    authority = rotation.rotate_authority(keys, nothing)
    made = rotation.rotate_seal(keys, nothing)
    assert keys.authority == authority
    assert keys.trust.path(made)[-1] == authority
    assert believed(keys, before)


@pytest.mark.parametrize("rsa_key", [False, True])
def test_a_certificate_of_the_sites_authority_serves_with_the_key_that_asked(
    keys: SealKeys, tmp_path: Path, rsa_key: bool
) -> None:
    asked = rotation.ask(keys, rsa=rsa_key)
    (tmp_path / "asked.csr").write_bytes(asked)
    command = ["openssl", "req", "-verify", "-in", "asked.csr", "-noout", "-subject"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "verify OK" in said.stderr + said.stdout
    site = SiteAuthority()
    link = SiteAuthority("AC fille", above=site)
    rotation.rotate_seal(keys, nothing)  # in the meanwhile: what comes later still serves
    public = x509.load_pem_x509_csr(asked).public_key()
    certificate = link.issue(public)  # type: ignore[arg-type]
    rotation.import_certificate(keys, pem(certificate, link.certificate, site.certificate), nothing)
    p7s, named = seal(keys)
    assert named == certificate
    assert keys.authority == site.certificate
    assert not list(keys.folder.glob("demande*"))
    (tmp_path / "letter").write_bytes(LETTER)
    (tmp_path / "seal.p7s").write_bytes(p7s)
    (tmp_path / "site.pem").write_bytes(pem(site.certificate))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.p7s"]
    command += ["-content", "letter", "-CAfile", "site.pem", "-purpose", "any", "-out", "out"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_a_certificate_that_cannot_serve_is_refused_and_nothing_changes(keys: SealKeys) -> None:
    _, before = seal(keys)
    site, now = SiteAuthority(), datetime.now(UTC)
    public = x509.load_pem_x509_csr(rotation.ask(keys)).public_key()
    ended = site.issue(public, now - timedelta(days=20), now - timedelta(days=10))  # type: ignore[arg-type]
    weak = site.issue(rsa.generate_private_key(65537, 2048).public_key())
    cases = {
        "a stranger's key": pem(site.issue(p256().public_key()), site.certificate),
        "no chain": pem(site.issue(public)),  # type: ignore[arg-type]
        "ended": pem(ended, site.certificate),
        "weak": pem(weak, site.certificate),
        "an authority": pem(site.certificate),
        "nothing": b"bonjour",
    }
    for case, given in cases.items():
        with pytest.raises(Refused) as refused:
            rotation.import_certificate(keys, given, nothing)
        assert refused.value.code == "keys.certificate", case
    assert seal(keys)[1] == before


def test_a_revoked_key_is_forgotten_and_only_older_proved_seals_outlive_it(keys: SealKeys, tmp_path: Path) -> None:
    p7s, first = seal(keys)
    sealed_at = datetime.now(UTC)
    with pytest.raises(Conflict) as refused:
        rotation.revoke(keys, first.serial_number, nothing, reason=THEFT)
    assert refused.value.code == "keys.in_force"
    rotation.rotate_seal(keys, nothing)
    rotation.revoke(keys, first.serial_number, nothing, reason=THEFT)
    assert not (keys.folder / "sceau.key").exists()
    assert (keys.folder / "sceau.pem").exists()
    assert believed(keys, first, sealed_at - timedelta(minutes=1))
    assert not believed(keys, first, sealed_at - timedelta(minutes=1), proved=False)
    assert not believed(keys, first, sealed_at + timedelta(minutes=1))
    with pytest.raises(Conflict) as again:
        rotation.revoke(keys, first.serial_number, nothing, reason=THEFT)
    assert again.value.code == "keys.revoked"
    (tmp_path / "trust.pem").write_bytes(keys.trust_pem)
    (tmp_path / "lists.pem").write_bytes(keys.trust.lists_pem)
    (tmp_path / "letter").write_bytes(LETTER)
    (tmp_path / "seal.p7s").write_bytes(p7s)
    command = ["openssl", "crl", "-in", "lists.pem", "-CAfile", "trust.pem", "-noout", "-text"]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "verify OK" in said.stderr
    assert f"{first.serial_number:X}" in said.stdout.replace(":", "")
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "seal.p7s", "-crl_check"]
    command += ["-content", "letter", "-CAfile", "trust.pem", "-purpose", "any", "-out", "out"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert answer.returncode != 0
    assert "revoked" in answer.stderr


def _number(revoked: x509.CertificateRevocationList) -> int:
    return revoked.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_lists_of_revoked_certificates_add_up(keys: SealKeys) -> None:
    revoked = []
    for _ in range(2):
        revoked.append(seal(keys)[1])
        rotation.rotate_seal(keys, nothing)
        rotation.revoke(keys, revoked[-1].serial_number, nothing, reason=THEFT)
    last = max(keys.trust.lists, key=_number)
    assert {each.serial_number for each in last} == {each.serial_number for each in revoked}
    assert believed(keys, seal(keys)[1])


def test_the_site_revokes_what_the_site_certified(keys: SealKeys) -> None:
    site = SiteAuthority()
    public = x509.load_pem_x509_csr(rotation.ask(keys)).public_key()
    certificate = site.issue(public)  # type: ignore[arg-type]
    rotation.import_certificate(keys, pem(certificate, site.certificate), nothing)
    with pytest.raises(Refused) as foreign:
        rotation.revoke(keys, certificate.serial_number, nothing, reason=THEFT)
    assert foreign.value.code == "keys.foreign"
    given = site.revoke(certificate, datetime.now(UTC) - timedelta(seconds=5)).public_bytes(serialization.Encoding.PEM)
    assert rotation.import_lists(keys, given) == 1
    assert rotation.import_lists(keys, given) == 0
    with pytest.raises(Unavailable) as waits:
        seal(keys)
    assert waits.value.code == "seal.revoked"
    impostor = SiteAuthority().revoke(certificate, datetime.now(UTC)).public_bytes(serialization.Encoding.PEM)
    with pytest.raises(Refused):
        rotation.import_lists(keys, impostor)


def test_a_serial_number_of_nobody_revokes_nothing(keys: SealKeys) -> None:
    with pytest.raises(NotFound):
        rotation.revoke(keys, 12345, nothing, reason=THEFT)


def test_without_its_key_the_newest_certificate_makes_seals_wait(keys: SealKeys) -> None:
    (keys.folder / "sceau.key").unlink()
    with pytest.raises(Unavailable) as waits:
        seal(keys)
    assert waits.value.code == "seal.no_key"
