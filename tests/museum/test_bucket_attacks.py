"""What whoever holds a bucket's keys does to a real one, and what a full audit says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from engines.seaweedfs import S3Store
from ged.mail.audit import Finding, Weight
from ged.seal.leaf import Leaf
from ged.services.audit.ground import Ground
from ged.services.audit.objects import check_objects
from ged.services.audit.seals import check_seals
from ged.store.vault.names import place_of
from rooms.audits import Sealed, Victim, asked, build, copy_of, ground
from rooms.vaults import s3_vault


@pytest.fixture(scope="module")
def sealed(postgres_url: str, pilot_template: str, tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    return build(postgres_url, pilot_template, tmp_path_factory.mktemp("scelle"))


@pytest.fixture
def victim(sealed: Sealed, postgres_url: str, tmp_path: Path) -> Iterator[Victim]:
    with copy_of(sealed, postgres_url, tmp_path) as house:
        yield house


@pytest.fixture
def bucket() -> str:
    return f"audit-{uuid4().hex[:12]}"


@pytest.fixture
def stands(victim: Victim, seaweedfs: S3Store, bucket: str) -> Ground:
    """The ground of an audit of the same letters, their vault being a bucket."""
    vault, plain = s3_vault(seaweedfs, bucket), victim.vault
    every = list(plain.objects())
    for one in every:
        if not one.suffix:
            with plain.open(one.digest) as stream:
                vault.put(BytesIO(stream.read()), media_type="application/pdf")
    for one in every:
        data = plain.companion(one.digest, one.suffix) if one.suffix else None
        if data is not None:
            vault.attach(one.digest, one.suffix, data)
    made = replace(ground(victim, asked()), vault=vault)
    made.folder.mkdir(parents=True)
    return made


@pytest.fixture
def hand(seaweedfs: S3Store) -> Any:
    """A client with every right on the bucket."""
    return boto3.client(
        "s3",
        endpoint_url=seaweedfs.endpoint,
        region_name=seaweedfs.region,
        aws_access_key_id=seaweedfs.access_key,
        aws_secret_access_key=seaweedfs.secret_key,
    )


def original(victim: Victim) -> str:
    return Leaf.decode(victim.ledger.entry(1)).sha256


def faults(stands: Ground) -> list[Finding]:
    steps = [*check_seals(stands, ""), *check_objects(stands, "")]
    return [one for step in steps for one in step.findings if one.weight is Weight.FAULT]


def told(stands: Ground) -> set[tuple[str, str]]:
    """Return the faults found, each with what it is about, less the number of the letter."""
    return {(one.code, one.about.rpartition(", ")[2]) for one in faults(stands)}


def test_a_version_put_over_an_object_and_a_delete_marker_are_reported(
    victim: Victim, stands: Ground, hand: Any, bucket: str
) -> None:
    assert faults(stands) == []
    digest = original(victim)
    place = place_of(digest)
    with victim.vault.open(digest) as stream:
        whole = stream.read()
    forged = whole[:-1] + b"x"
    assert hashlib.sha256(forged).hexdigest() != digest
    hand.put_object(Bucket=bucket, Key=place, Body=forged)
    assert {("object.altered", digest), ("vault.version", place)} <= told(stands)
    hand.put_object(Bucket=bucket, Key=place, Body=whole)
    assert {one.code for one in faults(stands)} == {"vault.version"}, "put back, what lies beneath still tells"
    hand.delete_object(Bucket=bucket, Key=place)
    found = told(stands)
    assert ("vault.deleted", place) in found
    assert "object.missing" in {code for code, _ in found}
