"""Object Lock in the S3 store: the files of a letter are locked as long as its rule keeps it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from api.config import Settings, VaultSettings
from api.wiring import House
from contract.test_vault import raw_client
from engines.seaweedfs import S3Store
from ged.mail.access import Actor
from ged.mail.journal import Act
from ged.services import consult
from ged.services.seal import seal
from integration.test_sweep import enforce
from retention.locks import extend_locks
from retention.nightly import sweep_letters
from rooms.letters import decide, letter_pdf, send

DAYS = 7305


@pytest.fixture
def settings(settings: Settings, seaweedfs: S3Store) -> Settings:
    vault = VaultSettings(
        kind="s3",
        endpoint=seaweedfs.endpoint,
        bucket=f"ged-{uuid4().hex[:10]}",
        access_key=SecretStr(seaweedfs.access_key),
        secret_key=SecretStr(seaweedfs.secret_key),
        lock_days=DAYS,
    )
    return settings.model_copy(update={"vault": vault})


def locked_until(house: House, store: S3Store) -> set[datetime]:
    """Return the ends of all locks in the bucket."""
    client, bucket = raw_client(store), house.settings.vault.bucket
    found = client.list_object_versions(Bucket=bucket)["Versions"]
    which: list[dict[str, Any]] = [
        {"Bucket": bucket, "Key": one["Key"], "VersionId": one["VersionId"]} for one in found
    ]
    return {client.get_object_retention(**one)["Retention"]["RetainUntilDate"] for one in which}


def night(house: House) -> int:
    sweep_letters(house.store, house.clock, lock_days=house.settings.vault.lock_days)
    return extend_locks(house.store, house.vault, house.clock)


def test_a_lock_follows_a_rule_that_becomes_longer_and_never_shorter(
    house: House, kossi: Actor, seaweedfs: S3Store
) -> None:
    assert house.vault.report().object_lock
    letter_id = send(house, kossi, letter_pdf()).letter_id
    seal(letter_id, store=house.store, vault=house.vault, signer=house.signer, ledger=house.ledger, clock=house.clock)
    letter = decide(house, kossi, letter_id, letter_date=house.clock().date())
    first = locked_until(house, seaweedfs)
    assert night(house) == 0, "twenty years are what the store does by itself"
    assert locked_until(house, seaweedfs) == first
    enforce(house, 30, house.clock())
    assert night(house) == 1
    end = locked_until(house, seaweedfs)
    assert {each.year for each in end} == {letter.registered_at.year + 30}
    assert all(each > datetime.now(UTC) for each in end)
    assert night(house) == 0
    enforce(house, 25, house.clock())
    assert night(house) == 0
    assert locked_until(house, seaweedfs) == end
    journal = consult.letter_file(letter_id, store=house.store, actor=kossi, clock=house.clock).journal
    assert [each.act for each in journal].count(Act.LOCK_EXTENDED) == 1


def test_a_rule_of_a_century_locks_no_further_than_a_mistake_can_be_borne(
    house: House, kossi: Actor, seaweedfs: S3Store
) -> None:
    decide(house, kossi, send(house, kossi, letter_pdf()).letter_id, letter_date=house.clock().date())
    enforce(house, 100, house.clock())
    assert night(house) == 1
    assert max(locked_until(house, seaweedfs)).year == house.clock().year + 31
