"""A bucket that was filled in plain is encrypted, under Object Lock or without; what a lock keeps in plain is said."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest

from contract.test_vault import raw_client
from engines.seaweedfs import S3Store
from ged.clock import system_clock
from ged.mail.access import SYSTEM
from ged.services.vault_keys import Taken, take_in
from ged.store.unit import Store
from ged.store.vault.encrypted import EncryptedVault
from ged.store.vault.kek import KekFolder
from ged.store.vault.s3 import S3Vault
from rooms.vaults import s3_vault

LETTERS = {hashlib.sha256(data).hexdigest(): data for data in (b"Une lettre en clair. " * n for n in (3, 300, 90_000))}


@pytest.fixture(params=[True, False], ids=["locked", "unlocked"])
def bucket(request: pytest.FixtureRequest, seaweedfs: S3Store) -> S3Vault:
    name = f"ancien-{uuid4().hex[:12]}"
    if not request.param:
        raw_client(seaweedfs).create_bucket(Bucket=name)
    vault = s3_vault(seaweedfs, name)
    for digest, data in LETTERS.items():
        vault.put(BytesIO(data), media_type="application/pdf")
        vault.attach(digest, "p7s", b"sceau " + data[:9])
    assert vault.report().object_lock is request.param
    return vault


def test_a_bucket_in_plain_is_encrypted_and_what_is_locked_is_counted(
    bucket: S3Vault, key_store: Store, tmp_path: Path
) -> None:
    locked = bucket.report().object_lock
    vault = EncryptedVault(bucket, KekFolder(tmp_path / "keks"), key_store)
    far = datetime.now(UTC).replace(microsecond=0) + timedelta(days=400)
    held = next(iter(LETTERS))
    assert bucket.retain(held, far) is locked
    taken = take_in(vault, store=key_store, actor=SYSTEM, clock=system_clock)
    assert taken == Taken(len(LETTERS), (), len(LETTERS) * locked)
    for digest, data in LETTERS.items():
        with vault.open(digest) as stream:
            assert stream.read() == data
        assert vault.companion(digest, "p7s") == b"sceau " + data[:9]
        assert (bucket.stat(digest) is not None) is locked
    names = [one.name.rsplit("/", 1)[1] for one in bucket.objects()]
    ciphers = [one for one in names if one not in LETTERS and "." not in one]
    assert len(ciphers) == len(LETTERS)
    whole = b"".join(_bytes(bucket, name) for name in ciphers)
    assert b"lettre en clair" not in whole
    if locked:
        assert sorted(bucket.locked_until(name) == far for name in ciphers) == [False, False, True]

    again = take_in(vault, store=key_store, actor=SYSTEM, clock=system_clock)
    assert again == Taken(0, (), len(LETTERS) * locked), "nothing is done twice; what a lock keeps is told again"
    assert [one.name.rsplit("/", 1)[1] for one in bucket.objects()] == names


def test_an_altered_object_and_one_that_a_marker_hides_are_left(
    seaweedfs: S3Store, key_store: Store, tmp_path: Path
) -> None:
    name, (first, second, third) = f"ancien-{uuid4().hex[:12]}", LETTERS
    client = raw_client(seaweedfs)
    bucket = s3_vault(seaweedfs, name)
    for data in LETTERS.values():
        bucket.put(BytesIO(data), media_type="application/pdf")
    client.put_object(Bucket=name, Key=f"{first[:2]}/{first[2:4]}/{first}", Body=b"un faux")
    client.delete_object(Bucket=name, Key=f"{second[:2]}/{second[2:4]}/{second}")
    vault = EncryptedVault(bucket, KekFolder(tmp_path / "keks"), key_store)
    taken = take_in(vault, store=key_store, actor=SYSTEM, clock=system_clock)
    assert taken == Taken(1, (first,), 1)
    with vault.open(third) as stream:
        assert stream.read() == LETTERS[third]


def _bytes(bucket: S3Vault, name: str) -> bytes:
    with bucket.open(name) as stream:
        return stream.read()
