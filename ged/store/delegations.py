"""Interims and delegations: granted, ended before their term, and the posts that they give."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ged.errors import NotFound
from ged.mail.access import SYSTEM, Actor, Capacity
from ged.mail.delegation import Delegation
from ged.mail.organisation import Grant
from ged.store.acting_tables import delegation
from ged.store.authority import AUTHORITY_UNIT
from ged.store.tables import entity, holding, person, position


class Delegations:
    """Reads and writes who acts for whom."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def grant(self, new: Delegation, *, from_folder: bool = False) -> None:
        """Add one that was checked."""
        self._connection.execute(
            sa.insert(delegation).values(
                id=new.id,
                position_id=new.grant.position_id,
                person_id=sa.select(person.c.id).where(person.c.login == new.grant.login).scalar_subquery(),
                capacity=new.grant.capacity,
                since=new.grant.since,
                until=new.grant.until,
                instrument=new.grant.instrument.strip(),
                kinds=list(new.grant.kinds),
                granted_by=new.granted_by,
                granted_at=new.granted_at,
                from_folder=from_folder,
            )
        )

    def end(self, delegation_id: str, actor: Actor, at: datetime) -> None:
        """End one at once."""
        self._connection.execute(
            sa.update(delegation)
            .where(delegation.c.id == delegation_id, delegation.c.ended_at.is_(None))
            .values(ended_at=at, ended_by=actor.name)
        )

    def get(self, delegation_id: str) -> Delegation:
        """Return one.

        Raises:
            NotFound: `delegation.unknown`.
        """
        row = self._connection.execute(_select().where(delegation.c.id == delegation_id)).one_or_none()
        if row is None:
            raise NotFound("delegation.unknown", "Cette délégation n'existe pas, ou ne vous regarde pas.")
        return _value(row)

    def of_tenant(self, tenant_id: str) -> tuple[Delegation, ...]:
        """Return all of a tenant, over or not, the latest first."""
        query = (
            _select()
            .join(position, position.c.id == delegation.c.position_id)
            .join(entity, entity.c.id == position.c.entity_id)
            .where(entity.c.tenant_id == tenant_id)
        )
        query = query.order_by(delegation.c.since.desc(), delegation.c.granted_at.desc())
        return tuple(_value(row) for row in self._connection.execute(query))

    def standing(self, today: date) -> tuple[Delegation, ...]:
        """Return those of every tenant that stand on a day or will."""
        return tuple(_value(row) for row in self._connection.execute(_select().where(_lasts(today)).order_by(*_ORDER)))

    def acted_for(self, person_id: str, today: date) -> list[sa.Row[Any]]:
        """Return the posts in use that somebody acts in on a day, each with its delegation and its holders' names."""
        names = (
            sa.select(sa.func.coalesce(sa.func.string_agg(person.c.name, sa.literal(", ")), ""))
            .join(holding, holding.c.person_id == person.c.id)
            .where(
                holding.c.position_id == position.c.id,
                holding.c.since <= today,
                sa.or_(holding.c.until.is_(None), holding.c.until >= today),
                person.c.active,
            )
            .correlate(position)
            .scalar_subquery()
        )
        query = (
            sa.select(
                *position.c,
                AUTHORITY_UNIT,
                names.label("holder"),
                *(delegation.c[name] for name in ("capacity", "instrument", "until", "kinds")),
            )
            .join(delegation, delegation.c.position_id == position.c.id)
            .where(
                delegation.c.person_id == person_id,
                delegation.c.since <= today,
                _lasts(today),
                ~position.c.retired,
            )
        )
        return list(self._connection.execute(query.order_by(delegation.c.since, delegation.c.id)))

    def interims(self, tenant_id: str, today: date) -> dict[str, str]:
        """Return who acts by interim on a day, by position."""
        query = (
            sa.select(delegation.c.position_id, person.c.name)
            .join(person, person.c.id == delegation.c.person_id)
            .join(position, position.c.id == delegation.c.position_id)
            .join(entity, entity.c.id == position.c.entity_id)
            .where(
                entity.c.tenant_id == tenant_id,
                person.c.active,
                delegation.c.capacity == Capacity.INTERIM,
                delegation.c.since <= today,
                _lasts(today),
            )
        )
        return {row.position_id: row.name for row in self._connection.execute(query)}

    def load(self, given: Sequence[Delegation], today: date, at: datetime) -> None:
        """Write those of a folder: the same post, person, title and first day is the same one, corrected.

        One that left the folder ends; one ended on screen stays ended; one granted on screen stays.
        """
        kept = [self._load_one(each) for each in given]
        self._connection.execute(
            sa.update(delegation)
            .where(delegation.c.from_folder, delegation.c.id.not_in(kept), _lasts(today))
            .values(ended_at=at, ended_by=SYSTEM.name)
        )

    def _load_one(self, new: Delegation) -> str:
        given = new.grant
        known = self._connection.execute(
            sa.select(delegation.c.id, delegation.c.ended_at)
            .join(person, person.c.id == delegation.c.person_id)
            .where(
                delegation.c.position_id == given.position_id,
                person.c.login == given.login,
                delegation.c.capacity == given.capacity,
                delegation.c.since == given.since,
                sa.or_(delegation.c.ended_by.is_(None), delegation.c.ended_by != SYSTEM.name),
            )
            .order_by(delegation.c.granted_at.desc())
            .limit(1)
        ).one_or_none()
        if known is None:
            self.grant(new, from_folder=True)
            return new.id
        if known.ended_at is None:
            changes = {"until": given.until, "instrument": given.instrument, "kinds": list(given.kinds)}
            self._connection.execute(sa.update(delegation).where(delegation.c.id == known.id).values(**changes))
        return str(known.id)


_OWN = ("id", "granted_by", "granted_at", "ended_at", "ended_by")
_ORDER = (delegation.c.position_id, delegation.c.since, delegation.c.id)


def _lasts(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(delegation.c.ended_at.is_(None), sa.or_(delegation.c.until.is_(None), delegation.c.until >= today))


def _select() -> sa.Select[Any]:
    return sa.select(delegation, person.c.login, person.c.name).join(person, person.c.id == delegation.c.person_id)


def _value(row: sa.Row[Any]) -> Delegation:
    grant = Grant(
        row.position_id, row.login, Capacity(row.capacity), row.since, row.until, row.instrument, tuple(row.kinds)
    )
    return Delegation(grant=grant, name=row.name, **{name: getattr(row, name) for name in _OWN})
