"""Kept searches that alert, the entries they must still look at, and the last searches of each person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.saved_search import MOST_RECENT, Alert
from ged.store.search_tables import alert_due, recent_search, search_alert
from ged.store.tables import person
from ged.store.view_tables import saved_view


class Searches:
    """Switches alerts, queues entries for them, remembers what somebody searched."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def alert(self, view_id: str, since: datetime) -> None:
        """Have a kept search alert its owner of letters registered from now on; one that does already goes on."""
        self._connection.execute(insert(search_alert).values(view_id=view_id, since=since).on_conflict_do_nothing())

    def silence(self, view_id: str) -> None:
        """Have a kept search alert no more."""
        self._connection.execute(sa.delete(search_alert).where(search_alert.c.view_id == view_id))

    def alerting(self, person_id: str) -> frozenset[str]:
        """Return the ids of a person's views that alert."""
        query = sa.select(search_alert.c.view_id).join(saved_view).where(saved_view.c.person_id == person_id)
        return frozenset(self._connection.scalars(query))

    def alerts(self) -> tuple[Alert, ...]:
        """Return every alert of people who are active."""
        query = (
            sa.select(saved_view.c.id, saved_view.c.name, saved_view.c.query, person.c.login, search_alert.c.since)
            .join(saved_view, saved_view.c.id == search_alert.c.view_id)
            .join(person, person.c.id == saved_view.c.person_id)
            .where(person.c.active)
            .order_by(saved_view.c.id)
        )
        return tuple(Alert(*row) for row in self._connection.execute(query))

    def queue(self, entries: Iterable[str]) -> None:
        """Have the alerts look at what the index took; nothing is queued while nobody has any."""
        rows = [{"entry": entry} for entry in sorted(entries)]
        if rows and self._connection.scalar(sa.select(sa.exists(sa.select(search_alert.c.view_id)))):
            self._connection.execute(sa.insert(alert_due), rows)

    def due(self, limit: int) -> list[tuple[int, str]]:
        """Return (row, entry of the index) of the oldest that the alerts must look at."""
        query = sa.select(alert_due.c.id, alert_due.c.entry).order_by(alert_due.c.id).limit(limit)
        return [(row[0], row[1]) for row in self._connection.execute(query)]

    def looked_at(self, rows: Sequence[int]) -> None:
        """Remove rows that every alert has looked at."""
        self._connection.execute(sa.delete(alert_due).where(alert_due.c.id.in_(rows)))

    def remember(self, person_id: str, text: str, at: datetime) -> None:
        """Put a search at the head of a person's last ones; the oldest beyond the most there are is forgotten."""
        self._connection.execute(
            insert(recent_search)
            .values(person_id=person_id, text=text, at=at)
            .on_conflict_do_update(index_elements=["person_id", "text"], set_={"at": at})
        )
        own = recent_search.c.person_id == person_id
        kept = sa.select(recent_search.c.text).where(own).order_by(recent_search.c.at.desc()).limit(MOST_RECENT)
        self._connection.execute(sa.delete(recent_search).where(own, recent_search.c.text.not_in(kept)))

    def recent(self, person_id: str, limit: int) -> tuple[str, ...]:
        """Return a person's last searches, newest first."""
        query = sa.select(recent_search.c.text).where(recent_search.c.person_id == person_id)
        return tuple(self._connection.scalars(query.order_by(recent_search.c.at.desc()).limit(limit)))

    def forget(self, person_id: str) -> None:
        """Forget a person's last searches."""
        self._connection.execute(sa.delete(recent_search).where(recent_search.c.person_id == person_id))
