"""What the index refused, and the checks of the index."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.indexing import Drift, IndexCheck, SetAside, entry_of_piece, next_try
from ged.store.database import among
from ged.store.dossier_tables import dossier, dossier_piece
from ged.store.index_tables import index_check, index_refusal
from ged.store.outbox import ENTRY
from ged.store.tables import letter, outbox

_R = index_refusal.c
_PIECE = sa.literal(entry_of_piece("")) + dossier_piece.c.id


class IndexState:
    """A refused letter waits here for its next try; one that was set aside waits for somebody, or for a change."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def refused(self, reasons: Mapping[str, str], at: datetime) -> None:
        """Note letters that the index refused, by id with the reason, and when each is tried again."""
        known = sa.select(_R.entry, _R.tries).where(_R.entry.in_(reasons)).with_for_update()
        tries = {row.entry: row.tries + 1 for row in self._connection.execute(known)}
        for entry, reason in reasons.items():
            values = {"reason": reason, "tries": (n := tries.get(entry, 1)), "next_try": next_try(n, at)}
            self._connection.execute(
                insert(index_refusal)
                .values(entry=entry, since=at, **values)
                .on_conflict_do_update(index_elements=[_R.entry], set_=values)
            )

    def taken(self, entries: Collection[str]) -> None:
        """Forget refusals of entries that the index has taken since."""
        self._connection.execute(sa.delete(index_refusal).where(among(_R.entry, entries)))

    def bring_back(self, at: datetime) -> None:
        """Put into the outbox the refused entries whose next try has come."""
        waiting = sa.exists().where(_R.entry == ENTRY)
        moment = sa.literal(at, outbox.c.at.type)
        for name, of, entry in (("letter_id", letter.c.id, letter.c.id), ("piece_id", dossier_piece.c.id, _PIECE)):
            due = sa.select(of, moment).join(index_refusal, _R.entry == entry).where(_R.next_try <= at, ~waiting)
            self._connection.execute(sa.insert(outbox).from_select([name, "at"], due))

    def try_again(self, tenants: Collection[str], at: datetime) -> int:
        """Begin anew with what was set aside of some organisations; return how much."""
        letters = sa.select(letter.c.id).where(letter.c.tenant_id.in_(tenants))
        pieces = sa.select(_PIECE).join(dossier).where(dossier.c.tenant_id.in_(tenants))
        theirs = sa.or_(_R.entry.in_(letters), _R.entry.in_(pieces))
        result = self._connection.execute(
            sa.update(index_refusal).where(_R.next_try.is_(None), theirs).values(tries=0, next_try=at)
        )
        return result.rowcount

    def set_aside(self, tenants: Collection[str] | None = None, limit: int = 50) -> tuple[SetAside, ...]:
        """Return the letters that were set aside, of some organisations or of all, oldest first."""
        tenant = sa.func.coalesce(letter.c.tenant_id, dossier.c.tenant_id)
        query = (
            sa.select(_R.entry, sa.func.coalesce(letter.c.number, dossier.c.code), _R.reason, _R.since)
            .outerjoin(letter, letter.c.id == _R.entry)
            .outerjoin(dossier_piece, _R.entry == _PIECE)
            .outerjoin(dossier, dossier.c.id == dossier_piece.c.dossier_id)
            .where(_R.next_try.is_(None))
            .order_by(_R.since, _R.entry)
            .limit(limit)
        )
        if tenants is not None:
            query = query.where(tenant.in_(tenants))
        return tuple(SetAside(*row) for row in self._connection.execute(query))

    def count_set_aside(self) -> int:
        """Count the letters that were set aside."""
        query = sa.select(sa.func.count()).select_from(index_refusal).where(_R.next_try.is_(None))
        return self._connection.scalar(query) or 0

    def on_its_way(self, entries: Collection[str]) -> set[str]:
        """Return which of some entries wait to be indexed, or were refused."""
        both = sa.union(
            sa.select(ENTRY).where(among(ENTRY, entries)), sa.select(_R.entry).where(among(_R.entry, entries))
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
