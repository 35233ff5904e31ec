"""Object Lock in the S3 store: the files of a letter are locked as long as its rule keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
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
from ged.services import classify, consult, dossier, dossier_pieces
from ged.services.seal import seal
from integration.test_sweep import enforce
from retention.locks import extend_locks
from retention.nightly import sweep_letters
from rooms.disposals import own
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


def test_the_lock_of_every_version_of_a_piece_follows_the_rule_of_its_dossier(
    house: House, who: Callable[[str], Actor], seaweedfs: S3Store
) -> None:
    daf, at = own(house, who("daf")), house.clock()
    case = dossier.begin("", "Affaire", "DAF", (), **daf)
    classify.file_dossier(case.id, "A1", **own(house, who("archives")))

    def file(words: str) -> dossier_pieces.Brought:
        stored = house.vault.put(BytesIO(words.encode()), media_type="text/plain", tenant_id="MME")
        return dossier_pieces.Brought(stored, "text/plain", "plan.txt")

    piece = dossier_pieces.bring(case.id, file("un"), **daf)
    dossier_pieces.bring_version(case.id, piece.id, file("deux"), made_from=1, **daf)
    dossier.close(case.id, closing=True, **daf)
    first = locked_until(house, seaweedfs)
    assert night(house) == 0, "twenty years are what the store does by itself"
    assert locked_until(house, seaweedfs) == first
    enforce(house, 30, at)
    assert night(house) == 1
    end = locked_until(house, seaweedfs)
    assert {each.year for each in end} == {at.year + 30}, "both versions"
    enforce(house, 25, at)
    assert night(house) == 0
    assert locked_until(house, seaweedfs) == end
    dossier.close(case.id, closing=False, **daf)
    dossier_pieces.bring_version(case.id, piece.id, file("trois"), made_from=2, **daf)
    assert min(locked_until(house, seaweedfs)).year < at.year + 30
    assert night(house) == 1, "a new version is locked as those before it"
    assert {each.year for each in locked_until(house, seaweedfs)} == {at.year + 30}
    told = dossier.dossier_file(case.id, store=house.store, actor=who("daf")).journal
    assert [each.details.get("piece") for each in told if each.act is Act.LOCK_EXTENDED] == [piece.id] * 2
