"""The names on letters, as they were written, and the correspondents that they lead to."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ged.mail.correspondent import Named, Side
from ged.store.correspondent_tables import correspondent, letter_party
from ged.store.correspondents import Correspondents


class Parties:
    """Writes the names of one side of a letter together; follows merges when it reads."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def write(self, letter_id: str, side: Side, names: Sequence[tuple[str, str | None]]) -> None:
        """Put (name, correspondent) in order in place of what stood on one side of a letter."""
        self._connection.execute(
            sa.delete(letter_party).where(letter_party.c.letter_id == letter_id, letter_party.c.side == side)
        )
        rows = [
            {"letter_id": letter_id, "side": side, "rank": rank, "name": name, "correspondent_id": correspondent_id}
            for rank, (name, correspondent_id) in enumerate(names, start=1)
        ]
        if rows:
            self._connection.execute(sa.insert(letter_party), rows)

    def link(self, letter_id: str, side: Side, rank: int, correspondent_id: str) -> None:
        """Let a name of a letter lead to a correspondent."""
        key = (letter_party.c.letter_id == letter_id, letter_party.c.side == side, letter_party.c.rank == rank)
        self._connection.execute(sa.update(letter_party).where(*key).values(correspondent_id=correspondent_id))

    def of(self, letter_id: str) -> tuple[Named, ...]:
        """Return the names on a letter, senders first, each with who stands for its correspondent today."""
        query = (
            sa.select(letter_party, correspondent.c.survivor_id, correspondent.c.tenant_id)
            .outerjoin(correspondent, correspondent.c.id == letter_party.c.correspondent_id)
            .where(letter_party.c.letter_id == letter_id)
            .order_by(letter_party.c.side.desc(), letter_party.c.rank)
        )
        rows = self._connection.execute(query).all()
        known = Correspondents(self._connection).members({row.survivor_id for row in rows if row.survivor_id})
        return tuple(
            Named(
                Side(row.side),
                row.rank,
                row.name,
                row.correspondent_id,
                known[row.survivor_id][0] if row.survivor_id else None,
            )
            for row in rows
        )
