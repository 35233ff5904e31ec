"""The vault's keys in a whole installation: sealed, verified and audited through encryption, renewed, shredded."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from api.open_vault import open_keks, open_vault
from api.wiring import House
from ged.errors import Conflict, NotFound, Unavailable
from ged.mail.access import SYSTEM, Actor
from ged.mail.journal import Act
from ged.seal.leaf import Leaf
from ged.seal.verify import Outcome
from ged.services.vault_keys import destroy, keks_of, rotate, take_in
from ged.services.verify import verify_letter
from ged.store.object_keys import ObjectKey
from ged.store.vault.encrypted import bound
from ged.store.vault.local import LocalVault
from ged.store.vault.object_secret import ObjectSecret, lookup_of
from rooms.audits import seal_letter
from rooms.house import driver_url
from rooms.letters import verifying


def ports(house: House) -> dict[str, object]:
    return {"keks": open_keks(house.settings), "store": house.store, "actor": SYSTEM, "clock": house.clock}


def key_of(house: House, digest: str) -> tuple[ObjectKey, ObjectSecret]:
    keks = open_keks(house.settings)
    with house.store.unit() as unit:
        key = unit.object_keys.of(lookup_of(digest, keks.lookup_key))[0]
    return key, ObjectSecret.unpack(keks.get(key.kek_id).unwrap(key.wrapped, bound(key.name, key.tenant_id)))


def everything_kept(house: House) -> Iterator[tuple[str, bytes]]:
    """Every file of the installation, and every row of its database."""
    for path in house.settings.data.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
    with psycopg.connect(driver_url(house.database_url)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                yield table, b"".join(bytes(piece) for piece in copy)


def test_after_shredding_neither_letter_nor_key_is_anywhere_and_the_log_still_verifies(
    house: House, kossi: Actor
) -> None:
    stays = seal_letter(house, "Celle qui reste")
    receipt = seal_letter(house, "Celle qui s'en va")
    with house.store.unit() as unit:
        letter = unit.letters.get(receipt.letter_id, None)
        record = unit.seals.of(receipt.letter_id)
    assert record is not None
    with house.vault.open(letter.original) as stream:
        whole = stream.read()
    key, secret = key_of(house, letter.original)
    assert house.vault.shred(letter.original).unreadable
    house.vault.shred(letter.original)
    needles = (whole[:200], whole[-200:], secret.key, key.wrapped, key.wrapped.hex().encode(), key.name.encode())
    found = [(place, n) for place, data in everything_kept(house) for n, each in enumerate(needles) if each in data]
    assert found == []
    with pytest.raises(NotFound), house.vault.open(letter.original):
        pass
    assert house.ledger.entry(record.leaf_index) == record.leaf
    assert Leaf.decode(record.leaf).is_of(hashlib.sha256(whole).hexdigest())
    house.ledger.recheck()
    assert verify_letter(stays.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT


def test_keys_are_renewed_without_touching_an_object_and_the_old_one_goes_once_unused(
    house: House, kossi: Actor
) -> None:
    receipt = seal_letter(house, "Autorisation")
    vault = house.settings.data / "vault"
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in vault.rglob("*") if path.is_file()}
    (old,) = {each.id for each in keks_of(open_keks(house.settings), store=house.store)}
    with pytest.raises(Conflict) as error:
        destroy(old, **ports(house))  # type: ignore[arg-type]
    assert error.value.code == "kek.current"
    open_keks(house.settings).renew("MME" if old.startswith("MME") else "")  # killed here: nothing is rewrapped yet
    assert verify_letter(receipt.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
    with pytest.raises(Conflict) as error:
        destroy(old, **ports(house))  # type: ignore[arg-type]
    assert error.value.code == "kek.used"
    assert rotate(None, resume=True, **ports(house)) == 1  # type: ignore[arg-type]
    assert rotate(None, resume=True, **ports(house)) == 0  # type: ignore[arg-type]
    destroy(old, **ports(house))  # type: ignore[arg-type]
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in vault.rglob("*") if path.is_file()} == before
    with open_vault(house.settings, house.database_url) as opened:  # as another process, which never saw the old key
        anew = replace(house, vault=opened)
        assert verify_letter(receipt.letter_id, **verifying(anew, kossi)).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        assert [line.act for line in unit.journal.about(old)] == [Act.KEK_DESTROYED]


def test_a_vault_from_before_is_encrypted_and_its_letters_still_verify(house: House, kossi: Actor) -> None:
    plain = LocalVault(house.settings.data / "vault")
    receipt = seal_letter(replace(house, vault=plain), "Ancienne")
    assert verify_letter(receipt.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT
    with house.store.unit() as unit:
        letter = unit.letters.get(receipt.letter_id, None)
    with open_vault(house.settings, house.database_url) as opened:
        taken = take_in(opened, store=house.store, actor=SYSTEM, clock=house.clock)
        assert (taken.done, taken.altered) == (1, ())
        assert take_in(opened, store=house.store, actor=SYSTEM, clock=house.clock).done == 0
    assert plain.stat(letter.original) is None
    assert key_of(house, letter.original)[0].tenant_id == letter.tenant_id
    assert verify_letter(receipt.letter_id, **verifying(house, kossi)).outcome is Outcome.INTACT


def test_keys_of_another_installation_are_found_out_at_the_start(house: House, tmp_path: Path) -> None:
    elsewhere = house.settings.vault.model_copy(update={"kek_folder": tmp_path / "vide"})
    wrong = house.settings.model_copy(update={"vault": elsewhere})
    with pytest.raises(Unavailable) as error, open_vault(wrong, house.database_url):
        pass
    assert error.value.code == "vault.kek"


def test_the_commands_list_renew_and_destroy(house: House, tmp_path: Path) -> None:
    seal_letter(house, "Commande")
    environment = {
        "GED_DATA": str(house.settings.data),
        "GED_DATABASE_KIND": "server",
        "GED_DATABASE_URL": house.database_url,
        "PATH": "/usr/bin:/bin",
    }

    def ged(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("ged")), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    listed = ged("kek", "list")
    assert (listed.returncode, "1 fichiers  en service" in listed.stdout) == (0, True), listed.stderr
    old = listed.stdout.split()[0]
    assert ged("kek", "destroy", old).returncode == 6
    assert "1 clés" in ged("kek", "rotate").stdout
    assert ged("kek", "destroy", old).returncode == 0
    assert ged("kek", "destroy", f"maison.0009.{uuid4().hex[:8]}").returncode == 4
    assert "0 fichiers chiffrés" in ged("vault", "encrypt").stdout
