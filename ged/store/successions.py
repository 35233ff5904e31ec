"""Passations de service: inventories that were kept, and accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.access import Actor
from ged.mail.item import Confidentiality
from ged.mail.succession import Departure, Succession
from ged.store.acting_tables import succession
from ged.store.tables import holding, person


class Successions:
    """Adds inventories and their acceptance; nothing here changes or removes one."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, new: Succession) -> None:
        """Keep one."""
        self._connection.execute(sa.insert(succession).values(**asdict(new)))

    def accept(self, succession_id: str, actor: Actor, at: datetime, remark: str) -> None:
        """Write who took over."""
        self._connection.execute(
            sa.update(succession)
            .where(succession.c.id == succession_id, succession.c.accepted_at.is_(None))
            .values(accepted_at=at, accepted_login=actor.login, accepted_by=actor.name, remark=remark)
        )

    def get(self, succession_id: str, *, lock: bool = False) -> Succession:
        """Return one; with `lock`, nobody else accepts it before this transaction ends.

        Raises:
            NotFound: `succession.unknown`.
        """
        query = sa.select(succession).where(succession.c.id == succession_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise unknown_succession()
        return _value(row)

    def by_digest(self, sha256: str) -> tuple[Succession, ...]:
        """Return those whose PDF has these bytes, of whatever posts: the caller asks who may see."""
        query = sa.select(succession).where(succession.c.sha256 == sha256)
        return tuple(_value(row) for row in self._connection.execute(query))

    def of(self, position_ids: Sequence[str]) -> tuple[Succession, ...]:
        """Return those of some posts, newest first."""
        query = sa.select(succession).where(succession.c.position_id.in_(position_ids))
        return tuple(_value(row) for row in self._connection.execute(query.order_by(succession.c.made_at.desc())))

    def left(self, position_ids: Sequence[str], today: date) -> tuple[Departure, ...]:
        """Return who left some posts within the last 90 days with no inventory made since a fortnight before."""
        made = (
            sa.select(sa.func.max(succession.c.made_at))
            .where(succession.c.position_id == holding.c.position_id)
            .correlate(holding)
            .scalar_subquery()
        )
        fortnight = sa.cast(holding.c.until, sa.TIMESTAMP(timezone=True)) - timedelta(days=14)
        query = (
            sa.select(holding.c.position_id, person.c.name, holding.c.until)
            .join(person, person.c.id == holding.c.person_id)
            .where(
                holding.c.position_id.in_(position_ids),
                holding.c.until < today,
                holding.c.until >= today - timedelta(days=90),
                sa.or_(made.is_(None), made < fortnight),
            )
            .order_by(holding.c.until.desc(), holding.c.position_id)
        )
        return tuple(Departure(*row) for row in self._connection.execute(query))


def unknown_succession() -> NotFound:
    """Return the one answer for an inventory that is not there and for one that the asker may not see."""
    return NotFound("succession.unknown", "Cette passation n'existe pas, ou ne vous regarde pas.")


def _value(row: sa.Row[Any]) -> Succession:
    values: dict[str, Any] = {name: getattr(row, name) for name in Succession.__slots__}
    return Succession(**(values | {"level": Confidentiality(row.level)}))
