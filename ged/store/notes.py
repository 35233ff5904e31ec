"""Notes on letters, and who follows them."""

from __future__ import annotations

from dataclasses import asdict, fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.note import Note
from ged.store.routing_tables import follow, note
from ged.store.tables import person


class Notes:
    """Adds notes and follows; shows a private note to its author alone."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, added: Note) -> None:
        """Add a note."""
        self._connection.execute(sa.insert(note).values(**asdict(added)))

    def of(self, letter_id: str, login: str) -> tuple[Note, ...]:
        """Return the notes on a letter that somebody may read, first to last."""
        query = (
            sa.select(*(note.c[one.name] for one in fields(Note)))
            .where(note.c.letter_id == letter_id, sa.or_(~note.c.private, note.c.login == login))
            .order_by(note.c.at, note.c.id)
        )
        return tuple(Note(*row) for row in self._connection.execute(query))

    def follow(self, letter_id: str, person_id: str) -> None:
        """Begin to follow a letter; nothing happens when one does already."""
        row = {"letter_id": letter_id, "person_id": person_id}
        self._connection.execute(insert(follow).values(**row).on_conflict_do_nothing())

    def unfollow(self, letter_id: str, person_id: str) -> None:
        """Stop following a letter."""
        self._connection.execute(
            sa.delete(follow).where(follow.c.letter_id == letter_id, follow.c.person_id == person_id)
        )

    def followers(self, letter_id: str) -> list[str]:
        """Return the logins of the active people who follow a letter."""
        query = (
            sa.select(person.c.login)
            .join(follow, follow.c.person_id == person.c.id)
            .where(follow.c.letter_id == letter_id, person.c.active)
        )
        return sorted(self._connection.scalars(query))

    def follows(self, letter_id: str, person_id: str | None) -> bool:
        """Whether somebody follows a letter."""
        query = sa.select(follow).where(follow.c.letter_id == letter_id, follow.c.person_id == person_id)
        return self._connection.execute(query).first() is not None
