"""Interims and delegations on the wire."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from ged.mail.access import Capacity
from ged.mail.delegation import Delegation
from ged.mail.organisation import Grant


class GrantIn(BaseModel):
    """A post to give somebody to act in."""

    position_id: str
    login: str
    capacity: Capacity
    since: date
    until: date
    instrument: str = Field(max_length=120)
    kinds: list[str] = []

    def value(self) -> Grant:
        """Return the grant."""
        return Grant(**(self.model_dump() | {"kinds": tuple(self.kinds)}))


class DelegationOut(BaseModel):
    """One that was granted; `stands` says whether it gives rights today."""

    id: str
    position_id: str
    login: str
    name: str
    capacity: Capacity
    since: date
    until: date | None
    instrument: str
    kinds: tuple[str, ...]
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    stands: bool

    @classmethod
    def of(cls, one: Delegation, today: date) -> DelegationOut:
        """Return one on the wire."""
        grant = {name: getattr(one.grant, name) for name in Grant.__slots__}
        own = {name: getattr(one, name) for name in Delegation.__slots__ if name != "grant"}
        return cls(**grant, **own, stands=one.stands_on(today))
