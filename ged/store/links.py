"""Links between letters, seen from either end by whoever may read the other."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.item import Direction, State
from ged.mail.links import Link, Linked, LinkKind
from ged.store.draft_tables import letter_link
from ged.store.letters import Tokens, seen_by
from ged.store.tables import letter


class Links:
    """Adds and removes links, and reads those of a letter."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, link: Link) -> bool:
        """Bind two letters; give whether they were not bound so already."""
        added = insert(letter_link).values(**asdict(link)).on_conflict_do_nothing().returning(letter_link.c.to_id)
        return self._connection.scalar(added) is not None

    def remove(self, from_id: str, to_id: str, kind: LinkKind) -> bool:
        """Part two letters; give whether they were bound."""
        result = self._connection.execute(
            sa.delete(letter_link).where(
                letter_link.c.from_id == from_id, letter_link.c.to_id == to_id, letter_link.c.kind == kind
            )
        )
        return bool(result.rowcount)

    def of(self, letter_id: str, tokens: Tokens) -> tuple[Linked, ...]:
        """Return the links of a letter to letters that these tokens open, oldest first."""
        found: list[tuple[object, Linked]] = []
        for forward, here, there in (
            (True, letter_link.c.from_id, letter_link.c.to_id),
            (False, letter_link.c.to_id, letter_link.c.from_id),
        ):
            query = (
                sa.select(letter_link.c.kind, letter_link.c.at, letter_link.c.name.label("by"), letter)
                .join(letter, letter.c.id == there)
                .where(here == letter_id, seen_by(tokens))
            )
            found += [
                (
                    row.at,
                    Linked(
                        LinkKind(row.kind),
                        forward,
                        row.id,
                        row.number,
                        Direction(row.direction),
                        row.subject or "",
                        State(row.state),
                        row.by,
                    ),
                )
                for row in self._connection.execute(query)
            ]
        return tuple(linked for _, linked in sorted(found, key=lambda one: str(one[0])))
