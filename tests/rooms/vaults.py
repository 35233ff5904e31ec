"""Vaults for tests: the keys of a file of tests, and a store that dies on command."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from engines.seaweedfs import S3Store
from ged.ports import Shredded
from ged.store.schema import migrate
from ged.store.unit import Store
from ged.store.vault.local import LocalVault
from ged.store.vault.s3 import S3Vault
from rooms.house import alchemy_url, driver_url


class Died(BaseException):
    """The process was killed here: nothing catches it."""


class MortalVault(LocalVault):
    """A folder whose process is killed at the n-th thing that it does, before or after it."""

    def dies_at(self, step: int, *, after: bool) -> None:
        self._left, self._after = step, after

    def link(self, draft: object, digest: str) -> bool:
        self._step(after=False)
        existed = super().link(draft, digest)  # type: ignore[arg-type]
        self._step(after=True)
        return existed

    def attach(self, digest: str, suffix: str, data: bytes) -> bytes:
        self._step(after=False)
        standing = super().attach(digest, suffix, data)
        self._step(after=True)
        return standing

    def shred(self, digest: str) -> Shredded:
        self._step(after=False)
        shredded = super().shred(digest)
        self._step(after=True)
        return shredded

    def _step(self, *, after: bool) -> None:
        if getattr(self, "_left", 0) and after == self._after:
            self._left -= 1
            if not self._left:
                raise Died


@pytest.fixture(scope="module")
def key_store(postgres_url: str) -> Iterator[Store]:
    """A database of one file of tests for wrapped keys: those of each test are found by a lookup key of its own."""
    name = f"cles_{uuid4().hex[:12]}"
    with psycopg.connect(driver_url(postgres_url), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = alchemy_url(postgres_url, name)
        migrate(url)
        store = Store(url)
        yield store
        store.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def s3_vault(store: S3Store, bucket: str, lock_days: int = 1) -> S3Vault:
    return S3Vault(
        bucket,
        endpoint=store.endpoint,
        region=store.region,
        access_key=store.access_key,
        secret_key=store.secret_key,
        lock_days=lock_days,
    )
