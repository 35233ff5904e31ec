"""Sealing keys that change in a living house: journaled first, without a restart, and seals that wait visibly."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from api.key_commands import keys
from api.wiring import House, open_house
from engines.site_authority import SiteAuthority, pem
from ged.errors import Forbidden, Refused, Unavailable
from ged.mail.access import Actor
from ged.mail.item import Sealing
from ged.mail.journal import Act
from ged.seal.verify import Outcome, Question
from ged.services import consult
from ged.services.export import export
from ged.services.seal import seal
from ged.services.seal_keys import KeyState, fingerprint_of, key_lines, revoke_key, rotate_keys, serial_of
from ged.services.status import health
from ged.services.verify import verify_letter
from rooms.letters import letter_pdf, proving, read_all, send, verifying

Who = Callable[[str], Actor]


def rotate(house: House, actor: Actor, *, rsa: bool = False, authority: bool = False) -> x509.Certificate:
    return rotate_keys(keys=house.keys, rsa=rsa, authority=authority, store=house.store, actor=actor, clock=house.clock)


def written(house: House, act: Act, login: str) -> list[dict[str, object]]:
    with house.store.unit() as unit:
        return [line.details for line in unit.journal.recent(act, login)]


def sealed(house: House, actor: Actor, subject: str = "Demande") -> str:
    """Register a letter, have it sealed, and return its id."""
    receipt = send(house, actor, letter_pdf(subject=subject))
    with house.store.unit() as unit:
        assert unit.letters.get(receipt.letter_id, None).sealing is Sealing.PENDING
    seal(
        receipt.letter_id,
        store=house.store,
        vault=house.vault,
        signer=house.signer,
        ledger=house.ledger,
        clock=house.clock,
    )
    return receipt.letter_id


def test_only_an_administrator_changes_keys_and_the_journal_has_it(house: House, kossi: Actor, who: Who) -> None:
    with pytest.raises(Forbidden):
        rotate(house, kossi)
    assert len(house.keys.trust.seals) == 1
    made = rotate(house, who("admin"))
    (line,) = written(house, Act.KEY_ROTATED, "admin")
    assert (line["serial"], line["sha256"]) == (serial_of(made), fingerprint_of(made))


def test_letters_of_before_and_after_are_intact_in_a_house_that_was_open_all_along(
    house: House, kossi: Actor, who: Who, tmp_path: Path
) -> None:
    with open_house(house.settings) as elsewhere:
        letters = [sealed(elsewhere, kossi, subject="Avant")]
        rotate(house, who("admin"), rsa=True)
        letters.append(sealed(elsewhere, kossi, subject="Après"))
        rotate(house, who("admin"), authority=True)
        letters.append(sealed(elsewhere, kossi, subject="Encore après"))
    signers = set()
    for letter_id in letters:
        assert verify_letter(letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
        folder = tmp_path / letter_id
        export(letter_id, folder, **proving(house, kossi))
        (exported,) = folder.iterdir()
        command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "original.p7s"]
        command += ["-content", "original.pdf", "-CAfile", "chaine.pem", "-purpose", "any", "-out", "out"]
        command += ["-signer", "signer.pem"]
        answer = subprocess.run(command, cwd=exported, capture_output=True, text=True, check=False)
        assert answer.returncode == 0, answer.stderr
        signers.add((exported / "signer.pem").read_bytes())
        assert not (exported / "revocations.pem").exists()
    assert len(signers) == 3


def test_openssl_accepts_an_ended_seal_at_the_time_of_its_timestamp(house: House, kossi: Actor, tmp_path: Path) -> None:
    letter_id = sealed(house, kossi)
    export(letter_id, tmp_path, **proving(house, kossi))
    (exported,) = (path for path in tmp_path.iterdir() if path.name.startswith("ARR"))
    command = ["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", "original.p7s"]
    command += ["-content", "original.pdf", "-CAfile", "chaine.pem", "-purpose", "any", "-out", "out"]
    now = datetime.now(UTC)
    for days, accepted in ((0, True), (365 * 11, False), (365 * 21, False)):
        at = str(int((now + timedelta(days=days)).timestamp()))
        answer = subprocess.run([*command, "-attime", at], cwd=exported, capture_output=True, text=True, check=False)
        assert (answer.returncode == 0) is accepted, answer.stderr
        assert accepted or "expired" in answer.stderr


def test_a_revoked_key_makes_unproved_seals_untrusted_and_its_list_goes_with_exports(
    house: House, kossi: Actor, who: Who, tmp_path: Path
) -> None:
    letter_id = sealed(house, kossi)
    first = house.keys.newest
    rotate(house, who("admin"))
    revoke_key(
        serial_of(first),
        reason=x509.ReasonFlags.key_compromise,
        suspected=None,
        keys=house.keys,
        store=house.store,
        actor=who("admin"),
        clock=house.clock,
    )
    verdict = verify_letter(letter_id, **verifying(house, kossi))
    assert verdict.outcome is Outcome.UNTRUSTED
    assert verdict.answers == {Question.INTACT: True, Question.VALID: True, Question.TRUSTED: False}
    assert "keyCompromise" in next(step.detail for step in verdict.steps if not step.passed)
    (line,) = written(house, Act.KEY_REVOKED, "admin")
    assert (line["serial"], line["reason"]) == (serial_of(first), "keyCompromise")
    export(letter_id, tmp_path, **proving(house, kossi))
    (exported,) = (path for path in tmp_path.iterdir() if path.name.startswith("ARR"))
    command = ["openssl", "crl", "-in", "revocations.pem", "-CAfile", "chaine.pem", "-noout", "-text"]
    said = subprocess.run(command, cwd=exported, capture_output=True, text=True, check=True)
    assert "Key Compromise" in said.stdout
    states = [each.state for each in key_lines(keys=house.keys, actor=kossi, clock=house.clock)]
    assert states == [KeyState.IN_FORCE, KeyState.REVOKED, KeyState.IN_FORCE]


def test_a_key_that_is_away_makes_seals_wait_and_they_go_on_when_it_is_back(
    house: House, kossi: Actor, tmp_path: Path
) -> None:
    key = house.keys.folder / "sceau.key"
    shutil.move(key, tmp_path / "away.key")
    receipt = send(house, kossi, letter_pdf())
    engines = {"store": house.store, "vault": house.vault, "signer": house.signer, "ledger": house.ledger}
    with pytest.raises(Unavailable) as waits:
        seal(receipt.letter_id, **engines, clock=house.clock)  # type: ignore[arg-type]
    assert waits.value.code == "seal.no_key"
    assert health(store=house.store, actor=kossi, clock=house.clock).pending_seals == 1
    with house.store.unit() as unit:
        assert Act.SEAL_DELAYED in [line.act for line in unit.journal.of(receipt.letter_id)]
    shutil.move(tmp_path / "away.key", key)
    read_all(house)
    file = consult.letter_file(receipt.letter_id, store=house.store, actor=kossi, clock=house.clock)
    assert file.letter.sealing is Sealing.SEALED
    assert verify_letter(receipt.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT


def test_the_commands_list_change_ask_for_and_revoke(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GED_DATA", str(house.settings.data))
    monkeypatch.setenv("GED_DATABASE_KIND", "server")
    monkeypatch.setenv("GED_DATABASE_URL", house.database_url)
    commands = CliRunner()

    def said(*arguments: str) -> list[dict[str, str]]:
        result = commands.invoke(keys, [*arguments, "--json"])
        if result.exception is not None:
            raise result.exception
        return [json.loads(line) for line in result.stdout.splitlines()]

    first = said("list")
    assert [line["state"] for line in first if "state" in line] == ["en_vigueur", "en_vigueur"]
    assert first[-1]["log"] == house.ledger.verifier_key
    (made,) = said("rotate")
    with pytest.raises(Forbidden):
        said("rotate", "--as", "kossi")
    request = tmp_path / "cachet.csr"
    assert said("request", "--to", str(request)) == [{"request": str(request)}]
    for again in (("request", "--to", str(request)), ("import", str(request)), ("revoke", "AB", "--reason", "ennui")):
        with pytest.raises(Refused):
            said(*again)
    site = SiteAuthority()
    certificate = site.issue(x509.load_pem_x509_csr(request.read_bytes()).public_key())  # type: ignore[arg-type]
    (tmp_path / "cachet.pem").write_bytes(pem(certificate, site.certificate))
    assert said("import", str(tmp_path / "cachet.pem"))[0]["serial"] == serial_of(certificate)
    assert said("revoke", made["serial"], "--reason", "superseded", "--suspected", "2026-01-02")[0] == made
    assert house.keys.newest == certificate
