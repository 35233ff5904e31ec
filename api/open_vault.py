"""The vault as the settings describe it: a folder or a bucket, encrypted under keys that lie elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from api.config import Settings
from ged.store.unit import Store
from ged.store.vault.encrypted import EncryptedVault
from ged.store.vault.kek import KekFolder, kek_missing
from ged.store.vault.local import LocalVault
from ged.store.vault.mark import known
from ged.store.vault.object_secret import mark_of
from ged.store.vault.shelf import Shelf

_CONNECTIONS = 4
"""Apart from those of the house: a service reads the vault while it holds a connection of its own."""


@contextmanager
def open_vault(settings: Settings, database_url: str) -> Iterator[EncryptedVault]:
    """Open the vault, once its keys are known to be those of this database.

    Raises:
        Unavailable: `vault.kek`, the keys are those of another installation, or new where others should be;
            `vault.away`, the folder is not the vault: its disk is not there.
    """
    keks = open_keks(settings)
    store = Store(database_url, pool_size=_CONNECTIONS)
    try:
        mark = mark_of(keks.lookup_key)
        with store.unit() as unit:
            if not unit.object_keys.is_of(mark):
                raise kek_missing("recherche.key", str(keks.folder))
            holds = unit.audits.cites()
            unit.commit()
        yield EncryptedVault(
            _shelf(settings, mark, holds=holds), keks, store, encrypts=settings.vault.encryption == "on"
        )
    finally:
        store.close()


def open_keks(settings: Settings) -> KekFolder:
    """Open the keys that wrap the keys of objects."""
    return KekFolder(settings.vault.kek_folder or settings.data / "keys" / "coffre")


def _shelf(settings: Settings, mark: bytes, *, holds: bool) -> Shelf:
    given = settings.vault
    if given.kind == "directory" or given.access_key is None or given.secret_key is None or given.endpoint is None:
        known(settings.data / "vault", mark, holds=holds)
        return LocalVault(settings.data / "vault")
    from ged.store.vault.s3 import S3Vault  # noqa: PLC0415 - boto3 is slow to load, and only this needs it

    return S3Vault(
        given.bucket,
        endpoint=given.endpoint,
        region=given.region,
        access_key=given.access_key.get_secret_value(),
        secret_key=given.secret_key.get_secret_value(),
        lock_days=given.lock_days,
    )
