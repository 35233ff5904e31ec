"""Saved views, each its owner's alone."""

from __future__ import annotations

from dataclasses import asdict, fields

import sqlalchemy as sa

from ged.mail.sieve import SavedView
from ged.store.view_tables import saved_view


class SavedViews:
    """Reads, names and drops the views of one person at a time."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, view: SavedView) -> None:
        """Keep a view."""
        self._connection.execute(sa.insert(saved_view).values(**asdict(view)))

    def of(self, person_id: str) -> tuple[SavedView, ...]:
        """Return a person's views, by name."""
        query = sa.select(*(saved_view.c[one.name] for one in fields(SavedView)))
        query = query.where(saved_view.c.person_id == person_id)
        rows = self._connection.execute(query.order_by(saved_view.c.name, saved_view.c.id))
        return tuple(SavedView(*row) for row in rows)

    def rename(self, view_id: str, person_id: str, name: str) -> bool:
        """Give a person's view another name; give whether there is one."""
        own = (saved_view.c.id == view_id, saved_view.c.person_id == person_id)
        return bool(self._connection.execute(sa.update(saved_view).where(*own).values(name=name)).rowcount)

    def drop(self, view_id: str, person_id: str) -> bool:
        """Drop a person's view; give whether there was one."""
        own = (saved_view.c.id == view_id, saved_view.c.person_id == person_id)
        return bool(self._connection.execute(sa.delete(saved_view).where(*own)).rowcount)
