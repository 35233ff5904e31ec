"""Evidence records of heads whose tokens were renewed; the others have none yet: their token says it all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ged.mail.anchor import Ending, Renewable
from ged.store.anchor_tables import anchor, evidence_record

_ENDS = sa.func.coalesce(evidence_record.c.ends, anchor.c.token_ends)
_BOTH = anchor.outerjoin(
    evidence_record, sa.and_(evidence_record.c.log == anchor.c.log, evidence_record.c.size == anchor.c.size)
)
_RENEWABLE = sa.select(
    anchor.c.log, anchor.c.size, anchor.c.note, anchor.c.token, evidence_record.c.record, _ENDS
).select_from(_BOTH)


class EvidenceRecords:
    """Written over by a renewal, which holds all that was there before it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, log: str, size: int) -> bytes:
        """Return the record of a head (DER), nothing when its token was never renewed."""
        query = sa.select(evidence_record.c.record).where(evidence_record.c.log == log, evidence_record.c.size == size)
        return bytes(self._connection.scalar(query) or b"")

    def among(self, log: str, after: int, until: int) -> dict[int, bytes]:
        """Return the records (DER) of heads larger than one size and not larger than another, by size."""
        columns = (evidence_record.c.size, evidence_record.c.record)
        query = sa.select(*columns).where(
            evidence_record.c.log == log, evidence_record.c.size > after, evidence_record.c.size <= until
        )
        return {size: bytes(record) for size, record in self._connection.execute(query)}

    def endings(self) -> tuple[Ending, ...]:
        """Return what ends when: heads by log, authority and day, the first to end first."""
        day = sa.func.date_trunc("day", _ENDS)
        query = (
            sa.select(anchor.c.log, anchor.c.token_authority, sa.func.min(_ENDS), sa.func.count())
            .select_from(_BOTH)
            .where(anchor.c.token.is_not(None))
            .group_by(anchor.c.log, anchor.c.token_authority, day)
            .order_by(sa.func.min(_ENDS), anchor.c.log)
        )
        return tuple(Ending(*row) for row in self._connection.execute(query))

    def due(self, now: datetime, before: datetime, limit: int) -> tuple[Renewable, ...]:
        """Return heads whose token ends between now and before, that can still be renewed, the first to end first."""
        query = (
            _RENEWABLE.where(anchor.c.token.is_not(None), now < _ENDS, before >= _ENDS)
            .order_by(_ENDS, anchor.c.log, anchor.c.size)
            .limit(limit)
        )
        return self._renewables(query)

    def after(self, log: str, size: int, limit: int) -> tuple[Renewable, ...]:
        """Return the stamped heads that follow one, by log and size, whenever their token ends."""
        query = (
            _RENEWABLE.where(anchor.c.token.is_not(None), sa.tuple_(anchor.c.log, anchor.c.size) > sa.tuple_(log, size))
            .order_by(anchor.c.log, anchor.c.size)
            .limit(limit)
        )
        return self._renewables(query)

    def _renewables(self, query: sa.Select[Any]) -> tuple[Renewable, ...]:
        return tuple(
            Renewable(log, size, bytes(note), bytes(token), bytes(record or b""), ends)
            for log, size, note, token, record, ends in self._connection.execute(query)
        )

    def renew(self, records: Mapping[tuple[str, int], bytes], ends: datetime, at: datetime) -> None:
        """Keep the records of heads renewed together, by (log, size)."""
        rows = [
            {"log": log, "size": size, "record": record, "ends": ends, "renewed_at": at}
            for (log, size), record in records.items()
        ]
        query = insert(evidence_record)
        columns = {name: query.excluded[name] for name in ("record", "ends", "renewed_at")}
        self._connection.execute(query.on_conflict_do_update(index_elements=["log", "size"], set_=columns), rows)
