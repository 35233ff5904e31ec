"""Events that start terms, on letters and on dossiers; one that was wrong is withdrawn, and stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.access import Actor
from ged.store.schedule_tables import retention_event

_COLUMNS = ("id", "name", "on", "recorded_by", "recorded_at")


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event as it was recorded; its id cannot be guessed."""

    id: str
    name: str
    on: date
    recorded_by: str
    recorded_at: datetime


class RetentionEvents:
    """Adds, reads and withdraws events; whether the letter or the dossier is the asker's to see is asked before."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, event: RecordedEvent, *, letter_id: str | None = None, dossier_id: str | None = None) -> None:
        """Record an event on a letter, or on a dossier."""
        values = {name: getattr(event, name) for name in _COLUMNS}
        row = values | {"letter_id": letter_id, "dossier_id": dossier_id}
        self._connection.execute(sa.insert(retention_event).values(**row))

    def of(self, *, letter_id: str = "", dossier_id: str = "") -> tuple[RecordedEvent, ...]:
        """Return the events that stand on a letter, or on a dossier, by their day."""
        about = retention_event.c.letter_id == letter_id if letter_id else retention_event.c.dossier_id == dossier_id
        query = sa.select(*(retention_event.c[name] for name in _COLUMNS)).where(
            about, retention_event.c.withdrawn_at.is_(None)
        )
        rows = self._connection.execute(query.order_by(retention_event.c.on, retention_event.c.recorded_at))
        return tuple(RecordedEvent(*row) for row in rows)

    def about(self, event_id: str) -> tuple[str | None, str | None]:
        """Return the letter and the dossier of an event that stands; one of them is None.

        Raises:
            NotFound: `event.unknown`.
        """
        row = self._connection.execute(
            sa.select(retention_event.c.letter_id, retention_event.c.dossier_id)
            .where(retention_event.c.id == event_id, retention_event.c.withdrawn_at.is_(None))
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise unknown_event()
        return row.letter_id, row.dossier_id

    def withdraw(self, event_id: str, actor: Actor, at: datetime) -> None:
        """Let an event count no more."""
        self._connection.execute(
            sa.update(retention_event)
            .where(retention_event.c.id == event_id)
            .values(withdrawn_by=actor.name, withdrawn_at=at)
        )


def unknown_event() -> NotFound:
    """Return the one answer for an event that does not stand and for one that the asker may not see."""
    return NotFound("event.unknown", "Cet événement n'existe pas, a été retiré, ou n'est pas ouvert à votre poste.")
