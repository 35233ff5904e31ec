"""Hand-overs of paper originals: added, attested, withdrawn, and never changed otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ged.mail.custody import HandOver, Keeper, Way
from ged.store.paper_tables import hand_over

_PLAIN = tuple(name for name in HandOver.__slots__ if name not in {"giver", "keeper", "way"})


class Custody:
    """Says where the paper of each letter is, and how it came there."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: HandOver) -> None:
        """Add a hand-over; one that is attested from the start says where the paper is from now on."""
        giver = new.giver or Keeper()
        if new.standing:
            self._fall(new.letter_id)
        self._connection.execute(
            sa.insert(hand_over).values(
                {name: getattr(new, name) for name in _PLAIN}
                | {"from_entity": giver.entity_id, "from_position": giver.position_id, "from_outside": giver.outside}
                | {"to_entity": new.keeper.entity_id, "to_position": new.keeper.position_id}
                | {"to_outside": new.keeper.outside, "way": new.way}
            )
        )

    def of(self, letter_id: str) -> tuple[HandOver, ...]:
        """Return the hand-overs of a letter's paper, first to last."""
        query = sa.select(hand_over).where(hand_over.c.letter_id == letter_id)
        return tuple(_hand_over(row) for row in self._connection.execute(query.order_by(hand_over.c.given_at)))

    def standing(self, letter_ids: Sequence[str]) -> dict[str, HandOver]:
        """Return where the paper of each of several letters is; those without paper are left out."""
        query = sa.select(hand_over).where(hand_over.c.letter_id.in_(letter_ids), hand_over.c.standing)
        return {row.letter_id: _hand_over(row) for row in self._connection.execute(query)}

    def coming(self, letter_ids: Sequence[str]) -> dict[str, HandOver]:
        """Return the hand-over whose receipt is still to be attested, for each of several letters that has one."""
        query = sa.select(hand_over).where(
            hand_over.c.letter_id.in_(letter_ids), hand_over.c.received_at.is_(None), hand_over.c.withdrawn_at.is_(None)
        )
        return {row.letter_id: _hand_over(row) for row in self._connection.execute(query)}

    def attest(self, given: HandOver, way: Way, name: str, at: datetime) -> None:
        """Write that the paper was received: it is with the new keeper from now on."""
        self._fall(given.letter_id)
        self._connection.execute(
            sa.update(hand_over)
            .where(hand_over.c.id == given.id)
            .values(received_at=at, received_by=name, way=way, standing=True)
        )

    def discharged(self, hand_over_ids: Sequence[str], discharge_id: str) -> None:
        """Write by which discharge hand-overs were attested."""
        self._connection.execute(
            sa.update(hand_over).where(hand_over.c.id.in_(hand_over_ids)).values(discharge_id=discharge_id)
        )

    def withdraw(self, given: HandOver, at: datetime) -> None:
        """Write that a hand-over was not made after all."""
        self._connection.execute(sa.update(hand_over).where(hand_over.c.id == given.id).values(withdrawn_at=at))

    def forget(self, letter_id: str) -> None:
        """Write that a letter has no paper original."""
        self._fall(letter_id)

    def overdue(self, today: date) -> tuple[HandOver, ...]:
        """Return every paper that should have come back before a day, longest overdue first: for reminders."""
        query = sa.select(hand_over).where(hand_over.c.standing, hand_over.c.return_by < today)
        return tuple(_hand_over(row) for row in self._connection.execute(query.order_by(hand_over.c.return_by)))

    def _fall(self, letter_id: str) -> None:
        self._connection.execute(
            sa.update(hand_over).where(hand_over.c.letter_id == letter_id, hand_over.c.standing).values(standing=False)
        )


def _hand_over(row: sa.Row[Any]) -> HandOver:
    giver = Keeper(row.from_entity, row.from_position, row.from_outside)
    values = {name: getattr(row, name) for name in _PLAIN}
    return HandOver(
        giver=None if giver == Keeper() else giver,
        keeper=Keeper(row.to_entity, row.to_position, row.to_outside),
        way=Way(row.way) if row.way else None,
        **values,
    )
