"""What is known of the files in quarantine; their bytes are in `QuarantineFolder`, beside the vault and not in it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.quarantine import Quarantined
from ged.store.quarantine_tables import quarantined

_CHUNK = 1 << 20
_COLUMNS = tuple(quarantined.c[one.name] for one in fields(Quarantined))


class Quarantine:
    """Adds, lists and closes; a line is never deleted."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, added: Quarantined) -> None:
        """Write down a file."""
        self._connection.execute(sa.insert(quarantined).values(**asdict(added)))

    def of(self, tenants: Collection[str], limit: int) -> tuple[Quarantined, ...]:
        """Return the newest files of some organisations, those whose bytes are there first."""
        query = (
            sa.select(*_COLUMNS)
            .where(quarantined.c.tenant_id.in_(tenants))
            .order_by(quarantined.c.removed_at.is_not(None), quarantined.c.at.desc(), quarantined.c.id)
        )
        return tuple(Quarantined(*row) for row in self._connection.execute(query.limit(limit)))

    def get(self, file_id: str, tenants: Collection[str]) -> Quarantined:
        """Return one of them, locked.

        Raises:
            NotFound: `quarantine.unknown`.
        """
        query = sa.select(*_COLUMNS).where(quarantined.c.id == file_id, quarantined.c.tenant_id.in_(tenants))
        row = self._connection.execute(query.with_for_update()).first()
        if row is None:
            raise NotFound("quarantine.unknown", "Ce fichier n'est pas en quarantaine.")
        return Quarantined(*row)

    def remove(self, file_id: str, at: datetime, by: str, reason: str) -> None:
        """Write down that a file's bytes are deleted."""
        change = sa.update(quarantined).where(quarantined.c.id == file_id)
        self._connection.execute(change.values(removed_at=at, removed_by=by, reason=reason))

    def holds(self, digest: str) -> bool:
        """Whether a file of that digest is still to be there."""
        query = sa.select(quarantined.c.id).where(quarantined.c.digest == digest, quarantined.c.removed_at.is_(None))
        return self._connection.execute(query.limit(1)).first() is not None

    def count(self) -> int:
        """Return how many files are there, of the whole installation."""
        query = sa.select(sa.func.count()).select_from(quarantined).where(quarantined.c.removed_at.is_(None))
        return int(self._connection.scalar(query) or 0)


class QuarantineFolder:
    """The bytes, by SHA-256, readable by the product's own account alone and executable by nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, stream: BinaryIO) -> tuple[str, int]:
        """Make a stream's bytes durable; give their SHA-256 and size."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        hashed = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            hashed.update(chunk)
        digest = hashed.hexdigest()
        stream.seek(0)
        path = self._folder / digest
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as copy:
            copyfileobj(stream, copy)
            copy.flush()
            os.fsync(copy.fileno())
            return digest, copy.tell()

    def remove(self, digest: str) -> None:
        """Delete bytes; nothing happens when they are gone already."""
        (self._folder / digest).unlink(missing_ok=True)
