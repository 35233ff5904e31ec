"""What the index refused, and the checks of the index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.indexing import Drift, IndexCheck, SetAside, next_try
from ged.store.database import among
from ged.store.index_tables import index_check, index_refusal
from ged.store.tables import letter, outbox

_R = index_refusal.c


class IndexState:
    """A refused letter waits here for its next try; one that was set aside waits for somebody, or for a change."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def refused(self, reasons: Mapping[str, str], at: datetime) -> None:
        """Note letters that the index refused, by id with the reason, and when each is tried again."""
        known = sa.select(_R.letter_id, _R.tries).where(_R.letter_id.in_(reasons)).with_for_update()
        tries = {row.letter_id: row.tries + 1 for row in self._connection.execute(known)}
        for letter_id, reason in reasons.items():
            values = {"reason": reason, "tries": (n := tries.get(letter_id, 1)), "next_try": next_try(n, at)}
            self._connection.execute(
                insert(index_refusal)
                .values(letter_id=letter_id, since=at, **values)
                .on_conflict_do_update(index_elements=[_R.letter_id], set_=values)
            )

    def taken(self, letter_ids: Collection[str]) -> None:
        """Forget refusals of letters that the index has taken since."""
        self._connection.execute(sa.delete(index_refusal).where(among(_R.letter_id, letter_ids)))

    def bring_back(self, at: datetime) -> None:
        """Put into the outbox the refused letters whose next try has come."""
        waiting = sa.exists().where(outbox.c.letter_id == _R.letter_id)
        due = sa.select(_R.letter_id, sa.literal(at, outbox.c.at.type)).where(_R.next_try <= at, ~waiting)
        self._connection.execute(sa.insert(outbox).from_select(["letter_id", "at"], due))

    def try_again(self, tenants: Collection[str], at: datetime) -> int:
        """Begin anew with the letters of some organisations that were set aside; return how many."""
        theirs = sa.select(letter.c.id).where(letter.c.tenant_id.in_(tenants))
        result = self._connection.execute(
            sa.update(index_refusal).where(_R.next_try.is_(None), _R.letter_id.in_(theirs)).values(tries=0, next_try=at)
        )
        return result.rowcount

    def set_aside(self, tenants: Collection[str] | None = None, limit: int = 50) -> tuple[SetAside, ...]:
        """Return the letters that were set aside, of some organisations or of all, oldest first."""
        query = (
            sa.select(_R.letter_id, letter.c.number, _R.reason, _R.since)
            .join(letter, letter.c.id == _R.letter_id)
            .where(_R.next_try.is_(None))
            .order_by(_R.since, _R.letter_id)
            .limit(limit)
        )
        if tenants is not None:
            query = query.where(letter.c.tenant_id.in_(tenants))
        return tuple(SetAside(*row) for row in self._connection.execute(query))

    def count_set_aside(self) -> int:
        """Count the letters that were set aside."""
        query = sa.select(sa.func.count()).select_from(index_refusal).where(_R.next_try.is_(None))
        return self._connection.scalar(query) or 0

    def on_its_way(self, letter_ids: Collection[str]) -> set[str]:
        """Return which of some letters wait to be indexed, or were refused."""
        both = sa.union(
            sa.select(outbox.c.letter_id).where(among(outbox.c.letter_id, letter_ids)),
            sa.select(_R.letter_id).where(among(_R.letter_id, letter_ids)),
        )
        return set(self._connection.scalars(both))

    def add_check(self, check: IndexCheck) -> None:
        """Keep a check."""
        self._connection.execute(
            sa.insert(index_check).values(
                id=check.id,
                started_at=check.started_at,
                finished_at=check.finished_at,
                repaired=check.repaired,
                **asdict(check.drift),
            )
        )

    def last_check(self) -> IndexCheck | None:
        """Return the check that ended last."""
        query = sa.select(index_check).order_by(index_check.c.finished_at.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        drift = Drift(row.letters, row.missing, row.stale, row.ahead, row.orphans)
        return IndexCheck(row.id, row.started_at, row.finished_at, drift, row.repaired)
