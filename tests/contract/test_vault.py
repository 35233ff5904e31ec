"""One suite on both vaults, the S3 one against a real store."""

from __future__ import annotations

import hashlib
import resource
import secrets
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.exceptions import ClientError

from api.embedded.ports import free_port
from engines.seaweedfs import S3Store
from ged.errors import NotFound, Refused, Unavailable
from ged.ports import Found, Vault
from ged.store.vault.encrypted import EncryptedVault
from ged.store.vault.kek import KekFolder
from ged.store.vault.local import LocalVault
from ged.store.vault.shelf import Shelf
from rooms.vaults import s3_vault

LETTER = b"Lom\xc3\xa9, le 24 novembre 2026" * 4000
DIGEST = hashlib.sha256(LETTER).hexdigest()


@pytest.fixture(params=["folder", "s3", "encrypted folder", "encrypted s3"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    if "folder" in request.param:
        inner: Shelf = LocalVault(tmp_path / "vault")
    else:
        inner = s3_vault(request.getfixturevalue("seaweedfs"), f"essai-{uuid4().hex[:12]}")
    if "encrypted" not in request.param:
        return inner
    return EncryptedVault(inner, KekFolder(tmp_path / "keks"), request.getfixturevalue("key_store"))


def put(vault: Vault, data: bytes = LETTER) -> None:
    vault.put(BytesIO(data), media_type="application/pdf")


def read(vault: Vault, digest: str = DIGEST) -> bytes:
    with vault.open(digest) as stream:
        return stream.read()


def test_what_is_put_is_named_by_its_digest_and_read_back_whole(vault: Vault) -> None:
    stored = vault.put(BytesIO(LETTER), media_type="application/pdf")
    assert (stored.digest, stored.size, stored.existed) == (DIGEST, len(LETTER), False)
    assert read(vault) == LETTER


@pytest.mark.parametrize("size", [0, 1, (256 << 10) - 1, 256 << 10, (1 << 20) + 1])
def test_what_is_stored_is_hashed_to_its_end(vault: Vault, size: int) -> None:
    data = secrets.token_bytes(size)
    put(vault, data)
    put(vault)
    digest = hashlib.sha256(data).hexdigest()
    assert [vault.hashed(digest), vault.hashed(DIGEST)] == [(digest, size), (DIGEST, len(LETTER))]
    with pytest.raises(NotFound):
        vault.hashed("0" * 64)


def test_an_opened_object_can_be_read_from_any_place(vault: Vault) -> None:
    put(vault)
    with vault.open(DIGEST) as stream:
        stream.seek(100)
        assert stream.read(10) == LETTER[100:110]


def test_an_object_of_a_store_is_read_as_it_comes_and_kept_nowhere(
    seaweedfs: S3Store,
) -> None:
    vault, data = s3_vault(seaweedfs, f"essai-{uuid4().hex[:12]}"), secrets.token_bytes(48 << 20)
    digest = vault.put(BytesIO(data), media_type="application/pdf").digest
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))  # a file of this process that grows beyond is an error
    tracemalloc.start()
    try:
        assert vault.hashed(digest) == (digest, len(data))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert most < 8 << 20
    with vault.open(digest) as stream:
        assert stream.read(5) == data[:5]
        stream.seek(-7, SEEK_END)
        assert stream.read() == data[-7:]
        stream.seek(20 << 20)
        assert stream.read(3 << 20) == data[20 << 20 : 23 << 20]


def test_the_same_bytes_again_change_nothing(vault: Vault) -> None:
    first = vault.put(BytesIO(LETTER), media_type="application/pdf")
    again = vault.put(BytesIO(LETTER), media_type="image/png")
    assert again.existed
    assert again.version == first.version


def test_eight_at_once_leave_one_object(vault: Vault) -> None:
    put(vault, b"warm")
    with ThreadPoolExecutor(8) as pool:
        stored = list(pool.map(lambda _: vault.put(BytesIO(LETTER), media_type="application/pdf"), range(8)))
    assert [one.existed for one in stored].count(False) == 1
    assert {one.version for one in stored} == {stored[0].version}
    assert read(vault) == LETTER


def test_an_empty_object_is_an_object(vault: Vault) -> None:
    stored = vault.put(BytesIO(b""), media_type="application/pdf")
    assert stored.size == 0
    assert read(vault, stored.digest) == b""


def test_a_stream_over_the_limit_is_refused_and_not_kept(vault: Vault) -> None:
    with pytest.raises(Refused) as refused:
        vault.put(BytesIO(LETTER), media_type="application/pdf", limit_bytes=len(LETTER) - 1)
    assert refused.value.code == "capture.too_large"
    assert vault.stat(DIGEST) is None


def test_what_is_not_there_is_said_unknown(vault: Vault) -> None:
    assert vault.stat(DIGEST) is None
    assert vault.companion(DIGEST, "p7s") is None
    with pytest.raises(NotFound) as unknown, vault.open(DIGEST):
        pass
    assert unknown.value.code == "vault.unknown"


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, DIGEST[:-1], DIGEST + "0"])
def test_a_name_that_is_no_digest_reaches_nothing(vault: Vault, name: str) -> None:
    put(vault)
    with pytest.raises(NotFound), vault.open(name):
        pass


def test_stat_says_the_size_without_reading(vault: Vault) -> None:
    put(vault)
    found = vault.stat(DIGEST)
    assert found is not None
    assert (found.size, found.existed) == (len(LETTER), True)


def test_the_first_companion_wins(vault: Vault) -> None:
    put(vault)
    assert vault.attach(DIGEST, "p7s", b"first") == b"first"
    assert vault.attach(DIGEST, "p7s", b"second") == b"first"
    assert vault.companion(DIGEST, "p7s") == b"first"
    assert vault.companion(DIGEST, "tlog-proof") is None
    assert read(vault) == LETTER


def test_companions_attached_at_once_agree(vault: Vault) -> None:
    put(vault)
    with ThreadPoolExecutor(8) as pool:
        standing = set(pool.map(lambda n: vault.attach(DIGEST, "p7s", b"%d" % n), range(8)))
    assert standing == {vault.companion(DIGEST, "p7s")}


def named(one: Found) -> tuple[str, str, int]:
    return one.digest, one.suffix, one.size


def test_everything_that_is_stored_is_listed_in_order_and_from_any_name_on(vault: Vault) -> None:
    letters = [b"lettre %d" % number for number in range(30)]
    digests = sorted(vault.put(BytesIO(letter), media_type="text/plain").digest for letter in letters)
    vault.attach(digests[3], "p7s", b"signature")
    vault.attach(digests[3], "12.tlog-proof", b"preuve")
    found = list(vault.objects())
    assert len(found) == 32
    assert [one.name for one in found] == sorted(one.name for one in found)
    assert {one.digest for one in found} == set(digests)
    assert {named(one)[1:] for one in found if one.suffix} == {("p7s", 0), ("12.tlog-proof", 0)}
    assert {len(letter) for letter in letters} == {one.size for one in found if not one.suffix}
    assert all(one.latest and not one.delete_marker and not one.stranger for one in found)
    for place, one in enumerate(found):
        assert list(vault.objects(one.name)) == found[place:]


def test_an_empty_vault_lists_nothing(vault: Vault) -> None:
    assert list(vault.objects()) == []
    put(vault)
    assert [named(one) for one in vault.objects()] == [(DIGEST, "", len(LETTER))]


def test_what_is_shredded_while_a_folder_is_listed_takes_its_companions_along(tmp_path: Path) -> None:
    vault = LocalVault(tmp_path / "vault")
    first, second = sorted(f"{DIGEST[:4]}{number:060d}" for number in range(2))
    for digest in (first, second):
        (tmp_path / "vault" / DIGEST[:2] / DIGEST[2:4]).mkdir(parents=True, exist_ok=True)
        for name in (digest, f"{digest}.12.tlog-proof", f"{digest}.p7s"):
            (tmp_path / "vault" / DIGEST[:2] / DIGEST[2:4] / name).write_bytes(b"lettre")
    listed = vault.objects()
    assert next(listed).digest == first
    vault.shred(second)
    assert {one.digest for one in listed} == {first}


def test_what_somebody_laid_in_the_folder_is_listed_as_a_stranger(tmp_path: Path) -> None:
    vault = LocalVault(tmp_path / "vault")
    put(vault)
    for name in ("ab/cd/note.txt", "LISEZMOI", f"00/00/{DIGEST}", f"{DIGEST[:2]}/{DIGEST[2:4]}.txt"):
        (tmp_path / "vault" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "vault" / name).write_bytes(b"etranger")
    (tmp_path / "vault" / "ailleurs").symlink_to(tmp_path)
    found = list(vault.objects())
    assert {one.name for one in found if one.stranger} == {
        "ab/cd/note.txt",
        "LISEZMOI",
        f"00/00/{DIGEST}",
        f"{DIGEST[:2]}/{DIGEST[2:4]}.txt",
        "ailleurs",
    }
    assert [one.name for one in found] == sorted(one.name for one in found)
    assert [named(one) for one in found if not one.stranger] == [(DIGEST, "", len(LETTER))]
    for place, one in enumerate(found):
        assert list(vault.objects(one.name)) == found[place:]


def test_versions_and_delete_markers_of_a_bucket_are_listed_the_newest_first(seaweedfs: S3Store) -> None:
    bucket = f"versions-{uuid4().hex[:12]}"
    vault = s3_vault(seaweedfs, bucket)
    first = vault.put(BytesIO(LETTER), media_type="application/pdf")
    client = raw_client(seaweedfs)
    place = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
    second = client.put_object(Bucket=bucket, Key=place, Body=b"un faux")["VersionId"]
    client.put_object(Bucket=bucket, Key="note.txt", Body=b"etranger")
    marker = client.delete_object(Bucket=bucket, Key=place)["VersionId"]
    found = list(vault.objects())
    assert [(one.version, one.size, one.latest, one.delete_marker) for one in found if not one.stranger] == [
        (marker, 0, True, True),
        (second, 7, False, False),
        (first.version, len(LETTER), False, False),
    ]
    assert [one.name for one in found if one.stranger] == ["note.txt"]
    assert list(vault.objects(place)) == [one for one in found if one.name >= place]


def test_a_vault_that_answers_says_so(vault: Vault) -> None:
    assert vault.report().reachable


def test_a_bucket_made_by_us_locks_objects_against_everybody(seaweedfs: S3Store) -> None:
    bucket = f"verrou-{uuid4().hex[:12]}"
    locked = s3_vault(seaweedfs, bucket)
    stored = locked.put(BytesIO(LETTER), media_type="application/pdf")
    assert locked.report().object_lock
    key = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
    client = raw_client(seaweedfs)
    retention = client.get_object_retention(Bucket=bucket, Key=key)["Retention"]
    assert retention["Mode"] == "COMPLIANCE"
    assert retention["RetainUntilDate"] > datetime.now(UTC) + timedelta(hours=23)
    with pytest.raises(ClientError):
        client.delete_object(Bucket=bucket, Key=key, VersionId=stored.version)
    assert read(locked) == LETTER


def test_a_lock_is_made_longer_never_shorter_beside_the_object_too(seaweedfs: S3Store) -> None:
    bucket = f"verrou-{uuid4().hex[:12]}"
    locked, client = s3_vault(seaweedfs, bucket), raw_client(seaweedfs)
    put(locked)
    locked.attach(DIGEST, "p7s", b"sceau")
    key = f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"
    long, longer = (datetime.now(UTC).replace(microsecond=0) + timedelta(days=days) for days in (300, 900))
    for asked, stands in ((long, long), (longer, longer), (long, longer)):
        assert locked.retain(DIGEST, asked)
        for name in (key, f"{key}.p7s"):
            retention = client.get_object_retention(Bucket=bucket, Key=name)["Retention"]
            assert (retention["Mode"], retention["RetainUntilDate"]) == ("COMPLIANCE", stands)


def test_a_bucket_without_lock_is_used_and_said_to_have_none(seaweedfs: S3Store) -> None:
    bucket = f"sans-verrou-{uuid4().hex[:12]}"
    raw_client(seaweedfs).create_bucket(Bucket=bucket)
    vault = s3_vault(seaweedfs, bucket)
    put(vault)
    assert read(vault) == LETTER
    report = vault.report()
    assert report.reachable
    assert not report.object_lock
    assert "Object Lock" in report.remark
    assert not vault.retain(DIGEST, datetime.now(UTC) + timedelta(days=300))


def test_a_store_that_does_not_answer_is_said_and_nothing_is_pretended() -> None:
    away = S3Store(f"http://127.0.0.1:{free_port()}", "k", "s")
    vault = s3_vault(away, "nulle-part")
    calls: list[Callable[[], Any]] = [lambda: put(vault), lambda: read(vault), lambda: vault.stat(DIGEST)]
    for call in calls:
        with pytest.raises(Unavailable) as error:
            call()
        assert error.value.code == "vault.unavailable"
    assert not vault.report().reachable


def test_wrong_keys_are_said_unavailable_and_never_repeated(seaweedfs: S3Store) -> None:
    wrong = S3Store(seaweedfs.endpoint, seaweedfs.access_key, "un-faux-secret")
    with pytest.raises(Unavailable) as error:
        put(s3_vault(wrong, "essai"))
    assert "un-faux-secret" not in str(error.value.diagnostics())


def test_a_folder_keeps_objects_that_cannot_be_written_over(tmp_path: Path) -> None:
    vault = LocalVault(tmp_path / "vault")
    put(vault)
    (kept,) = [path for path in (tmp_path / "vault").rglob(DIGEST) if path.is_file()]
    assert kept.stat().st_mode & 0o222 == 0


def raw_client(store: S3Store) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint,
        region_name=store.region,
        aws_access_key_id=store.access_key,
        aws_secret_access_key=store.secret_key,
    )
