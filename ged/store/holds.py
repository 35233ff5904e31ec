"""Legal holds, and the list of what falls due. Nothing here destroys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ged.mail.access import Actor
from ged.mail.filing import Disposition, Hold
from ged.store.tables import due, hold


@dataclass(frozen=True, slots=True)
class DueRecord:
    """A letter whose retention period is over: what is proposed for it, since when, and why."""

    letter_id: str
    disposition: Disposition
    kept_until: date
    reasons: tuple[str, ...]


class Holds:
    """Places and lifts holds; keeps the sweep's last list."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def place(self, letter_id: str, reason: str, actor: Actor, at: datetime) -> None:
        """Add a hold to a letter."""
        self._connection.execute(
            sa.insert(hold).values(letter_id=letter_id, reason=reason, placed_by=actor.name, placed_at=at)
        )

    def lift(self, letter_id: str, actor: Actor, at: datetime) -> int:
        """Lift every hold that stands on a letter; give how many there were."""
        result = self._connection.execute(
            sa.update(hold)
            .where(hold.c.letter_id == letter_id, hold.c.lifted_at.is_(None))
            .values(lifted_by=actor.name, lifted_at=at)
        )
        return int(result.rowcount)

    def standing(self, letter_id: str) -> tuple[Hold, ...]:
        """Return the holds that stand on a letter."""
        return self.standing_on([letter_id]).get(letter_id, ())

    def standing_on(self, letter_ids: list[str]) -> dict[str, tuple[Hold, ...]]:
        """Return the holds that stand on each of several letters."""
        rows = self._connection.execute(
            sa.select(hold.c.letter_id, hold.c.reason, hold.c.placed_by, hold.c.placed_at)
            .where(hold.c.letter_id.in_(letter_ids), hold.c.lifted_at.is_(None))
            .order_by(hold.c.id)
        )
        found: dict[str, tuple[Hold, ...]] = {}
        for letter_id, reason, placed_by, placed_at in rows:
            found[letter_id] = (*found.get(letter_id, ()), Hold(reason, placed_by, placed_at.date()))
        return found

    def list_due(self, records: Sequence[DueRecord], at: datetime) -> None:
        """Keep the list of what falls due in place of the last one."""
        self._connection.execute(sa.delete(due))
        rows = [
            {
                "letter_id": each.letter_id,
                "disposition": each.disposition,
                "kept_until": each.kept_until,
                "reasons": list(each.reasons),
                "listed_at": at,
            }
            for each in records
        ]
        if rows:
            self._connection.execute(sa.insert(due), rows)
