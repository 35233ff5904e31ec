"""Originals known to the database, and each time one came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.errors import Unavailable
from ged.ports import Stored
from ged.store.tables import arrival, original

JUST_DESTROYED = timedelta(hours=1)
"""So long after a file was destroyed the same bytes are not taken in: who found them there before has ended."""


@dataclass(frozen=True, slots=True)
class ArrivalRecord:
    """One time an original came in: by which door, under which name, handed over by whom."""

    door: str
    filename: str
    received_at: datetime
    login: str


class Arrivals:
    """Remembers originals by digest; the same bytes again are one more arrival."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def know(self, stored: Stored, media_type: str, at: datetime) -> None:
        """Remember an original that is durable in the vault; one known already stays as it was.

        Raises:
            Unavailable: `capture.just_destroyed`, a disposal destroyed these very bytes within the hour: they may have
                been found in the vault before it did.
        """
        self.hold_digest(stored.digest)
        query = sa.select(original.c.destroyed_at).where(original.c.sha256 == stored.digest)
        destroyed_at: datetime | None = self._connection.scalar(query)
        if destroyed_at is None:
            self._connection.execute(
                insert(original)
                .values(
                    sha256=stored.digest, size=stored.size, media_type=media_type, version=stored.version, stored_at=at
                )
                .on_conflict_do_nothing()
            )
            return
        if at - destroyed_at < JUST_DESTROYED:
            raise Unavailable(
                "capture.just_destroyed",
                "Ce même fichier vient d'être éliminé. Rien n'est enregistré : gardez-le et redéposez-le dans une "
                "heure.",
            )
        again = sa.update(original).where(original.c.sha256 == stored.digest)
        self._connection.execute(again.values(version=stored.version, stored_at=at, destroyed_at=None))

    def hold_digest(self, digest: str) -> None:
        """Let no other transaction capture the same bytes before this one ends."""
        self._connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(f"capture:{digest}", 0)))
        )

    def add(self, letter_id: str, digest: str, record: ArrivalRecord) -> None:
        """Write that an original of a letter came in."""
        self._connection.execute(
            sa.insert(arrival).values(
                letter_id=letter_id,
                sha256=digest,
                door=record.door,
                filename=record.filename,
                received_at=record.received_at,
                login=record.login,
            )
        )

    def version_of(self, digest: str) -> str:
        """Return the store's version identifier of an original, "" where the store has none."""
        return self._connection.scalar(sa.select(original.c.version).where(original.c.sha256 == digest)) or ""

    def of(self, letter_id: str) -> tuple[ArrivalRecord, ...]:
        """Return every arrival of a letter, first to last."""
        rows = self._connection.execute(
            sa.select(arrival.c.door, arrival.c.filename, arrival.c.received_at, arrival.c.login)
            .where(arrival.c.letter_id == letter_id)
            .order_by(arrival.c.id)
        )
        return tuple(ArrivalRecord(*row) for row in rows)
