"""Second numbers: the patterns of services, a locked counter for each year of each, and the numbers given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, fields

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.second_number import SecondNumber, SecondPattern
from ged.store.register_tables import second_number, second_number_counter, second_number_pattern

_COLUMNS = [second_number.c[one.name] for one in fields(SecondNumber)]


class SecondNumbers:
    """Gives the next number of a service, inside the caller's transaction."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def load(self, patterns: Sequence[SecondPattern]) -> None:
        """Make these patterns the ones in use; numbers that were given stay as they are."""
        self._connection.execute(sa.delete(second_number_pattern))
        if patterns:
            self._connection.execute(sa.insert(second_number_pattern), [asdict(each) for each in patterns])

    def patterns(self) -> tuple[SecondPattern, ...]:
        """Return the patterns in use."""
        columns = second_number_pattern.c.entity_id, second_number_pattern.c.pattern
        rows = self._connection.execute(sa.select(*columns).order_by(second_number_pattern.c.entity_id))
        return tuple(SecondPattern(*row) for row in rows)

    def pattern_of(self, entity_id: str) -> str | None:
        """Return the pattern of a service; None where it gives no numbers."""
        query = sa.select(second_number_pattern.c.pattern).where(second_number_pattern.c.entity_id == entity_id)
        return self._connection.scalar(query)

    def take(self, entity_id: str, year: int) -> int:
        """Return the next sequence of a service's year; who waits gets the one after, or this one if it is undone."""
        statement = insert(second_number_counter).values(entity_id=entity_id, year=year, last_sequence=1)
        taken = statement.on_conflict_do_update(
            index_elements=["entity_id", "year"],
            set_={"last_sequence": second_number_counter.c.last_sequence + 1},
        ).returning(second_number_counter.c.last_sequence)
        return int(self._connection.execute(taken).scalar_one())

    def add(self, given: SecondNumber) -> None:
        """Write a number that was given."""
        self._connection.execute(sa.insert(second_number).values(**asdict(given)))

    def of_letters(self, letter_ids: Sequence[str]) -> dict[str, tuple[SecondNumber, ...]]:
        """Return the second numbers of several letters, oldest first."""
        query = sa.select(*_COLUMNS).where(second_number.c.letter_id.in_(letter_ids)).order_by(second_number.c.given_at)
        found: dict[str, list[SecondNumber]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.letter_id].append(SecondNumber(*row))
        return {letter_id: tuple(numbers) for letter_id, numbers in found.items()}
