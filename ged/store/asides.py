"""What people set aside, and until when."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.store.routing_tables import aside


class Asides:
    """One line a letter and person; a move of the letter ends them all."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, letter_id: str, person_id: str, until: date) -> None:
        """Set a letter aside until a day; another day takes the place of the first."""
        self._connection.execute(
            insert(aside)
            .values(letter_id=letter_id, person_id=person_id, until=until)
            .on_conflict_do_update(index_elements=["letter_id", "person_id"], set_={"until": until})
        )

    def until(self, letter_id: str, person_id: str | None, today: date) -> date | None:
        """Return until when somebody has set a letter aside; None when it is in their lists."""
        return self._connection.scalar(
            sa.select(aside.c.until).where(
                aside.c.letter_id == letter_id, aside.c.person_id == person_id, aside.c.until > today
            )
        )

    def drop(self, letter_id: str, person_id: str | None = None) -> bool:
        """Put a letter back into somebody's lists, or into everybody's; give whether it was aside."""
        mine = sa.true() if person_id is None else aside.c.person_id == person_id
        return bool(self._connection.execute(sa.delete(aside).where(aside.c.letter_id == letter_id, mine)).rowcount)
