"""The vault in any S3-compatible store: put-if-absent, checksums both ways, Object Lock where the bucket has it."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ged.errors import NotFound, Unavailable
from ged.ports import Found, Shredded, Stored, VaultReport
from ged.store.vault.copied import CHUNK, copied
from ged.store.vault.hashed import hash_stream
from ged.store.vault.names import place_of, read_place
from ged.store.vault.s3_object import S3Object, unavailable

_IN_MEMORY = 8 << 20
_TAKEN = {"PreconditionFailed", "412"}
_LOCKED = {"AccessDenied", "ObjectLocked", "InvalidRequest"}
_ABSENT = {"NoSuchKey", "NoSuchBucket", "404", "NotFound"}


class S3Vault:
    """Objects at `ab/cd/<sha256>`, companions at `ab/cd/<sha256>.<suffix>`, in one bucket.

    In a bucket with Object Lock every object is locked in COMPLIANCE mode for `lock_days`: nobody, the
    account's owner included, can shorten it. A bucket that is not there is made, with the lock.
    """

    def __init__(
        self, bucket: str, *, endpoint: str, region: str, access_key: str, secret_key: str, lock_days: int
    ) -> None:
        self._bucket, self._endpoint, self._lock_days = bucket, endpoint, lock_days
        self._locks: bool | None = None
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 3, "mode": "standard"},
                s3={"addressing_style": "path"},
                max_pool_connections=16,
            ),
        )

    def put(
        self,
        stream: BinaryIO,
        *,
        media_type: str,
        limit_bytes: int | None = None,
        tenant_id: str = "",  # noqa: ARG002 - one bucket for all
    ) -> Stored:
        """Make the stream's bytes durable under their SHA-256; the same bytes again change nothing.

        Raises:
            Refused: `capture.too_large`; nothing is kept.
            Unavailable: `vault.unavailable`.
        """
        with self.draft() as draft:
            digest = copied(stream, draft, limit_bytes)
            return draft.keep(digest, media_type=media_type)

    @contextmanager
    def draft(self) -> Iterator[S3Draft]:
        """Begin to write an object that has no name yet: in memory, a large one in a temporary file."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            yield S3Draft(self, cast("BinaryIO", spool))

    @contextmanager
    def open(self, digest: str) -> Iterator[BinaryIO]:
        """Open an object for reading, seekable: it is read as it comes, and kept nowhere.

        Raises:
            NotFound: `vault.unknown`.
            Unavailable: `vault.unavailable`, also while it is read.
        """
        where = {"Bucket": self._bucket, "Key": place_of(digest)}
        with self._answering():
            try:
                found = self._client.get_object(**where)
            except ClientError as error:
                if _code(error) in _ABSENT:
                    raise _unknown(digest) from error
                raise

        def rest(at: int) -> Any:
            return self._client.get_object(**where, Range=f"bytes={at}-", IfMatch=found["ETag"])["Body"]

        with S3Object(rest, found["Body"], found["ContentLength"]) as raw:
            yield cast("BinaryIO", BufferedReader(raw, CHUNK))

    def hashed(self, digest: str) -> tuple[str, int]:
        """Return (SHA-256 in hexadecimal, size in bytes) of what is stored under a digest, read to its end.

        Raises:
            NotFound: `vault.unknown`.
            Unavailable: `vault.unavailable`.
        """
        with self.open(digest) as stream:
            return hash_stream(stream)

    def plain_folder(self) -> None:
        """Return None: objects are in a store."""

    def stat(self, digest: str) -> Stored | None:
        """Return what is stored under a digest, without reading it."""
        with self._answering():
            try:
                found = self._client.head_object(Bucket=self._bucket, Key=place_of(digest))
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
        return Stored(digest, found["ContentLength"], _version(found), existed=True)

    def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
        """Keep a small companion beside an object; one that is there already wins and is returned."""
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
            spool.write(data)
            spool.seek(0)
            checksum = hashlib.sha256(data).digest()
            existed, _ = self.send(
                place_of(digest, suffix), cast("BinaryIO", spool), checksum, "application/octet-stream"
            )
        if not existed:
            return data
        standing = self.companion(digest, suffix)
        if standing is None:
            raise unavailable("a companion that was refused as present is not there")
        return standing

    def companion(self, digest: str, suffix: str) -> bytes | None:
        """Return the bytes of a companion, or None."""
        with self._answering():
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=place_of(digest, suffix))
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise
            return cast("bytes", found["Body"].read())

    def shred(self, digest: str) -> Shredded:
        """Delete every version of an object and of its companions, but those that a lock keeps.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        remains = False
        self._locked()  # a bucket that nothing was put in yet is made, and holds nothing
        for one in list(self._versions(Prefix=place_of(digest))):
            with self._answering():
                try:
                    self._client.delete_object(Bucket=self._bucket, Key=one.name, VersionId=one.version or "null")
                except ClientError as error:
                    if _code(error) not in _LOCKED:
                        raise
                    remains = True
        return Shredded(unreadable=not remains, remains=remains)

    def retain(self, digest: str, until: datetime) -> bool:
        """Lock every version of an object and of its companions until an instant, those not locked longer already.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        if not self._locked():
            return False
        for one in list(self._versions(Prefix=place_of(digest))):
            if not one.delete_marker:
                self._extend({"Bucket": self._bucket, "Key": one.name, "VersionId": one.version or "null"}, until)
        return True

    def locked_until(self, digest: str) -> datetime | None:
        """Return until when an object is locked; None where nothing locks it.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        return self._locked_until({"Bucket": self._bucket, "Key": place_of(digest)}) if self._locked() else None

    def _locked_until(self, which: dict[str, str]) -> datetime | None:
        with self._answering():
            try:
                found = self._client.get_object_retention(**which)["Retention"]
            except ClientError as error:
                if _code(error) in {"NoSuchObjectLockConfiguration", *_ABSENT}:
                    return None
                raise
        return cast("datetime | None", found.get("RetainUntilDate"))

    def _extend(self, which: dict[str, str], until: datetime) -> None:
        standing = self._locked_until(which)
        if standing is None or standing < until:
            with self._answering():
                lock = {"Mode": "COMPLIANCE", "RetainUntilDate": until}
                self._client.put_object_retention(**which, Retention=lock)

    def objects(self, since: str = "") -> Iterator[Found]:
        """Give every version and delete marker of the bucket, in the order of names, from `since` on.

        Raises:
            Unavailable: `vault.unavailable`.
        """
        self._locked()  # a bucket that nothing was put in yet is made, and holds nothing
        if since:  # a marker means "after this name": the versions of the name itself are asked for apart
            yield from (one for one in self._versions(Prefix=since) if one.name == since)
        yield from self._versions(KeyMarker=since)

    def _versions(self, **which: str) -> Iterator[Found]:
        pages = iter(self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, **which))
        while True:
            with self._answering():
                page = next(pages, None)
            if page is None:
                return
            held = [(one, False) for one in page.get("Versions", ())]
            held += [(one, True) for one in page.get("DeleteMarkers", ())]
            held.sort(key=lambda each: (each[0]["Key"], -each[0]["LastModified"].timestamp(), not each[0]["IsLatest"]))
            for one, gone in held:
                digest, suffix = read_place(one["Key"])
                size = 0 if suffix else one.get("Size", 0)
                yield Found(one["Key"], digest, suffix, size, _version(one), one["IsLatest"], gone)

    def report(self) -> VaultReport:
        """Say where the vault is, whether it answers, and whether it locks objects."""
        place = f"{self._endpoint}/{self._bucket}"
        try:
            locked = self._locked()
        except Unavailable as error:
            return VaultReport("S3", place, object_lock=False, reachable=False, remark=error.sentence)
        remark = (
            ""
            if locked
            else "Ce compartiment n'a pas Object Lock : un administrateur du stockage peut effacer un objet."
        )
        return VaultReport("S3", place, object_lock=locked, reachable=True, remark=remark)

    def send(self, key: str, body: BinaryIO, checksum: bytes, media_type: str) -> tuple[bool, str]:
        """Write an object unless its name is taken; return (whether it was, version)."""
        lock: dict[str, Any] = {}
        if self._locked():
            until = datetime.now(UTC) + timedelta(days=self._lock_days)
            lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
        with self._answering():
            try:
                made = self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=body,
                    ContentType=media_type,
                    ChecksumSHA256=base64.b64encode(checksum).decode(),
                    IfNoneMatch="*",
                    **lock,
                )
            except ClientError as error:
                if _code(error) in _TAKEN:
                    return True, _version(self._client.head_object(Bucket=self._bucket, Key=key))
                raise
        return False, _version(made)

    def _locked(self) -> bool:
        """Whether the bucket locks objects; asked once, the bucket being made if it is not there."""
        if self._locks is None:
            with self._answering():
                self._make_bucket()
                try:
                    found = self._client.get_object_lock_configuration(Bucket=self._bucket)
                    state = found.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled")
                    self._locks = state == "Enabled"
                except ClientError as error:
                    if _code(error) != "ObjectLockConfigurationNotFoundError":
                        raise
                    self._locks = False
        return self._locks

    def _make_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            if _code(error) not in _ABSENT:
                raise
            try:
                self._client.create_bucket(Bucket=self._bucket, ObjectLockEnabledForBucket=True)
            except ClientError as taken:  # by another process, a moment ago
                if _code(taken) not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
                    raise

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise unavailable(str(error)) from error


class S3Draft:
    """What is written, spooled, with its checksum."""

    def __init__(self, vault: S3Vault, spool: BinaryIO) -> None:
        self._vault, self._spool = vault, spool
        self._hasher, self._size = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Add bytes."""
        self._hasher.update(data)
        self._spool.write(data)
        self._size += len(data)

    def keep(self, name: str, *, media_type: str) -> Stored:
        """Make what was written durable under a name, unless the name is taken."""
        self._spool.seek(0)
        existed, version = self._vault.send(place_of(name), self._spool, self._hasher.digest(), media_type)
        return Stored(name, self._size, version, existed)


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _version(answer: dict[str, Any]) -> str:
    version = str(answer.get("VersionId") or "")
    return "" if version == "null" else version


def _unknown(digest: str) -> NotFound:
    return NotFound("vault.unknown", "Ce fichier n'est plus dans le coffre. Prévenez l'administrateur.", digest=digest)
