"""Files that come piece by piece: how far each is, in the row that its next piece locks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ged.mail import said
from ged.mail.item import Direction
from ged.mail.photo import PAGES
from ged.mail.upload import Taken, Upload, Wish, unknown_upload
from ged.store.upload_tables import upload

_unfinished = upload.c.outcome.is_(None)
_to_take = sa.and_(_unfinished, upload.c.written == upload.c.size, upload.c.door.not_in(PAGES))


class Uploads:
    """Reads and writes uploads; the bytes lie elsewhere."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Upload) -> None:
        """Begin an upload."""
        values = {"id": new.id, "person_id": new.person_id, "login": new.login, "written": new.written}
        values |= {"created_at": new.created_at, "expires_at": new.expires_at}
        self._connection.execute(sa.insert(upload).values(**values, **asdict(new.wish)))

    def taken(self, person_id: str) -> Taken:
        """Return what lies unfinished, and let nobody else begin before this transaction ends."""
        self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended("uploads", 0))))
        own = upload.c.person_id == person_id
        total = sa.func.coalesce(sa.func.sum(upload.c.size), 0)
        files, of_one = self._connection.execute(sa.select(sa.func.count(), total).where(own, _unfinished)).one()
        of_all = self._connection.scalar(sa.select(total).where(_unfinished)) or 0
        return Taken(int(files), int(of_one), int(of_all))

    def get(self, upload_id: str, *, lock: bool = False) -> Upload | None:
        """Return an upload; with `lock`, nobody else adds to it before this transaction ends."""
        query = sa.select(upload).where(upload.c.id == upload_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return _upload(row) if row else None

    def unfinished(self, person_id: str, now: datetime) -> tuple[Upload, ...]:
        """Return a person's uploads that nothing became of yet, first begun first."""
        query = sa.select(upload).where(upload.c.person_id == person_id, _unfinished, upload.c.expires_at > now)
        rows = self._connection.execute(query.order_by(upload.c.created_at, upload.c.id))
        return tuple(_upload(row) for row in rows)

    def whole(self) -> tuple[Upload, ...]:
        """Return the uploads whose bytes are all here and of which nothing became yet."""
        query = sa.select(upload).where(_to_take)
        return tuple(_upload(row) for row in self._connection.execute(query.order_by(upload.c.created_at)))

    def expired(self, now: datetime) -> tuple[Upload, ...]:
        """Return the uploads whose time is over, finished ones among them."""
        query = sa.select(upload).where(upload.c.expires_at <= now, ~_to_take)
        return tuple(_upload(row) for row in self._connection.execute(query.order_by(upload.c.created_at)))

    def ids(self) -> frozenset[str]:
        """Return every upload that a file may lie there for."""
        return frozenset(self._connection.scalars(sa.select(upload.c.id).where(_unfinished)))

    def advance(self, upload_id: str, written: int, expires_at: datetime) -> None:
        """Say how many bytes are durable."""
        change = sa.update(upload).where(upload.c.id == upload_id)
        self._connection.execute(change.values(written=written, expires_at=expires_at))

    def settle(self, upload_id: str, outcome: Mapping[str, Any]) -> None:
        """Say what became of a file."""
        values = {"outcome": _told(outcome, said.plain)}
        self._connection.execute(sa.update(upload).where(upload.c.id == upload_id).values(**values))

    def drop(self, upload_id: str) -> None:
        """Forget an upload."""
        self._connection.execute(sa.delete(upload).where(upload.c.id == upload_id))

    def drop_owned(self, ids: Sequence[str], person_id: str) -> None:
        """Forget uploads of one person's, all of them or none.

        Raises:
            NotFound: `upload.unknown`, one is gone already.
        """
        own = sa.delete(upload).where(upload.c.id.in_(ids), upload.c.person_id == person_id)
        if self._connection.execute(own).rowcount != len(ids):
            raise unknown_upload()


def _upload(row: sa.Row[Any]) -> Upload:
    wish = Wish(row.filename, row.size, row.door, Direction(row.direction), row.received_on, row.mark)
    outcome = row.outcome and _told(row.outcome, said.read)
    return Upload(row.id, row.person_id, row.login, wish, row.written, row.created_at, row.expires_at, outcome)


def _told(outcome: Mapping[str, Any], way: Callable[[Any], Any]) -> dict[str, Any]:
    """Return an outcome whose sentence is kept with its values, or comes back from there."""
    return {name: way(value) if name == "error" else value for name, value in outcome.items()}
